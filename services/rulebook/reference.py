"""The reference: decides with bit masks alone; it serves batches and analysis, and it judges the other engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import and_
from typing import NamedTuple

from services.rulebook.compile import CompiledFact, CompiledRules
from services.rulebook.model import Value

_MOST_VALUES = 4096
"""How many different values of one fact a column keeps at hand; a number may have millions."""


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
        self._columns = tuple(_Column(fact, self._count) for fact in compiled.facts)
        self._mentioned = tuple(column for column in self._columns if column.fact.mentioned_by)

    def match(self, values: Mapping[str, Value]) -> Match:
        """CompileError for a value that its fact cannot have."""
        return self.match_cells(self.compiled.cells_of(values))

    def match_cells(self, cells: Sequence[int]) -> Match:
        """The same for a situation that is already given as one cell per fact."""
        both = -1
        for column, cell in zip(self._columns, cells, strict=True):
            both &= column.masks[cell]
        return self._apart(both)

    def match_many(self, situations: Sequence[Mapping[str, Value]]) -> list[Match]:
        """Fact by fact instead of situation by situation, which is several times faster.

        Values are taken as typed by their facts, as every Situation holds them; `match` checks this, here nobody does.
        """
        both = [-1] * len(situations)
        for column in self._mentioned:
            fact_id = column.fact.id
            both = list(map(and_, both, [column[values.get(fact_id)] for values in situations]))
        return [self._apart(one) for one in both]

    def _apart(self, both: int) -> Match:
        return Match(both >> self._count & self._everything, both & self._everything)


class _Column(dict[Value | None, int]):
    """One fact: value -> both masks, filled in as values turn up."""

    def __init__(self, fact: CompiledFact, count: int) -> None:
        super().__init__()
        self.fact = fact
        self.masks = tuple(cell.applies << count | cell.possible for cell in fact.cells)

    def __missing__(self, value: Value | None) -> int:
        masks = self.masks[self.fact.cell_of(value)]
        if len(self) < _MOST_VALUES:
            self[value] = masks
        return masks
