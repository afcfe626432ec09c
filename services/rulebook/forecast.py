"""How the advice changes with time alone: on which days, and what is gained, lost or said in other words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from services.rulebook.clockwork import days_later
from services.rulebook.decide import Decision
from services.rulebook.model import Fact, Moves, Situation
from services.rulebook.plan import Step, make_steps
from services.rulebook.release import Release

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
    return tuple(islice(_changes(release, decision), MOST_CHANGES))


def _changes(release: Release, decision: Decision) -> Iterator[Change]:
    moving = {fact_id for fact_id in decision.situation.values if release.rulebook.facts[fact_id].moves is not None}
    moving |= {release.rulebook.facts[fact_id].turns_into or fact_id for fact_id in moving}
    still = _applies_without(release, decision.situation, moving)
    mask, before = decision.speaking_mask, None
    for in_days in _turning_days(release, decision.situation, moving):
        moved = days_later(release.rulebook, decision.situation, in_days)
        on = decision.as_of + timedelta(days=in_days)
        applies = still & release.in_force(on)
        for fact_id in moving:
            fact = release.compiled.fact(fact_id)
            applies &= fact.cells[fact.cell_of(moved.values.get(fact_id))].applies
        speaking = release.voices.speaking(applies)
        if speaking != mask:
            later = replace(decision, situation=moved, as_of=on, applies_mask=applies, speaking_mask=speaking)
            before = before or make_steps(release.rulebook, decision)
            after = make_steps(release.rulebook, later)
            yield _change(in_days, later, before, after)
            before, mask = after, speaking


def _applies_without(release: Release, situation: Situation, left_out: set[str]) -> int:
    """The rules that apply as far as all facts but these are concerned."""
    applies = release.compiled.everything
    for fact in release.compiled.facts:
        if fact.mentioned_by and fact.id not in left_out:
            applies &= fact.cells[fact.cell_of(situation.values.get(fact.id))].applies
    return applies


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


def _turning_days(release: Release, situation: Situation, moving: set[str]) -> list[int]:
    """In how many days a moving fact enters another cell, soonest first."""
    days: set[int] = set()
    for fact_id in moving:
        fact, value = release.rulebook.facts[fact_id], situation.values.get(fact_id)
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
