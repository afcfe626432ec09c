"""The decision table of a topic: a row for each rule, a column for each fact that any of its rules asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.rulebook.editing.blocks import Block, EditError, blocks_of
from services.rulebook.editing.entries import change_entry, entries_of, find_block, read_entry
from services.rulebook.editing.nodes import plain
from services.rulebook.read_rules import ANYTHING


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. A cell is the condition as it is written, `[a, b]` for a list; no cell is no condition."""

    rule: str
    cells: dict[str, str] = field(default_factory=dict)
    advise: str = ""
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    topic: str
    facts: tuple[str, ...]
    rows: tuple[Row, ...]


def decision_table(files: Mapping[str, str], topic_id: str) -> DecisionTable:
    """The rules of a topic in their order; facts in the order of the vocabulary. Raises EditError."""
    file = find_block(files, "topics", topic_id).file
    rows = tuple(_row(block) for block in blocks_of(file, files[file]) if block.kind == "rules")
    asked = dict.fromkeys(fact for row in rows for fact in row.cells)
    known = _vocabulary(files)
    facts = [*(fact for fact in known if fact in asked), *(fact for fact in asked if fact not in known)]
    return DecisionTable(topic_id, tuple(facts), rows)


def set_cell(files: Mapping[str, str], rule_id: str, fact: str, written: str | None) -> dict[str, str]:
    """The files with one condition of a rule as it is written here; None, or nothing, takes it out."""
    when = read_entry(files, "rules", rule_id).values.get("when")
    cells = dict(when) if isinstance(when, dict) else {}
    if written is None or not written.strip():
        cells.pop(fact, None)
    else:
        cells[fact] = as_condition(written)
    return change_entry(files, "rules", rule_id, {"when": cells or ANYTHING})


def as_condition(written: str) -> str | list[str]:
    """`[a, b]` as the list that it means; everything else as it is."""
    text = written.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return text
    return [word.strip().strip("\"'") for word in text[1:-1].split(",") if word.strip()]


def as_written(condition: Any) -> str:
    """A condition in one cell."""
    if isinstance(condition, list):
        return f"[{', '.join(map(str, condition))}]"
    return str(condition)


def _row(block: Block) -> Row:
    values = plain(block.node)
    when = values.get("when")
    cells = {fact: as_written(condition) for fact, condition in when.items()} if isinstance(when, dict) else {}
    return Row(block.id, cells, *(str(values.get(key) or "") for key in ("advise", "urgency")))


def _vocabulary(files: Mapping[str, str]) -> list[str]:
    """The facts in their order; none if they cannot be read at present, which others will say."""
    try:
        return list(entries_of(files, "facts"))
    except EditError:
        return []
