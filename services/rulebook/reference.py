"""The reference: decides with bit masks alone; it serves batches and analysis, and it judges the other engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.rulebook.compile import CompiledRules
from services.rulebook.model import Value


class Match(NamedTuple):
    """Which rules apply for certain, and which have not failed; `possible & ~applies` are undecided."""

    applies: int
    possible: int

    @property
    def undecided(self) -> int:
        return self.possible & ~self.applies


class Reference:
    """Answers for one compiled rulebook. Holds no state between calls."""

    def __init__(self, compiled: CompiledRules) -> None:
        self.compiled = compiled
        self._everything = compiled.everything
        self._facts = tuple(fact for fact in compiled.facts if fact.mentioned_by)

    def match(self, values: Mapping[str, Value]) -> Match:
        """A rule applies if no condition is against it, and is possible if none has failed."""
        applies = possible = self._everything
        for fact in self._facts:
            cell = fact.cells[fact.cell_of(values.get(fact.id))]
            applies &= cell.applies
            possible &= cell.possible
        return Match(applies, possible)

    def match_many(self, situations: Sequence[Mapping[str, Value]]) -> list[Match]:
        return [self.match(values) for values in situations]
