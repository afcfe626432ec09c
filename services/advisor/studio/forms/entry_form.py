"""The form for one entry of the rule files: made from what is written, filled from what was typed, written back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.advisor.studio.forms.condition_rows import ConditionRow
from services.advisor.studio.forms.form_rows import Form
from services.advisor.studio.forms.given_rows import GivenRow
from services.advisor.studio.forms.kinds import GROUPS, ONLY_FOR, SPECS, FieldSpec
from services.advisor.studio.forms.widgets import WIDGETS
from services.rulebook.model import Fact, Text
from services.rulebook.problems import Problem


@dataclass(frozen=True, slots=True)
class EntryForm:
    """`states` holds, for every field, what its control shows: whatever was typed, right or wrong."""

    kind: str
    states: Mapping[str, Any]
    facts: Mapping[str, Fact]

    @classmethod
    def showing(cls, kind: str, values: Mapping[str, Any], facts: Mapping[str, Fact]) -> EntryForm:
        states = {spec.key: WIDGETS[spec.widget].shown(values.get(spec.key), facts) for spec in SPECS[kind]}
        return cls(kind, states, facts)

    @classmethod
    def typed(cls, kind: str, form: Form, wish: str, facts: Mapping[str, Fact]) -> EntryForm:
        """`wish` is the button that was pressed; one that adds or takes out a row changes the rows."""
        states = {spec.key: WIDGETS[spec.widget].typed(form, spec.key, wish, facts) for spec in SPECS[kind]}
        return cls(kind, states, facts)

    @property
    def specs(self) -> tuple[FieldSpec, ...]:
        return SPECS[self.kind]

    @property
    def groups(self) -> list[tuple[str, list[FieldSpec]]]:
        """The fields under their headings; a heading is "" where the kind needs none."""
        by_key = {spec.key: spec for spec in self.specs}
        groups = GROUPS.get(self.kind, (("", tuple(by_key)),))
        return [(name, [by_key[key] for key in keys]) for name, keys in groups]

    def is_asked(self, spec: FieldSpec) -> bool:
        """Whether the field makes sense beside the others; what is filled in is shown in any case."""
        kinds = ONLY_FOR.get(spec.key) if self.kind == "facts" else None
        filled = self.states[spec.key]
        is_filled = any(filled.values()) if isinstance(filled, dict) else bool(filled)
        return kinds is None or is_filled or self.states["kind"] in kinds

    def written(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """All values as they are to be written. What says the same as `before` stays letter by letter."""
        values = {spec.key: WIDGETS[spec.widget].written(self.states[spec.key], self.facts) for spec in self.specs}
        kept = {key: unchanged_kept(before.get(key), value) for key, value in values.items()}
        return {key: value for key, value in kept.items() if value is not None or key in before}

    def own_problems(self) -> dict[str, list[Problem]]:
        """What only the form can see: two rows about one fact, of which a file could hold only one."""
        found: dict[str, list[Problem]] = {}
        for key, state in self.states.items():
            rows = (
                [row for row in state if isinstance(row, (ConditionRow, GivenRow))] if isinstance(state, list) else []
            )
            twice = {row.fact for row in rows if row.fact and sum(other.fact == row.fact for other in rows) > 1}
            found |= {key: [Problem("fact_twice", _twice(fact), read=fact) for fact in sorted(twice)]} if twice else {}
        return found


def unchanged_kept(before: Any, now: Any) -> Any:
    """`now`, but wherever it differs from `before` in blanks at its ends alone, as it stood."""
    if isinstance(now, str) and isinstance(before, str):
        if now.strip() == before.strip():
            return before
        return f"{now.rstrip()}\n" if before.endswith("\n") else now
    if isinstance(now, dict) and isinstance(before, dict):
        return {key: unchanged_kept(before.get(key), value) for key, value in now.items()}
    if isinstance(now, list):
        old = before if isinstance(before, list) else [before]
        kept = [unchanged_kept(old[place] if place < len(old) else None, item) for place, item in enumerate(now)]
        return before if kept == old and not isinstance(before, list) else kept
    return now


def _twice(fact: str) -> Text:
    return Text(
        f"`{fact}` 出现了两次；一条规则里每个事实只能写一行，请合并。",
        f"`{fact}` stands there twice; a rule has one line for each fact, so put them together.",
    )
