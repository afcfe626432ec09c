"""Divides the rules into small groups that read few facts, so that a group has few different situations to answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from services.rulebook.compile import CompiledRules, Conjunction

MOST_CONJUNCTIONS = 59
"""durable_rules keeps at most 64 conditions pending and fails beyond (error 303, measured). With the warm-up rule this
makes 60 in one ruleset: even if everything is true, it stays below."""

MOST_REGIONS = 256
"""How many different situations a group may have. It bounds what a matcher remembers: some 16 answers for a rule."""

Test = tuple[int, tuple[int, ...]]
"""A condition as compiled: index of the fact, cells that satisfy it."""


@dataclass(frozen=True, slots=True)
class Group:
    """`asks[i]` are the tests of the rules in mask `rules[i]`; rules that ask the same are one entry."""

    asks: tuple[tuple[Test, ...], ...]
    rules: tuple[int, ...]

    @property
    def mask(self) -> int:
        return sum(self.rules)

    @property
    def tests(self) -> tuple[Test, ...]:
        return _tests_in(self.asks)

    def may_pass(self, fact: int, cell: int) -> bool:
        """Whether at least one of the rules does not already fail because of this one fact."""
        return any(all(cell in cells for about, cells in asked if about == fact) for asked in self.asks)

    def regions(self, compiled: CompiledRules) -> Iterator[dict[int, int]]:
        """Every situation the group can tell apart, as one cell for each fact it reads."""
        choices = _distinct_cells(compiled, self.tests)
        return (dict(zip(choices, cells, strict=True)) for cells in product(*choices.values()))


def plan_groups(compiled: CompiledRules) -> tuple[Group, ...]:
    """Every rule that can apply at all is in exactly one group. The rules of a group share a condition where possible:

    then one fact alone mostly says that the whole group is out.
    """
    entries = _entries(compiled)
    users: dict[Test, dict[tuple[Test, ...], None]] = {}
    for asked in entries:
        for test in asked:
            users.setdefault(test, {})[asked] = None
    groups: list[Group] = []
    left = dict.fromkeys(entries)
    while left:
        shared = max(users, key=lambda test: (len(users[test]) * _selectivity(compiled, test), test), default=None)
        together = sorted(users[shared]) if shared and users[shared] else sorted(left)
        for asked in together:
            del left[asked]
            for test in asked:
                del users[test][asked]
        groups += (Group(part, tuple(entries[asked] for asked in part)) for part in _split(compiled, together))
    return tuple(groups)


def _entries(compiled: CompiledRules) -> dict[tuple[Test, ...], int]:
    """What is asked, with the mask of the rules that ask it; rules that can never apply are left out."""
    entries: dict[tuple[Test, ...], int] = {}
    for conjunction in sorted(compiled.conjunctions, key=lambda conjunction: conjunction.tests):
        if all(cells for _, cells in conjunction.tests):
            asked = _tests_that_can_fail(compiled, conjunction)
            entries[asked] = entries.get(asked, 0) | 1 << conjunction.rule
    return entries


def _tests_that_can_fail(compiled: CompiledRules, conjunction: Conjunction) -> tuple[Test, ...]:
    return tuple(test for test in conjunction.tests if len(test[1]) < len(compiled.facts[test[0]].cells))


def _selectivity(compiled: CompiledRules, test: Test) -> float:
    fact, cells = test
    return 1 - len(cells) / len(compiled.facts[fact].cells)


def _split(compiled: CompiledRules, asks: list[tuple[Test, ...]]) -> Iterator[tuple[tuple[Test, ...], ...]]:
    """Consecutive parts within both limits; a single rule is always let through, as nothing smaller exists."""
    part: list[tuple[Test, ...]] = []
    for asked in asks:
        too_many = len(part) == MOST_CONJUNCTIONS
        if part and (too_many or _count_regions(compiled, _tests_in([*part, asked])) > MOST_REGIONS):
            yield tuple(part)
            part = []
        part.append(asked)
    if part:
        yield tuple(part)


def _count_regions(compiled: CompiledRules, tests: tuple[Test, ...]) -> int:
    return prod(len(cells) for cells in _distinct_cells(compiled, tests).values())


def _distinct_cells(compiled: CompiledRules, tests: tuple[Test, ...]) -> dict[int, list[int]]:
    """For each fact the tests read, one cell for every different way in which they come out."""
    found: dict[int, list[int]] = {}
    for fact in sorted({fact for fact, _ in tests}):
        lists = [frozenset(cells) for about, cells in tests if about == fact]
        ways: dict[tuple[bool, ...], int] = {}
        for cell in range(len(compiled.facts[fact].cells)):
            ways.setdefault(tuple(cell in cells for cells in lists), cell)
        found[fact] = list(ways.values())
    return found


def _tests_in(asks: Iterable[tuple[Test, ...]]) -> tuple[Test, ...]:
    """Every test once, in a stable order."""
    return tuple(sorted({test for asked in asks for test in asked}))
