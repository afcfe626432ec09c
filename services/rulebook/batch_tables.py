"""Answers batches with nested tables of masks, each over a few facts: the work grows with the facts, not the rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from services.rulebook.compile import UNKNOWN_CELL, CompiledFact, CompiledRules
from services.rulebook.script import Decide, Script

MOST_REGIONS = 100
"""How many combinations of values one table may hold; larger ones no longer fit the processor's cache (measured)."""
MOST_NUMBERS = 5_000
"""Numbers up to this are looked up in a list of cells; beyond, the cell is searched for."""


def decide_by_tables(compiled: CompiledRules) -> Decide:
    """Every table says which rules its facts leave; one `and` per table decides all rules at once.

    Both masks travel in one number, `applies` above `possible`.
    """
    script, count = Script(), len(compiled.rules)
    all_apply = compiled.everything << count | compiled.everything
    parts = []
    for facts in _tables(compiled):
        keys = "".join(f"[{_key(script, fact)}]" for fact in facts)
        parts.append(script.bind(_table(facts, count, all_apply, {})) + keys)
    script.add(0, f"both = {' & '.join(parts or [hex(all_apply)])}")
    script.add(0, f"applies = both >> {count}")
    script.add(0, f"possible = both & {hex(compiled.everything)}")
    return script.finish()


def _tables(compiled: CompiledRules) -> list[list[CompiledFact]]:
    """The facts that matter, those with few cells first, each in the first table that still has room for it."""
    sizes: list[int] = []
    tables: list[list[CompiledFact]] = []
    for fact in sorted((fact for fact in compiled.facts if fact.mentioned_by), key=lambda fact: len(fact.cells)):
        cells = len(fact.cells)
        place = next((place for place, size in enumerate(sizes) if size * cells <= MOST_REGIONS), len(sizes))
        if place == len(sizes):
            sizes.append(1)
            tables.append([])
        sizes[place] *= cells
        tables[place].append(fact)
    return tables


def _table(facts: Sequence[CompiledFact], count: int, both: int, made: dict[tuple[int, int], Any]) -> Any:
    """Looked up with the key of one fact after the other, the last time for a mask; equal parts are shared."""
    if not facts:
        return both
    if (len(facts), both) not in made:
        fact, *others = facts
        cells = [_table(others, count, both & (cell.applies << count | cell.possible), made) for cell in fact.cells]
        made[len(facts), both] = _by_key(fact, cells)
    return made[len(facts), both]


def _by_key(fact: CompiledFact, cells: list[Any]) -> Any:
    if fact.has_words:
        return {None: cells[UNKNOWN_CELL], **{value: cells[cell] for value, cell in fact.places.items()}}
    return tuple(cells)


def _key(script: Script, fact: CompiledFact) -> str:
    """Source of what a table is asked for: the word itself, or the cell."""
    fact_id = script.name(fact.id)
    if fact.has_words:
        return f"get({fact_id})"
    if not fact.starts:
        return f"{script.bind(fact.cell_of)}(get({fact_id}))"
    lowest = fact.starts[0]
    if lowest >= 0 and fact.maximum <= MOST_NUMBERS:
        cells = tuple(bisect_right(fact.starts, number) for number in range(fact.maximum + 1))
        return f"{script.bind((*cells, UNKNOWN_CELL))}[get({fact_id}, {fact.maximum + 1})]"
    return f"{script.bind(bisect_right)}({script.bind(fact.starts)}, get({fact_id}, {lowest - 1}))"
