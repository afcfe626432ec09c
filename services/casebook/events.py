"""Reads an event as it was told: the type, its data and the facts it changes, with every mistake at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from services.casebook.event_type import DataField, DataKind, EventType
from services.casebook.event_types import EVENT_TYPES, NOTE
from services.rulebook.advice import plain
from services.rulebook.model import Kind, Rulebook, Situation, Text
from services.rulebook.problems import Problem, SituationError, did_you_mean
from services.rulebook.situation import read_situation

LONGEST_TEXT = 2_000
CLOCK_DRIFT = timedelta(minutes=5)
"""The clock of a client may be ahead of ours by so much."""
OLDEST = timedelta(days=3650)


class EventError(Exception):
    """What was told cannot be an event; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(problem.code for problem in self.problems))


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event that makes sense by itself. `changes` are its facts, `declined` those that were left unanswered."""

    type: EventType
    data: dict[str, Any]
    occurred_at: datetime
    changes: dict[str, object] = field(default_factory=dict)
    declined: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    """Facts of `changes` whose words are added to those already known."""
    counts: int = 0
    """How many missed calls it reports."""


def find_type(name: str) -> EventType:
    """Raises EventError with a suggestion for a type that does not exist."""
    if name in EVENT_TYPES:
        return EVENT_TYPES[name]
    detail = Text("没有这种事件。", "There is no such event.")
    suggestion = did_you_mean(name, EVENT_TYPES)
    raise EventError([_problem("unknown_event", "/type", detail, name, tuple(EVENT_TYPES), suggestion)])


def check_time(occurred_at: datetime, now: datetime) -> None:
    """Raises EventError for an event that has not happened yet, or that is too long ago to mean anything."""
    if occurred_at > now + CLOCK_DRIFT:
        detail = Text("这个时间还没到。", "That has not happened yet.")
        raise EventError([_problem("in_the_future", "/occurred_at", detail, occurred_at.isoformat())])
    if occurred_at < now - OLDEST:
        detail = Text("这个时间太久远了。", "That is too long ago.")
        raise EventError([_problem("too_long_ago", "/occurred_at", detail, occurred_at.isoformat())])


def read_event(rulebook: Rulebook, kind: EventType, data: Mapping[str, Any], occurred_at: datetime) -> ReadEvent:
    """Data fields are those of the type; beside them any fact may be told on the occasion.

    Raises EventError with pointers below `/data`.
    """
    named = {name: spec for spec in (*kind.fields, NOTE) for name in (spec.name, *spec.aliases)}
    problems: list[Problem] = []
    changes: dict[str, object] = {}
    for name, value in data.items():
        spec = named.get(name) or (DataField(name, name) if name in rulebook.facts else None)
        if spec is None:
            problems.append(_unknown_field(name, (*named, *rulebook.facts), tuple(s.name for s in kind.fields)))
        elif spec.fact in rulebook.facts:
            changes[spec.fact] = spec.meaning(value)
            problems += _fact_problems(rulebook, spec.fact, changes[spec.fact], name)
        elif not spec.fact:
            problems += _plain_problems(spec, value, rulebook)
    problems += _missing(kind, data)
    if problems:
        raise EventError(problems)
    return _with_what_it_answers(rulebook, ReadEvent(kind, dict(data), occurred_at, changes, **_extras(kind, data)))


def sets_of(event: ReadEvent, rulebook: Rulebook, before: Situation, day: date, time_day: date) -> dict[str, object]:
    """All fact changes of an event in a case: what its type says, then what was told on the occasion."""
    changes: dict[str, object] = {}
    if event.type.only_if is None or before.values.get(event.type.only_if[0]) == event.type.only_if[1]:
        changes |= {fact: value for fact, value in event.type.sets.items() if fact in rulebook.facts}
    changes |= {fact: (day - time_day).days for fact in event.type.starts if fact in rulebook.facts}
    changes |= event.changes
    for fact in event.adds:
        known = before.values.get(fact)
        told = event.changes.get(fact)
        if isinstance(known, frozenset) and isinstance(told, list):
            changes[fact] = sorted({*known, *told})
    return changes


def _with_what_it_answers(rulebook: Rulebook, event: ReadEvent) -> ReadEvent:
    """The two events whose data names the facts: one answer, or several corrected at once."""
    if event.type.id == "answer.given":
        told = {event.data["fact"]: event.data["value"]}
    elif event.type.id == "facts.corrected":
        told = event.data["facts"]
    else:
        return event
    if not isinstance(told, dict):
        raise EventError([_problem("not_an_object", "/data/facts", _OBJECT, "")])
    pointer = "value" if event.type.id == "answer.given" else "facts/{}"
    problems = [
        problem
        for fact, value in told.items()
        for problem in _fact_problems(rulebook, fact, value, pointer.format(fact))
    ]
    if problems:
        raise EventError(problems)
    unanswered = tuple(fact for fact, value in told.items() if value in (None, "unknown"))
    changes = {**event.changes, **{fact: value for fact, value in told.items() if fact not in unanswered}}
    changes |= dict.fromkeys(unanswered)
    return ReadEvent(event.type, event.data, event.occurred_at, changes, unanswered)


def _extras(kind: EventType, data: Mapping[str, Any]) -> dict[str, Any]:
    adds = tuple(spec.fact for spec in kind.fields if spec.kind is DataKind.WORDS and spec.name in data)
    return {"adds": adds, "counts": int(data.get("count", 1)) if kind.id == "call.missed" else 0}


def _fact_problems(rulebook: Rulebook, fact: str, value: object, at: str) -> list[Problem]:
    if value in (None, "unknown") and fact in rulebook.facts:
        return []
    try:
        read = read_situation(rulebook, {fact: value})
    except SituationError as error:
        return [_moved(problem, f"/facts/{fact}", f"/data/{at}") for problem in error.problems]
    known = rulebook.facts[fact]
    if known.kind is Kind.DATE and fact in read.values and not _is_sensible_day(read.values[fact]):
        return [_problem("day_out_of_range", f"/data/{at}", _DAY, str(plain(read.values[fact])))]
    return []


def _is_sensible_day(value: object) -> bool:
    return isinstance(value, date) and 2000 <= value.year <= 2100


def _moved(problem: Problem, source: str, target: str) -> Problem:
    pointer = target + problem.pointer.removeprefix(source) if problem.pointer.startswith(source) else target
    return Problem(
        problem.code,
        problem.detail,
        pointer=pointer,
        read=problem.read,
        allowed=problem.allowed,
        suggestion=problem.suggestion,
    )


def _plain_problems(spec: DataField, value: object, rulebook: Rulebook) -> Iterator[Problem]:
    pointer = f"/data/{spec.name}"
    if spec.kind is DataKind.FACT_ID and value not in rulebook.facts:
        word = value if isinstance(value, str) else ""
        detail = Text("没有这个事实。", "There is no such fact.")
        yield _problem("unknown_fact", pointer, detail, word, (), did_you_mean(word, rulebook.facts))
    elif not _fits(spec.kind, value):
        yield _problem("wrong_type", pointer, _EXPECTED[spec.kind], str(value)[:60])


def _fits(kind: DataKind, value: object) -> bool:
    if kind in (DataKind.WHOLE, DataKind.MONEY):
        most = 1000 if kind is DataKind.WHOLE else 10**12
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    if kind is DataKind.TEXT:
        return isinstance(value, str) and len(value) <= LONGEST_TEXT and all(map(_is_writable, value))
    if kind is DataKind.FACT_ID:
        return isinstance(value, str)
    return True


def _is_writable(sign: str) -> bool:
    """Databases and logs have no place for control characters."""
    return sign.isprintable() or sign in "\n\t\u3000"


def _missing(kind: EventType, data: Mapping[str, Any]) -> Iterator[Problem]:
    for spec in kind.fields:
        if spec.is_required and not any(name in data for name in (spec.name, *spec.aliases)):
            yield _problem("missing", f"/data/{spec.name}", Text("缺少这一项。", "This is missing."), "")


def _unknown_field(name: str, known: Iterable[str], allowed: tuple[str, ...]) -> Problem:
    detail = Text("没有这一项。", "There is no such field.")
    return _problem("unknown_field", f"/data/{name}", detail, name, allowed, did_you_mean(name, known))


def _problem(
    code: str, pointer: str, detail: Text, read: str, allowed: tuple[str, ...] = (), suggestion: Text | None = None
) -> Problem:
    return Problem(code, detail, pointer=pointer, read=read, allowed=allowed, suggestion=suggestion)


_OBJECT = Text("这里应该是一个 JSON 对象。", "This has to be a JSON object.")
_DAY = Text("日期要在 2000 年到 2100 年之间。", "The day has to lie between the years 2000 and 2100.")
_EXPECTED = {
    DataKind.WHOLE: Text("这里应该是 0 到 1000 的整数。", "This has to be a whole number from 0 to 1000."),
    DataKind.MONEY: Text("这里应该是以分为单位的整数。", "This has to be a whole number of fen."),
    DataKind.TEXT: Text("这里应该是一段文字，最多 2000 字。", "This has to be a text of at most 2000 characters."),
    DataKind.FACT_ID: Text("这里应该是事实的名字。", "This has to be the name of a fact."),
}
