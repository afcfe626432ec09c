"""How the advice changes with time alone: on which days, and what is gained, lost or said in other words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from services.rulebook.clockwork import days_later
from services.rulebook.decide import Decision
from services.rulebook.model import Fact, Moves, Situation
from services.rulebook.plan import Step, make_plan
from services.rulebook.release import Release, restated

MOST_CHANGES = 12


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which the advice changes if nothing but time changes."""

    in_days: int
    on: date
    situation: Situation
    added: tuple[Step, ...]
    removed: tuple[Step, ...]
    changed: tuple[Step, ...]
    """Same action, other rule: its words, reason or urgency differ from before."""


def forecast(release: Release, decision: Decision) -> tuple[Change, ...]:
    """The coming days on which the advice changes by itself, at most `MOST_CHANGES` of them.

    All facts that move with the days move together; everything else stays as it is.
    """
    stated = restated(decision.situation)
    return tuple(islice(_changes(release, decision, stated), MOST_CHANGES))


def _changes(release: Release, decision: Decision, stated: Situation) -> Iterator[Change]:
    before, mask = make_plan(release.rulebook, decision).steps, decision.speaking_mask
    for in_days in _turning_days(release, stated):
        moved = days_later(release.rulebook, stated, in_days)
        later = release.decide_by_reference(moved, decision.as_of + timedelta(days=in_days))
        if later.speaking_mask == mask:
            continue
        after = make_plan(release.rulebook, later).steps
        yield _change(in_days, later, before, after)
        before, mask = after, later.speaking_mask


def _change(in_days: int, later: Decision, before: tuple[Step, ...], after: tuple[Step, ...]) -> Change:
    rules_before = {step.action.id: step.rule.id for step in before}
    actions_after = {step.action.id for step in after}
    return Change(
        in_days=in_days,
        on=later.as_of,
        situation=later.situation,
        added=tuple(step for step in after if step.action.id not in rules_before),
        removed=tuple(step for step in before if step.action.id not in actions_after),
        changed=tuple(step for step in after if rules_before.get(step.action.id, step.rule.id) != step.rule.id),
    )


def _turning_days(release: Release, stated: Situation) -> list[int]:
    """In how many days a moving fact enters another cell, soonest first."""
    days: set[int] = set()
    for fact_id, value in stated.values.items():
        fact = release.rulebook.facts[fact_id]
        if fact.moves is Moves.GROWS and isinstance(value, int):
            days.update(start - value for start in release.compiled.fact(fact_id).starts)
        elif fact.moves is Moves.FALLS and isinstance(value, int):
            days.update(_falling_days(release, fact, value))
    return sorted(day for day in days if day > 0)


def _falling_days(release: Release, fact: Fact, value: int) -> Iterator[int]:
    """A falling fact enters a lower cell at that cell's last value; below 0 its successor starts to grow from 1."""
    yield from (value - (start - 1) for start in release.compiled.fact(fact.id).starts)
    if fact.turns_into is not None:
        yield from (value + start for start in release.compiled.fact(fact.turns_into).starts)
