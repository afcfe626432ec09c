"""What was typed or tapped on a page, read as a fact's value; kind about full-width digits, commas and units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from services.rulebook.model import Fact, Kind

LONGEST_ANSWER = 200
FEN_PER_YUAN = 100
YES, NO = "yes", "no"
NONE_OF_THESE = "none_of_these"
NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,4})?")
ORNAMENTS = re.compile(r"[\s,，_¥￥]|元|块|yuan|rmb|天|日|days?|次|家|年|个|%", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AnswerError(Exception):
    """Why an answer cannot be used: a key of the catalogue, and what to fill into its text."""

    key: str
    filled: dict[str, object] = field(default_factory=dict)


def read_answer(fact: Fact, given: Sequence[str]) -> object:
    """The value as the API takes it. `given` holds all values of the form field. Raises AnswerError."""
    first = given[0].strip()[:LONGEST_ANSWER] if given else ""
    if fact.kind is Kind.SOME_OF:
        return _some_of(fact, given)
    if not first:
        raise AnswerError("error.needs_answer")
    if fact.kind.is_number:
        return _number(fact, first)
    if fact.kind is Kind.DATE:
        return _day(first)
    if fact.kind is Kind.YES_NO and first in (YES, NO):
        return first == YES
    if first in fact.words:
        return first
    raise AnswerError("error.unknown_choice")


def as_typed(fact: Fact, value: object) -> str:
    """A value as a person would have typed it, to fill a form again."""
    if fact.kind is Kind.MONEY and isinstance(value, int):
        yuan = Decimal(value) / FEN_PER_YUAN
        return f"{yuan:f}".rstrip("0").rstrip(".") if "." in f"{yuan:f}" else f"{yuan:f}"
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def _some_of(fact: Fact, given: Sequence[str]) -> list[str]:
    chosen = [word for word in fact.words if word in given]
    if chosen:
        return chosen
    if NONE_OF_THESE in given:
        return []
    raise AnswerError("error.needs_answer")


def _number(fact: Fact, typed: str) -> int:
    plain = ORNAMENTS.sub("", unicodedata.normalize("NFKC", typed))
    if not NUMBER.fullmatch(plain):
        raise AnswerError("error.not_a_number", {"read": typed[:30]})
    try:
        amount = Decimal(plain) * (FEN_PER_YUAN if fact.kind is Kind.MONEY else 1)
    except InvalidOperation as error:
        raise AnswerError("error.not_a_number", {"read": typed[:30]}) from error
    if amount != amount.to_integral_value():
        raise AnswerError("error.not_whole")
    if amount < fact.minimum:
        raise AnswerError("error.too_small", {"minimum": as_typed(fact, fact.minimum)})
    if amount > fact.maximum:
        raise AnswerError("error.too_large", {"maximum": as_typed(fact, fact.maximum)})
    return int(amount)


def _day(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed).replace("/", "-").replace(".", "-")
    parts = plain.split("-")
    try:
        return date(*(int(part) for part in parts)).isoformat()
    except (ValueError, TypeError) as error:
        raise AnswerError("error.not_a_date", {"read": typed[:30]}) from error
