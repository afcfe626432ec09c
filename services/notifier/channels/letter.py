"""What goes out, and what can become of it: the words that all channels share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Button:
    """One answer with its signed link."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready to go. `key` is the same however often it is sent; providers use it to drop a repeat.

    Whatever stands here may appear on a locked screen that somebody else is looking at.
    """

    key: str
    language: str
    subject: str
    lines: tuple[str, ...]
    question: str
    buttons: tuple[Button, ...]
    footer: tuple[Button, ...]
    stop_url: str
    page: Button | None = None
    """Where all answers can be given, for ways out that have no room for a button each."""

    def as_text(self) -> str:
        """The whole message as plain text, each link on a line of its own."""
        return self._text((*self.buttons, *self.footer))

    def as_short_text(self) -> str:
        """For a chat or a notification: one link to answer, and one to end it."""
        answers = self.buttons if self.page is None else (self.page,)
        return self._text((*answers, *self.footer[-1:]))

    def _text(self, buttons: tuple[Button, ...]) -> str:
        parts = [*self.lines, self.question, *(f"{button.label}\n{button.url}" for button in buttons)]
        return "\n\n".join(part for part in parts if part) + "\n"


class OnDoubt(StrEnum):
    """What to do when nobody knows whether a message has gone out."""

    RESEND = "resend"
    """The other side drops a repeat by its key, or a repeat does no harm."""
    PARK = "park"
    """A repeat would harm (it costs money, or rings a telephone): a person decides."""


class DeliveryError(Exception):
    """A message did not go out. `permanent` when trying again cannot help.

    `is_ambiguous` when it may have gone out all the same. `code` is a short word or number for the record and never
    holds an address. `retry_after` is the pause that the provider asked for.
    """

    def __init__(
        self,
        code: str,
        *,
        permanent: bool = False,
        is_ambiguous: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.is_ambiguous = is_ambiguous
        self.retry_after = retry_after


class Channel(Protocol):
    """One way out."""

    @property
    def on_doubt(self) -> OnDoubt: ...

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:
        """Hand the letter over and give the provider's answer in a word; DeliveryError if that fails."""
        ...
