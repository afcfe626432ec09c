"""The facts of a case on any day: what stays is kept as it was said, what moves is counted from the day it was 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.casebook.clock import day_after
from services.casebook.tables import CaseRow
from services.rulebook.advice import plain
from services.rulebook.fitting import read_what_fits
from services.rulebook.model import Fact, Moves, Rulebook, Situation
from services.rulebook.situation import read_situation


@dataclass(frozen=True, slots=True)
class Standing:
    """What a case keeps of its facts: `anchors` are the days on which moving facts are 0."""

    facts: dict[str, Any]
    anchors: dict[str, str]
    declined: list[str]


def situation_on(case: CaseRow, rulebook: Rulebook, day: date) -> Situation:
    """What is known about the person on that day. What the rulebook has no words for any more is unknown."""
    return read_what_fits(rulebook, raw_facts_on(case, rulebook, day), case.declined)


def raw_facts_on(case: CaseRow, rulebook: Rulebook, day: date) -> dict[str, object]:
    """The stated facts as the API would receive them on that day."""
    return {**case.facts, **dict(_moving_facts(rulebook, case.anchors, day))}


def stand(rulebook: Rulebook, situation: Situation, day: date) -> Standing:
    """How to keep a situation that holds on `day`."""
    standing = Standing({}, {}, sorted(situation.declined))
    _keep(rulebook, standing, situation, situation.values, day)
    return standing


def change(
    case: CaseRow, rulebook: Rulebook, changes: Mapping[str, object], declined: Iterable[str], day: date
) -> tuple[Standing, Situation]:
    """The standing after some facts changed on `day`; None takes a fact away. Nothing is written.

    Raises SituationError, with pointers below `/facts`, when the new values are wrong or contradict the others.
    """
    known = {fact: value for fact, value in raw_facts_on(case, rulebook, day).items() if fact not in changes}
    fits = read_what_fits(rulebook, known, ())
    raw = {fact: value for fact, value in known.items() if fact in fits.values}
    raw |= {fact: value for fact, value in changes.items() if value is not None}
    for fact in changes:
        _drop_twin(rulebook, raw, fact, changes)
    refused = (set(case.declined) - set(changes)) | set(declined)
    situation = read_situation(rulebook, raw, sorted(refused & set(rulebook.facts) - set(raw)))
    standing = Standing(dict(case.facts), dict(case.anchors), sorted(situation.declined))
    for fact in {*changes, *declined}:
        standing.facts.pop(fact, None)
        for moving in (fact, *_twins(rulebook, fact)):
            standing.anchors.pop(moving, None)
    _keep(rulebook, standing, situation, changes, day)
    return standing, situation


def differences(before: Situation, after: Situation) -> dict[str, dict[str, object]]:
    """fact -> {from, to} for every stated fact that is not what it was."""
    return {
        fact: {"from": _shown(before, fact), "to": _shown(after, fact)}
        for fact in sorted({*before.values, *after.values})
        if before.values.get(fact) != after.values.get(fact)
    }


def value_on(fact: Fact, zero: date, day: date) -> int:
    """The value of a moving fact on a day; below 0 before it began to grow, or after it has run out."""
    days = (zero - day).days if fact.moves is Moves.FALLS else (day - zero).days
    return min(days, fact.maximum)


def anchor_of(fact: Fact, value: int, day: date) -> date:
    """The day on which the fact is 0, when it has this value on that day."""
    return day_after(day, value if fact.moves is Moves.FALLS else -value)


def _moving_facts(rulebook: Rulebook, anchors: Mapping[str, str], day: date) -> Iterator[tuple[str, int]]:
    for fact_id, zero in anchors.items():
        fact = rulebook.facts.get(fact_id)
        if fact is None or fact.moves is None:
            continue
        value = value_on(fact, date.fromisoformat(zero), day)
        if value >= 0:
            yield fact_id, value
        elif fact.turns_into is not None and fact.turns_into in rulebook.facts:
            yield fact.turns_into, min(-value, rulebook.facts[fact.turns_into].maximum)


def _keep(rulebook: Rulebook, standing: Standing, situation: Situation, changed: Iterable[str], day: date) -> None:
    for fact_id in changed:
        value = situation.values.get(fact_id)
        if value is None or fact_id in situation.derived:
            continue
        fact = rulebook.facts[fact_id]
        if fact.moves is not None and isinstance(value, int):
            standing.anchors[fact_id] = anchor_of(fact, value, day).isoformat()
        else:
            standing.facts[fact_id] = plain(value)


def _twins(rulebook: Rulebook, fact_id: str) -> Iterator[str]:
    """The falling fact and the growing one that it turns into are two names for one day."""
    fact = rulebook.facts.get(fact_id)
    if fact is not None and fact.turns_into is not None:
        yield fact.turns_into
    yield from (other.id for other in rulebook.facts.values() if other.turns_into == fact_id)


def _drop_twin(rulebook: Rulebook, raw: dict[str, object], fact_id: str, changes: Mapping[str, object]) -> None:
    for twin in _twins(rulebook, fact_id):
        if twin not in changes:
            raw.pop(twin, None)


def _shown(situation: Situation, fact: str) -> object:
    value = situation.values.get(fact)
    return None if value is None else plain(value)
