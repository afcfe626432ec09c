"""The finite map of situations: every fact is cut into cells, and a condition, a rule or a finding is a box of cells.

A situation lies in exactly one cell of every fact, cell 0 being "unknown", so there are finitely many regions and a
statement about all of them can be proved. Derived facts count as facts of their own: the map holds every situation
that can be posted, and some that cannot; what is proved for the map holds for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from services.rulebook.compile import UNKNOWN_CELL, CompiledFact, CompiledRules, bits_of, holds
from services.rulebook.model import UNKNOWN_WORD, Condition, ImpossibleFacts, Kind, Value

Box = Mapping[int, int]
"""Index of a fact -> mask of its cells. A fact that is not in it may be in any cell."""
ANYWHERE: Box = {}


@dataclass(frozen=True, eq=False)
class RegionMap:
    """All regions, and a number of boxes in it that walks can ask about: bit i of every mask stands for box i."""

    facts: tuple[CompiledFact, ...]
    cells: tuple[int, ...]
    """For each fact, the mask of the cells in which a situation can be."""
    inside: tuple[tuple[int, ...], ...]
    """For each fact and cell, the mask of the boxes that reach into it."""
    narrowed: tuple[int, ...]
    """For each fact, the mask of the boxes that do not allow all of its cells."""
    boxes: tuple[Box, ...]
    impossible: int = 0
    """Mask of the boxes in which nobody can be."""
    _unfinished: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, compiled: CompiledRules, impossible: Sequence[ImpossibleFacts] = ()) -> RegionMap:
        """Box i is the conditions of rule i; behind the rules come the combinations that are impossible."""
        bare = cls(
            compiled.facts,
            tuple(_cells_of_people(fact) for fact in compiled.facts),
            tuple((0,) * len(fact.cells) for fact in compiled.facts),
            (0,) * len(compiled.facts),
            (),
        )
        rules = bare.with_boxes(_box_of_tests(conjunction.tests) for conjunction in compiled.conjunctions)
        return rules.with_boxes((rules.box(facts.when) for facts in impossible), are_impossible=True)

    @property
    def all_facts(self) -> int:
        return (1 << len(self.facts)) - 1

    def with_boxes(self, boxes: Iterable[Box], are_impossible: bool = False) -> RegionMap:
        """The same map with further boxes behind those it has."""
        inside, narrowed, known = [list(masks) for masks in self.inside], list(self.narrowed), list(self.boxes)
        impossible = self.impossible
        for box in boxes:
            bit = 1 << len(known)
            known.append(box)
            impossible |= bit if are_impossible else 0
            for fact, masks in enumerate(inside):
                cells = box.get(fact, -1)
                narrowed[fact] |= bit if self.cells[fact] & ~cells else 0
                inside[fact] = [mask | (bit if cells >> cell & 1 else 0) for cell, mask in enumerate(masks)]
        rows = tuple(tuple(masks) for masks in inside)
        return RegionMap(self.facts, self.cells, rows, tuple(narrowed), tuple(known), impossible)

    def box(self, conditions: Iterable[Condition]) -> Box:
        """Where all conditions are satisfied. A condition that an unknown fact leaves undecided is not satisfied."""
        box: dict[int, int] = {}
        for condition in conditions:
            fact = self.index_of(condition.fact)
            cells = self.facts[fact].cells
            satisfied = sum(1 << cell for cell, part in enumerate(cells) if holds(condition, part.example))
            box[fact] = box.get(fact, -1) & satisfied & self.cells[fact]
        return box

    def index_of(self, fact_id: str) -> int:
        return next(index for index, fact in enumerate(self.facts) if fact.id == fact_id)

    def reaching_into(self, box: Box) -> int:
        """The mask of the boxes that share at least one region with this one."""
        mask = -1
        for fact, cells in box.items():
            row, reached = self.inside[fact], 0
            for cell in bits_of(cells & self.cells[fact]):
                reached |= row[cell]
            mask &= reached
        return mask & ((1 << len(self.boxes)) - 1)

    def holding(self, box: Box, but: int) -> int:
        """The mask of the boxes that hold all of this one, whatever they say about the fact `but`."""
        mask = (1 << len(self.boxes)) - 1
        for fact, narrowed in enumerate(self.narrowed):
            if fact in box and fact != but:
                for cell in bits_of(box[fact] & self.cells[fact]):
                    mask &= self.inside[fact][cell]
            elif fact != but:
                mask &= ~narrowed
        return mask

    def unfinished(self, facts: int) -> int:
        """The mask of the boxes that narrow one of these facts: what they hold is not settled without them."""
        if facts not in self._unfinished:
            mask = 0
            for fact in bits_of(facts):
                mask |= self.narrowed[fact]
            self._unfinished[facts] = mask
        return self._unfinished[facts]

    def size(self, box: Box = ANYWHERE, facts: int = -1) -> int:
        """How many regions the box has over these facts."""
        return prod(
            (cells & box.get(fact, -1)).bit_count() for fact, cells in enumerate(self.cells) if facts >> fact & 1
        )

    def values(self, region: Mapping[int, int]) -> dict[str, Value]:
        """A situation in this region (index of fact -> cell); facts that it does not name stay unknown."""
        found: dict[str, Value] = {}
        for fact in sorted(region):
            example = self.facts[fact].cells[region[fact]].example
            if example is not None:
                found[self.facts[fact].id] = example
        return found


def narrowed_to(box: Box, other: Box) -> Box | None:
    """The part that both boxes share, or None if they share nothing."""
    shared = dict(box)
    for fact, cells in other.items():
        shared[fact] = shared.get(fact, -1) & cells
        if not shared[fact]:
            return None
    return shared


def is_within(box: Box, other: Box, regions: RegionMap) -> bool:
    """Whether every region of the box lies in the other one."""
    return all(not box.get(fact, -1) & regions.cells[fact] & ~cells for fact, cells in other.items())


def known_cells(regions: RegionMap, facts: Iterable[int]) -> Box:
    """The box in which all these facts are known."""
    return {fact: regions.cells[fact] & ~(1 << UNKNOWN_CELL) for fact in facts}


def _box_of_tests(tests: Iterable[tuple[int, tuple[int, ...]]]) -> Box:
    return {fact: sum(1 << cell for cell in cells) for fact, cells in tests}


def _cells_of_people(fact: CompiledFact) -> int:
    """All cells but the word `unknown`, which as an answer means the same as a missing fact."""
    return sum(1 << cell for cell in _cell_numbers(fact))


def _cell_numbers(fact: CompiledFact) -> Iterator[int]:
    for number, cell in enumerate(fact.cells):
        if not (fact.kind is Kind.ONE_OF and cell.example == UNKNOWN_WORD):
            yield number
