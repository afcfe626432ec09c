"""docs/events.md names every event, what it sets and what it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.casebook.event_types import EVENT_TYPES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "events.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("event", EVENT_TYPES)
def test_an_event_is_documented_with_its_facts_and_data(event: str) -> None:
    kind = EVENT_TYPES[event]
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{event}` |"))
    named = {*kind.sets, *kind.starts, *(spec.name for spec in kind.fields)}
    assert {name for name in named if f"`{name}`" not in line} == set()
    assert all(f"**`{spec.name}`**" in line for spec in kind.fields if spec.is_required)


def test_no_event_is_documented_that_does_not_exist() -> None:
    named = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")}
    assert named == set(EVENT_TYPES)
