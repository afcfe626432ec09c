"""The reference: decides with bit masks alone; it serves batches and analysis, and it judges the other engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from typing import NamedTuple

from services.rulebook.batch_ifs import decide_by_ifs
from services.rulebook.batch_tables import decide_by_tables
from services.rulebook.compile import CompiledRules
from services.rulebook.model import Value
from services.rulebook.script import Decide

_new: Callable[[type[Match], Iterable[int]], Match] = tuple.__new__
"""`Match(*masks)` without a call of Python code, which takes half the time."""


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
        return list(map(_new, repeat(Match), self._decide_many(situations)))

    @cached_property
    def _decide_many(self) -> Decide:
        """Written when it is first needed. Tables read every fact, ifs ask every rule: the fewer decide."""
        compiled = self.compiled
        facts = sum(1 for fact in compiled.facts if fact.mentioned_by)
        by_ifs = decide_by_ifs(compiled) if len(compiled.rules) < facts else None
        return by_ifs or decide_by_tables(compiled)
