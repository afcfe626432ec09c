"""A plan laid out for a phone: one card for today, then by nearness; and where the person is on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.rulebook.advice_texts import Json
from services.rulebook.model import Value

SOON, FORTNIGHT = timedelta(days=3), timedelta(days=14)


class Stage(StrEnum):
    """The way out of a debt, as the pages draw it."""

    SITUATION = "situation"
    PLAN = "plan"
    TALKS = "talks"
    END = "end"


@dataclass(frozen=True, slots=True)
class Section:
    """Some steps under one heading of the catalogue."""

    heading: str
    steps: tuple[Json, ...]


def sections(steps: Sequence[Json], today: date) -> tuple[Section, ...]:
    """All steps but the first, by how near they are; headings without steps are left out."""
    places: dict[str, list[Json]] = {"also_today": [], "soon": [], "fortnight": [], "later": [], "keep": []}
    for step in steps[1:]:
        places[_place(step, today)].append(step)
    return tuple(Section(f"plan.{name}", tuple(found)) for name, found in places.items() if found)


def stage_of(values: Mapping[str, Value], has_plan: bool) -> Stage:
    """The farthest stage that the facts show."""
    if values.get("promise_status") == "completed":
        return Stage.END
    if values.get("negotiation", "not_started") != "not_started" or values.get("mediation", "none") != "none":
        return Stage.TALKS
    return Stage.PLAN if has_plan else Stage.SITUATION


def _place(step: Json, today: date) -> str:
    if step["due"] is None:
        return "keep"
    ahead = date.fromisoformat(step["due"]) - today
    if ahead <= timedelta(0):
        return "also_today"
    return "soon" if ahead <= SOON else "fortnight" if ahead <= FORTNIGHT else "later"
