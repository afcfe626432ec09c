"""Answers batches about few rules with nested ifs: a fact is read only where a rule that is still possible asks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import inf

from services.rulebook.compile import UNKNOWN_CELL, CompiledFact, CompiledRules
from services.rulebook.script import Decide, Script, ScriptTooLong

READ_FIRST = 3
"""A fact that so many rules ask is read before anything is decided; others where they are needed."""
MOST_FACTS = 40
"""Python nests no deeper than 100, and every fact of a rule takes one step."""

Outcome = tuple[int, int]
"""Of some rules: those that a value leaves possible, and those of them that are satisfied so far."""
Case = tuple[str, Outcome]
"""A test as source, with {} for the value, and what is left if it is met; nothing is left if no test is."""


@dataclass(frozen=True, slots=True)
class _Open:
    """Rules that are neither failed nor decided, and what is known about them at one place of the source."""

    rules: int
    sure: int
    """Those without an unknown fact so far."""
    facts: frozenset[int]
    """The facts that have not been decided on the way here."""
    read: frozenset[int]
    """The facts that a variable holds."""


def decide_by_ifs(compiled: CompiledRules) -> Decide | None:
    """None if the rules ask too much to be written down like this."""
    if max((len(conjunction.tests) for conjunction in compiled.conjunctions), default=0) > MOST_FACTS:
        return None
    try:
        return _Writer(compiled).write()
    except ScriptTooLong:
        return None


class _Writer:
    def __init__(self, compiled: CompiledRules) -> None:
        self._facts = compiled.facts
        self._everything = compiled.everything
        self._script = Script()

    def write(self) -> Decide:
        facts = frozenset(place for place, fact in enumerate(self._facts) if fact.mentioned_by)
        read = frozenset(place for place in facts if self._facts[place].mentioned_by.bit_count() >= READ_FIRST)
        for place in sorted(read):
            self._read(0, place)
        self._script.add(0, "applies = possible = 0")
        self._survivors(0, _Open(self._everything, self._everything, facts, read))
        return self._script.finish()

    def _survivors(self, depth: int, now: _Open) -> None:
        """Rules that have been asked everything are decided; the others are asked more."""
        asking = 0
        for place in now.facts:
            asking |= self._facts[place].mentioned_by
        decided = now.rules & ~asking
        if decided & now.sure:
            self._script.add(depth, f"applies |= {decided & now.sure}")
        self._script.add(depth, f"possible |= {decided}" if decided else "pass")
        self._ask(depth, replace(now, rules=now.rules & asking))

    def _ask(self, depth: int, now: _Open) -> None:
        """About the best fact, for all rules that ask it; then in the same way for the rules that are left."""
        while now.rules:
            place = self._best(now)
            part = now.rules & self._facts[place].mentioned_by
            self._branch(depth, place, replace(now, rules=part, facts=now.facts - {place}))
            now = replace(now, rules=now.rules & ~part)

    def _best(self, now: _Open) -> int:
        """The fact that many rules ask and many fail by, that has been read already, and that needs few tests."""

        def worth(place: int) -> float:
            fact = self._facts[place]
            part = fact.mentioned_by & now.rules
            left = [cell.possible & part for cell in fact.cells]
            failing = sum((part & ~rules).bit_count() for rules in left) / len(left)
            return (
                (part.bit_count() + failing) * (1.5 if place in now.read else 1) - len(set(left)) / 2 if part else -inf
            )

        return max(sorted(now.facts), key=worth)

    def _branch(self, depth: int, place: int, now: _Open) -> None:
        fact = self._facts[place]
        left = [cell.possible & now.rules for cell in fact.cells]
        outcomes = [(rules, rules & cell.applies & now.sure) for rules, cell in zip(left, fact.cells, strict=True)]
        missing, value = self._find(depth, place, now.read)
        self._script.add(depth, f"if {missing}:")
        self._follow(depth + 1, outcomes[UNKNOWN_CELL], now)
        for test, outcome in self._cases(fact, outcomes):
            self._script.add(depth, f"elif {test.format(value)}:")
            self._follow(depth + 1, outcome, now)
            value = f"v{place}"

    def _follow(self, depth: int, outcome: Outcome, now: _Open) -> None:
        self._survivors(depth, replace(now, rules=outcome[0], sure=outcome[1]))

    def _find(self, depth: int, place: int, read: frozenset[int]) -> tuple[str, str]:
        """Source that tells whether the fact is missing, and source of its value when it is used first."""
        fact = self._facts[place]
        if not (fact.starts or fact.has_words):
            if place not in read:
                self._read(depth, place)
            return f"not v{place}", f"v{place}"
        if place in read:
            return f"v{place} is None", f"v{place}"
        fact_id = self._script.name(fact.id)
        return f"{fact_id} not in values", f"(v{place} := values[{fact_id}])"

    def _read(self, depth: int, place: int) -> None:
        """The variable holds the value or, for sets and dates, the cell."""
        fact = self._facts[place]
        value = f"get({self._script.name(fact.id)})"
        if not (fact.starts or fact.has_words):
            value = f"{self._script.bind(fact.cell_of)}({value})"
        self._script.add(depth, f"v{place} = {value}")

    def _cases(self, fact: CompiledFact, outcomes: Sequence[Outcome]) -> Iterator[Case]:
        """The known values that leave rules possible, those with the same outcome together."""
        if fact.starts:
            yield from _cases_of_number(fact, outcomes)
            return
        value_in = {cell: value for value, cell in fact.places.items()}
        cells_with: dict[Outcome, list[int]] = {}
        for cell, outcome in enumerate(outcomes):
            if cell != UNKNOWN_CELL and outcome[0]:
                cells_with.setdefault(outcome, []).append(cell)
        for outcome, cells in cells_with.items():
            yield self._test([value_in[cell] for cell in cells] if fact.has_words else cells), outcome

    def _test(self, values: Sequence[object]) -> str:
        if len(values) > 1:
            return f"{{}} in {self._script.name(frozenset(values))}"
        (value,) = values
        if isinstance(value, bool):
            return f"{{}} is {value}"
        return f"{{}} == {self._script.name(value) if isinstance(value, str) else value}"


def _cases_of_number(fact: CompiledFact, outcomes: Sequence[Outcome]) -> Iterator[Case]:
    """Ascending, so that the upper bound is enough to ask as long as nothing has been left out."""
    is_gap = False
    for outcome, run in groupby(range(1, len(outcomes)), key=lambda cell: outcomes[cell]):
        cells = list(run)
        low, is_last = fact.starts[cells[0] - 1], cells[-1] == len(fact.starts)
        if not outcome[0]:
            is_gap = True
        elif is_last:
            yield f"{{}} >= {low}", outcome
        else:
            high = fact.starts[cells[-1]]
            yield f"{low} <= {{}} < {high}" if is_gap else f"{{}} < {high}", outcome
