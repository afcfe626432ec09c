"""From a decision to a plan: ordered steps with dates, and when to come back to the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from services.rulebook.decide import Decision
from services.rulebook.model import Action, Moment, Moves, Rule, Rulebook, Text, Urgency, Value

LAST_SAFETY_ORDER = 5
"""Actions up to this place in the order of safety stand before every other step."""

DAYS_BY_URGENCY: Mapping[Urgency, int | None] = {
    Urgency.NOW: 0,
    Urgency.TODAY: 0,
    Urgency.THIS_WEEK: 7,
    Urgency.THIS_MONTH: 30,
    Urgency.KEEP_DOING: None,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `also` holds further rules that advise the same action, with their own reasons."""

    action: Action
    rule: Rule
    urgency: Urgency
    due: date | None
    is_late: bool
    also: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedFollowUp:
    """A day on which to come back. `occurrence` is the same for the same wish, however often it is worked out."""

    rule: Rule
    ask: str
    on: date
    hour: int | None
    say: Text | None
    moment: Moment
    occurrence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which to take them, and the follow-ups that the speaking rules ask for, by date."""

    steps: tuple[Step, ...]
    follow_ups: tuple[PlannedFollowUp, ...]


def make_plan(rulebook: Rulebook, decision: Decision) -> Plan:
    return Plan(make_steps(rulebook, decision), _follow_ups(rulebook, decision))


def make_steps(rulebook: Rulebook, decision: Decision) -> tuple[Step, ...]:
    """The steps of the plan alone."""
    places = places_in_plan(rulebook)
    return _steps(rulebook, decision, sorted(decision.speaking, key=lambda rule: places[rule.id]))


@lru_cache(maxsize=8)
def places_in_plan(rulebook: Rulebook) -> Mapping[str, tuple[int, int, int, int]]:
    """By rule id, what its steps are sorted by; worked out once per rulebook."""
    return {rule.id: place_in_plan(rulebook, rule) for rule in rulebook.rules}


def place_in_plan(rulebook: Rulebook, rule: Rule) -> tuple[int, int, int, int]:
    """Safety before everything, in its own order; then what is most urgent; then the order of the vocabulary."""
    rank, order = rulebook.actions[rule.advise].rank, order_of(rulebook, rule)
    if order <= LAST_SAFETY_ORDER:
        return (0, order, rule.urgency.rank, rank)
    return (1, rule.urgency.rank, order, rank)


def order_of(rulebook: Rulebook, rule: Rule) -> int:
    """The place in the order of safety: the rule's own, else that of its action."""
    return rulebook.actions[rule.advise].order if rule.order is None else rule.order


def due_date(rulebook: Rulebook, rule: Rule, values: Mapping[str, Value], as_of: date) -> tuple[date | None, bool]:
    """The day by which the step is to be done, never before `as_of`, and whether its own deadline has passed."""
    deadlines = [day for moment in rule.deadline if (day := resolve(rulebook, moment, values, as_of)) is not None]
    if deadlines:
        return max(min(deadlines), as_of), min(deadlines) < as_of
    days = DAYS_BY_URGENCY[rule.urgency]
    return (None if days is None else as_of + timedelta(days=days)), False


def resolve(rulebook: Rulebook, moment: Moment, values: Mapping[str, Value], as_of: date) -> date | None:
    """The day that a moment means for these facts; None while the fact it hangs on is unknown."""
    if moment.in_days is not None:
        return as_of + timedelta(days=moment.in_days)
    if moment.date_fact:
        day = values.get(moment.date_fact)
        return day + timedelta(days=moment.offset) if isinstance(day, date) else None
    value = values.get(moment.fact)
    if not isinstance(value, int) or moment.reaches is None:
        return None
    falls = rulebook.facts[moment.fact].moves is Moves.FALLS
    return as_of + timedelta(days=value - moment.reaches if falls else moment.reaches - value)


def _steps(rulebook: Rulebook, decision: Decision, speaking: list[Rule]) -> tuple[Step, ...]:
    by_action: dict[str, list[Rule]] = {}
    for rule in speaking:
        by_action.setdefault(rule.advise, []).append(rule)
    return tuple(_step(rulebook, decision, rules) for rules in by_action.values())


def _step(rulebook: Rulebook, decision: Decision, rules: list[Rule]) -> Step:
    first, *also = rules
    due, is_late = due_date(rulebook, first, decision.situation.values, decision.as_of)
    return Step(rulebook.actions[first.advise], first, first.urgency, due, is_late, tuple(also))


def _follow_ups(rulebook: Rulebook, decision: Decision) -> tuple[PlannedFollowUp, ...]:
    planned = []
    for rule in decision.speaking:
        for follow_up in rule.follow_up:
            day = resolve(rulebook, follow_up.moment, decision.situation.values, decision.as_of)
            if day is None or day < decision.as_of:
                continue
            occurrence = f"{rule.id}/{moment_word(follow_up.moment, day)}"
            planned.append(
                PlannedFollowUp(rule, follow_up.ask, day, follow_up.hour, follow_up.say, follow_up.moment, occurrence)
            )
    return tuple(sorted(planned, key=lambda wish: (wish.on, wish.hour or 0)))


def moment_word(moment: Moment, day: date) -> str:
    """A stable word for the moment, as it was meant: `in-7`, `days_overdue-91`, `hearing_on-3@2026-12-01`."""
    if moment.in_days is not None:
        return f"in-{moment.in_days}"
    if moment.date_fact:
        return f"{moment.date_fact}{moment.offset:+d}@{day.isoformat()}"
    return f"{moment.fact}-{moment.reaches}"
