"""The reference: decides with bit masks alone; it serves batches and analysis, and it judges the other engine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.rulebook.compile import UNKNOWN_CELL, CompiledRules
from services.rulebook.model import Value


class Match(NamedTuple):
    """Which rules apply for certain, and which have not failed; `possible & ~applies` are undecided."""

    applies: int
    possible: int

    @property
    def undecided(self) -> int:
        return self.possible & ~self.applies


class Reference:
    """Answers for one compiled rulebook. A rule applies if no fact is against it, and is possible if none fails it.

    Both masks travel in one number, `applies` above `possible`, so that one `and` per fact decides all rules at once.
    """

    def __init__(self, compiled: CompiledRules) -> None:
        self.compiled = compiled
        self._count = len(compiled.rules)
        self._everything = compiled.everything
        self._all_apply = self._everything << self._count | self._everything
        self._columns = tuple(
            tuple(cell.applies << self._count | cell.possible for cell in fact.cells) for fact in compiled.facts
        )
        mentioned = [
            (fact, masks) for fact, masks in zip(compiled.facts, self._columns, strict=True) if fact.mentioned_by
        ]
        self._numbers = [(fact.id, fact.starts, masks) for fact, masks in mentioned if fact.starts]
        self._words = [
            (fact.id, {value: masks[cell] for value, cell in fact.places.items()}, masks[UNKNOWN_CELL])
            for fact, masks in mentioned
            if fact.type in (str, bool)
        ]
        self._others = [(fact, masks) for fact, masks in mentioned if fact.type not in (str, bool, int)]

    def match(self, values: Mapping[str, Value]) -> Match:
        """CompileError for a value that its fact cannot have."""
        return self.match_cells(self.compiled.cells_of(values))

    def match_cells(self, cells: Sequence[int]) -> Match:
        """The same for a situation that is already given as one cell per fact."""
        both = self._all_apply
        for masks, cell in zip(self._columns, cells, strict=True):
            both &= masks[cell]
        return Match(both >> self._count, both & self._everything)

    def match_many(self, situations: Sequence[Mapping[str, Value]]) -> list[Match]:
        """The quick way for many. Values are as typed as in every Situation; nothing is checked again."""
        count, everything = self._count, self._everything
        return [Match(both >> count, both & everything) for both in map(self._match_quickly, situations)]

    def _match_quickly(self, values: Mapping[str, Value]) -> int:
        both = self._all_apply
        for fact_id, masks_of, unknown in self._words:
            both &= masks_of[values[fact_id]] if fact_id in values else unknown
        for fact_id, starts, masks in self._numbers:
            both &= masks[bisect_right(starts, values[fact_id]) if fact_id in values else UNKNOWN_CELL]
        for fact, masks in self._others:
            both &= masks[fact.cell_of(values.get(fact.id))]
        return both
