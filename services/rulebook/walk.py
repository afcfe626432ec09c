"""The memoised walk: finds and counts the situations that a search describes, fact by fact, without sampling.

A state of the walk is the mask of the boxes that are still open in it and the mask of the facts not yet decided.
Cells that leave the same mask are one branch, and a state that was met before is not walked again. Only what is
still to be settled is kept, so masks merge early. A walk that grows beyond its budget says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.rulebook.compile import bits_of
from services.rulebook.regions import Box, RegionMap

BUDGET = 20_000
"""So many states are walked before a walk gives up; that takes about half a second."""


class WalkTooLargeError(Exception):
    """Nothing was found and nothing was proved within the budget."""


class Count(NamedTuple):
    """A number of regions, exact if both bounds are the same."""

    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Search:
    """Which situations are looked for: inside `within`, in no box of `avoid`, and in which no box of `silent` speaks.

    A box speaks where it holds the situation and none of its silencers holds it. `silencers[i]` is the mask of the
    silencers of box i; nothing may silence itself, not even through others. Boxes outside `start` count for nothing.
    """

    within: Box = field(default_factory=dict)
    avoid: int = 0
    silent: int = 0
    silencers: Sequence[int] = ()
    start: int = -1


class _Branch(NamedTuple):
    boxes: int
    cell: int
    """The first cell of the branch, "unknown" if it is one of them."""
    cells: int
    """How many cells lead here."""


@dataclass(slots=True)
class Walk:
    """One search in one map. `states` says how large it became."""

    regions: RegionMap
    search: Search
    budget: int = BUDGET
    states: int = 0
    _avoid: int = 0
    _silent: int = 0
    _silences: dict[int, int] = field(default_factory=dict)
    """Box -> the boxes of `_silent` that it silences."""
    _hopeless: set[tuple[int, int]] = field(default_factory=set)
    _counts: dict[tuple[int, int], Count] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._avoid, self._silent = self.search.avoid, self.search.silent & ~self.search.avoid
        for box in bits_of(self._silent):
            if not self._outsiders(box):
                self._avoid |= 1 << box
        self._silent &= ~self._avoid
        for silenced in bits_of(self._silent):
            for box in bits_of(self.search.silencers[silenced] & ~self._avoid):
                self._silences[box] = self._silences.get(box, 0) | 1 << silenced

    def find(self) -> dict[int, int] | None:
        """One region (index of fact -> cell; facts that do not matter are left out), or None: there is none."""
        if self._is_empty():
            return None
        found = self._find(self._first_boxes(), self.regions.all_facts)
        if found is None:
            return None
        for fact, cells in self.search.within.items():
            allowed = cells & self.regions.cells[fact]
            found.setdefault(fact, (allowed & -allowed).bit_length() - 1)
        return found

    def count(self) -> Count:
        """How many regions there are; bounds, if the budget does not last."""
        if self._is_empty():
            return Count(0, 0)
        return self._count(self._first_boxes(), self.regions.all_facts)

    def _is_empty(self) -> bool:
        return any(not cells & self.regions.cells[fact] for fact, cells in self.search.within.items())

    def _outsiders(self, box: int) -> int:
        """Whoever could silence the box in the end: of those that silence each other, the last is not silent itself."""
        reached, fresh = 0, 1 << box
        while fresh:
            reached |= fresh
            fresh = self._silencers_of(fresh & self._silent) & ~reached
        return reached & ~self._silent & ~self._avoid & self.search.start

    def _silencers_of(self, boxes: int) -> int:
        mask = 0
        for box in bits_of(boxes):
            mask |= self.search.silencers[box]
        return mask

    def _first_boxes(self) -> int:
        relevant = self._avoid | self._silent
        for box in self._silences:
            relevant |= 1 << box
        return relevant & self.search.start & self.regions.reaching_into(self.search.within)

    def _find(self, boxes: int, facts: int) -> dict[int, int] | None:
        open_boxes = self._settle(boxes, facts)
        if open_boxes is None:
            return None
        facts, fact = self._open_facts(open_boxes, facts)
        if not facts:
            return {}
        if (open_boxes, facts) in self._hopeless:
            return None
        self.states += 1
        if self.states > self.budget:
            raise WalkTooLargeError
        for branch in self._branches(open_boxes, fact):
            found = self._find(branch.boxes, facts & ~(1 << fact))
            if found is not None:
                found[fact] = branch.cell
                return found
        self._hopeless.add((open_boxes, facts))
        return None

    def _count(self, boxes: int, facts: int) -> Count:
        open_boxes = self._settle(boxes, facts)
        if open_boxes is None:
            return Count(0, 0)
        left, _ = self._open_facts(open_boxes, facts)
        low = high = self.regions.size(self.search.within, facts & ~left)
        for part in self._parts(open_boxes, left):
            count = self._count_part(part, *self._open_facts(part, left))
            low, high = low * count.low, high * count.high
        return Count(low, high)

    def _count_part(self, boxes: int, facts: int, fact: int) -> Count:
        known = self._counts.get((boxes, facts))
        if known is not None:
            return known
        self.states += 1
        if self.states > self.budget:
            return Count(0, self.regions.size(self.search.within, facts))
        low = high = 0
        for branch in self._branches(boxes, fact):
            count = self._count(branch.boxes, facts & ~(1 << fact))
            low, high = low + branch.cells * count.low, high + branch.cells * count.high
        self._counts[boxes, facts] = Count(low, high)
        return Count(low, high)

    def _settle(self, boxes: int, facts: int) -> int | None:
        """The boxes that still have something to settle; None if nothing that is looked for can be here."""
        finished = boxes & ~self.regions.unfinished(facts)
        if finished & self._avoid:
            return None
        silent = boxes & self._silent
        if not silent:
            return boxes & self._avoid
        for box in bits_of(finished):
            silent &= ~self._silences.get(box, 0)
        hopes = 0
        for box in bits_of(silent):
            hope = self.search.silencers[box] & boxes & ~finished & ~self._avoid
            if not hope and finished >> box & 1:
                return None
            hopes |= hope
        if finished & silent and not hopes & ~silent:
            return None
        return boxes & self._avoid | silent | hopes

    def _open_facts(self, boxes: int, facts: int) -> tuple[int, int]:
        """The facts that open boxes still depend on, and the one that most of them depend on."""
        left, best, most = 0, -1, 0
        for fact in bits_of(facts):
            depending = (self.regions.narrowed[fact] & boxes).bit_count()
            if depending:
                left |= 1 << fact
            if depending > most:
                best, most = fact, depending
        return left, best

    def _branches(self, boxes: int, fact: int) -> Iterator[_Branch]:
        """The ways to decide a fact, cells with the same consequence together; "unknown" first."""
        row = self.regions.inside[fact]
        found: dict[int, list[int]] = {}
        for cell in bits_of(self.regions.cells[fact] & self.search.within.get(fact, -1)):
            entry = found.setdefault(row[cell] & boxes, [cell, 0])
            entry[1] += 1
        for mask, (cell, number) in found.items():
            yield _Branch(mask, cell, number)

    def _parts(self, boxes: int, facts: int) -> Iterator[int]:
        """Boxes that have no fact in common, and do not silence each other, are counted apart."""
        while boxes:
            part, grown = 0, boxes & -boxes
            while grown != part:
                fresh, part = grown & ~part, grown
                for fact in bits_of(facts):
                    if self.regions.narrowed[fact] & fresh:
                        grown |= self.regions.narrowed[fact] & boxes
                grown |= self._tied_by_silence(fresh) & boxes
            yield part
            boxes &= ~part

    def _tied_by_silence(self, boxes: int) -> int:
        tied = self._silencers_of(boxes & self._silent)
        for box in bits_of(boxes if self._silences else 0):
            tied |= self._silences.get(box, 0)
        return tied
