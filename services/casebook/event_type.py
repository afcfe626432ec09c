"""What one kind of event is: the data it takes and the facts it sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.rulebook.model import Text

FactChange = Mapping[str, object]
"""fact -> its new value as the API would receive it; None takes the fact away, so that it is asked again."""


class DataKind(StrEnum):
    """What a data field that is no fact may hold."""

    WHOLE = "whole"
    MONEY = "money"
    DAY = "day"
    YES_NO = "yes_no"
    TEXT = "text"
    WORDS = "words"
    """A list of words of the fact; they are added to those already known."""
    FACT_ID = "fact_id"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class DataField:
    """One thing that an event can say. With `fact`, the vocabulary decides what it may hold, and it sets that fact."""

    name: str
    fact: str = ""
    kind: DataKind = DataKind.ANY
    is_required: bool = False
    aliases: tuple[str, ...] = ()
    """Shorter names for the same."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Shorter words for values of the fact."""

    def meaning(self, value: object) -> object:
        return self.words.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event. `starts` are moving facts that are 0 on the day on which it happened."""

    id: str
    title: Text
    sets: FactChange = field(default_factory=dict)
    fields: tuple[DataField, ...] = ()
    starts: tuple[str, ...] = ()
    only_if: tuple[str, object] | None = None
    """`sets` holds only while this fact has this value."""
    closes: bool = False
    """The person says that it is over."""
