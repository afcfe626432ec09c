"""Signed links in messages: who may do what with one click, until when; it knows no page and no table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeSerializer

PATH = "/m/"
"""Where the pages behind links live. One path for every purpose, so that a log line does not say what was clicked."""

LONGEST_TOKEN = 1_000


class Purpose(StrEnum):
    """What a link is for. A link for one purpose can never be used for another."""

    ANSWER = "answer"
    """Answers the question of a follow-up; `subject` is the follow-up, `value` the answer."""
    SNOOZE = "snooze"
    """Puts messages off for some days; `subject` is the follow-up that was too early."""
    STOP = "stop"
    """Ends all messages to one channel; `subject` is the channel."""
    VERIFY = "verify"
    """Proves that a channel belongs to the person; `subject` is the channel, `value` its code."""


@dataclass(frozen=True, slots=True)
class Link:
    """What one link allows."""

    purpose: Purpose
    subject: int
    value: str = ""


class LinkError(Exception):
    """A link that must not be followed. `is_late` when it once was right; it gives nothing else away."""

    def __init__(self, is_late: bool) -> None:
        super().__init__("this link is too old" if is_late else "this is not one of our links")
        self.is_late = is_late


class LinkSigner:
    """Writes and reads links with the secret of this installation."""

    def __init__(self, secret_key: str, base_url: str) -> None:
        self._serializer = URLSafeSerializer(
            secret_key, salt="ashore.links", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )
        self._base_url = base_url.rstrip("/")

    def token(self, link: Link, until: datetime) -> str:
        return str(self._serializer.dumps([link.purpose.value, link.subject, link.value, int(until.timestamp())]))

    def url(self, link: Link, until: datetime) -> str:
        return f"{self._base_url}{PATH}{self.token(link, until)}"

    def read(self, token: str, now: datetime) -> Link:
        """Raises LinkError for a forged or changed token, and for one whose time has passed."""
        if len(token) > LONGEST_TOKEN:
            raise LinkError(is_late=False)
        try:
            purpose, subject, value, until = self._serializer.loads(token)
            link = Link(Purpose(purpose), int(subject), str(value))
        except (BadSignature, ValueError, TypeError) as error:
            raise LinkError(is_late=False) from error
        if now > datetime.fromtimestamp(until, UTC):
            raise LinkError(is_late=True)
        return link
