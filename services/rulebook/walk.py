"""The memoised walk: finds and counts the situations that a search describes, fact by fact, without sampling.

A state of the walk is the mask of the boxes that are still open in it, which of them have yet to be silenced, and
the mask of the facts not yet decided. Cells that leave the same masks are one branch, and a state that was met before
is not walked again. Only what is still to be settled is kept, so masks merge early. A walk that grows beyond its
budget says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.rulebook.compile import bits_of
from services.rulebook.regions import Box, RegionMap

BUDGET = 50_000
"""So many states are walked before a walk gives up, in about a second. A usual walk takes fewer than a hundred."""


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


class _Open(NamedTuple):
    """What is still to be settled."""

    boxes: int
    """Boxes to be avoided, boxes to be silent, and their silencers."""
    silent: int
    """Those that speak unless they are silenced. One that is silenced may still be open as a silencer of others."""


class _Branch(NamedTuple):
    open: _Open
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
    _silencing: int = 0
    _hopeless: set[tuple[_Open, int]] = field(default_factory=set)
    _counts: dict[tuple[_Open, int], Count] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._avoid, self._silent = self.search.avoid, self.search.silent & ~self.search.avoid
        for box in bits_of(self._silent):
            if not self._outsiders(box):
                self._avoid |= 1 << box
        self._silent &= ~self._avoid
        for silenced in bits_of(self._silent):
            for box in bits_of(self.search.silencers[silenced] & ~self._avoid):
                self._silences[box] = self._silences.get(box, 0) | 1 << silenced
                self._silencing |= 1 << box

    def find(self) -> dict[int, int] | None:
        """One region (index of fact -> cell; facts that do not matter are left out), or None: there is none."""
        first = self._first_open()
        found = None if first is None else self._find(first, self.regions.all_facts)
        if found is None:
            return None
        for fact, cells in self.search.within.items():
            allowed = cells & self.regions.cells[fact]
            found.setdefault(fact, (allowed & -allowed).bit_length() - 1)
        return found

    def count(self) -> Count:
        """How many regions there are; bounds, if the budget does not last."""
        first = self._first_open()
        return Count(0, 0) if first is None else self._count(first, self.regions.all_facts)

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

    def _first_open(self) -> _Open | None:
        """What is open within the search; None if that is nowhere, or if nothing can be there."""
        if any(not cells & self.regions.cells[fact] for fact, cells in self.search.within.items()):
            return None
        relevant = self._avoid | self._silent | self._silencing
        boxes = relevant & self.search.start & self.regions.reaching_into(self.search.within)
        return self._settle(boxes, boxes & self._silent, boxes & ~self.regions.unfinished(self.regions.all_facts))

    def _find(self, still: _Open, facts: int) -> dict[int, int] | None:
        facts, fact = self._open_facts(still.boxes, facts)
        if not facts:
            return {}
        if (still, facts) in self._hopeless:
            return None
        self.states += 1
        if self.states > self.budget:
            raise WalkTooLargeError
        for branch in self._branches(still, facts, fact):
            found = self._find(branch.open, facts & ~(1 << fact))
            if found is not None:
                found[fact] = branch.cell
                return found
        self._hopeless.add((still, facts))
        return None

    def _count(self, still: _Open, facts: int) -> Count:
        left, _ = self._open_facts(still.boxes, facts)
        low = high = self.regions.size(self.search.within, facts & ~left)
        for part in self._parts(still, left):
            count = self._count_part(part, *self._open_facts(part.boxes, left))
            low, high = low * count.low, high * count.high
        return Count(low, high)

    def _count_part(self, still: _Open, facts: int, fact: int) -> Count:
        known = self._counts.get((still, facts))
        if known is not None:
            return known
        self.states += 1
        if self.states > self.budget:
            return Count(0, self.regions.size(self.search.within, facts))
        low = high = 0
        for branch in self._branches(still, facts, fact):
            count = self._count(branch.open, facts & ~(1 << fact))
            low, high = low + branch.cells * count.low, high + branch.cells * count.high
        self._counts[still, facts] = Count(low, high)
        return Count(low, high)

    def _branches(self, still: _Open, facts: int, fact: int) -> Iterable[_Branch]:
        """The ways to decide a fact that can lead anywhere, cells with the same consequence as one; "unknown" first."""
        row = self.regions.inside[fact]
        unfinished = self.regions.unfinished(facts & ~(1 << fact))
        fatal = still.boxes & self._avoid & ~unfinished
        cells: dict[int, list[int]] = {}
        for cell in bits_of(self.regions.cells[fact] & self.search.within.get(fact, -1)):
            if not row[cell] & fatal:
                cells.setdefault(row[cell] & still.boxes, []).append(cell)
        branches: dict[_Open, _Branch] = {}
        for boxes, alike in cells.items():
            settled = self._settle(boxes, boxes & still.silent, boxes & ~unfinished)
            if settled is not None:
                known = branches.get(settled, _Branch(settled, alike[0], 0))
                branches[settled] = _Branch(settled, known.cell, known.cells + len(alike))
        return branches.values()

    def _settle(self, boxes: int, silent: int, finished: int) -> _Open | None:
        """What is still open once some boxes are finished: they hold all that is left of the situation.

        None, if nothing that is looked for can be there.
        """
        if finished & self._avoid:
            return None
        if not silent:
            return _Open(boxes & self._avoid, 0)
        for box in bits_of(finished & self._silencing):
            silent &= ~self._silences[box]
        hopes = 0
        for box in bits_of(silent):
            hope = self.search.silencers[box] & boxes & ~finished & ~self._avoid
            if not hope and finished >> box & 1:
                return None
            hopes |= hope
        if finished & silent and not hopes & ~silent:
            return None
        return _Open(boxes & self._avoid | silent | hopes, silent)

    def _open_facts(self, boxes: int, facts: int) -> tuple[int, int]:
        """The facts that open boxes still depend on, and the one that most of them depend on."""
        left, best, most = 0, -1, 0
        narrowed = self.regions.narrowed
        for fact in bits_of(facts):
            depending = (narrowed[fact] & boxes).bit_count()
            if depending:
                left |= 1 << fact
            if depending > most:
                best, most = fact, depending
        return left, best

    def _parts(self, still: _Open, facts: int) -> Iterator[_Open]:
        """Boxes that have no fact in common, and do not silence each other, are counted apart."""
        boxes = still.boxes
        while boxes:
            part, grown = 0, boxes & -boxes
            while grown != part:
                fresh, part = grown & ~part, grown
                for fact in bits_of(facts):
                    if self.regions.narrowed[fact] & fresh:
                        grown |= self.regions.narrowed[fact] & boxes
                grown |= self._tied_by_silence(fresh, still.silent) & boxes
            yield _Open(part, part & still.silent)
            boxes &= ~part

    def _tied_by_silence(self, boxes: int, silent: int) -> int:
        tied = self._silencers_of(boxes & silent)
        for box in bits_of(boxes & self._silencing):
            tied |= self._silences[box] & silent
        return tied
