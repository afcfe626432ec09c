"""Two plans for one person, side by side: what is new, what is gone, and what is said or timed otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.rulebook.advice_texts import Json

WORDS = ("title", "text", "because")


class Mark(StrEnum):
    """What is different about a step, as seen from the draft."""

    NEW = "new"
    GONE = "gone"
    FIRST = "first"
    """It is the first step here and not there."""
    URGENCY = "urgency"
    DUE = "due"
    WORDS = "words"
    RULE = "rule"
    """Another rule says the same."""


@dataclass(frozen=True, slots=True)
class MarkedStep:
    step: Json
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """Both plans in their own order."""

    old: tuple[MarkedStep, ...]
    new: tuple[MarkedStep, ...]

    @property
    def is_same(self) -> bool:
        return not any(step.marks for step in (*self.old, *self.new))


def compare_plans(old: Sequence[Json], new: Sequence[Json]) -> PlanComparison:
    """Steps are the same if they advise the same action."""
    return PlanComparison(_marked(old, new, Mark.GONE), _marked(new, old, Mark.NEW))


def _marked(steps: Sequence[Json], others: Sequence[Json], alone: Mark) -> tuple[MarkedStep, ...]:
    by_action = {step["action"]: step for step in others}
    other_first = others[0]["action"] if others else None
    return tuple(
        MarkedStep(step, _marks(step, by_action, alone, place == 0 and step["action"] != other_first))
        for place, step in enumerate(steps)
    )


def _marks(step: Json, others: Mapping[str, Json], alone: Mark, only_first_here: bool) -> tuple[Mark, ...]:
    other = others.get(step["action"])
    if other is None:
        return (alone,)
    same_rule, same_urgency = step["rule"] == other["rule"], step["urgency"] == other["urgency"]
    differs = {
        Mark.FIRST: only_first_here,
        Mark.URGENCY: not same_urgency,
        Mark.DUE: same_urgency and step["due"] != other["due"],
        Mark.RULE: not same_rule,
        Mark.WORDS: same_rule and any(step[key] != other[key] for key in WORDS),
    }
    return tuple(mark for mark, is_so in differs.items() if is_so)
