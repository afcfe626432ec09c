"""Turns a rulebook into what both engines read: rules as bit positions, facts as the cells their values fall into."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from services.rulebook.cuts import cut_fact
from services.rulebook.model import Condition, Fact, Kind, Rule, Rulebook, Value

UNKNOWN_CELL = 0
"""The cell of a missing fact, for every fact."""

_TYPES: Mapping[Kind, type[Value]] = {
    Kind.YES_NO: bool,
    Kind.ONE_OF: str,
    Kind.SOME_OF: frozenset,
    Kind.WHOLE: int,
    Kind.MONEY: int,
    Kind.DATE: date,
}


class CompileError(Exception):
    """A value or a rule that the loader should never have let through."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Values of one fact that no condition of the rulebook can tell apart.

    `applies`, `possible`: bit i is set if rule i's condition on this fact is satisfied / has not failed. A rule
    that does not mention the fact has its bit set in both. `width` counts the raw values in the cell.
    """

    applies: int
    possible: int
    example: Value | None
    width: int


@dataclass(frozen=True, slots=True)
class CompiledFact:
    """One fact with its cells; cell 0 is "unknown"."""

    id: str
    kind: Kind
    type: type[Value]
    """Exactly this, no subclass: a bool is never taken for a number."""
    cells: tuple[Cell, ...]
    mentioned_by: int
    """Mask of the rules that have a condition on this fact."""
    maximum: int
    starts: tuple[int, ...] = ()
    """Numbers: the lowest value of cell 1, 2, …"""
    places: Mapping[object, int] = field(default_factory=dict)
    """Words and yes/no: value -> cell. Sets: signature -> cell."""
    signatures: Mapping[str, int] = field(default_factory=dict)
    """Sets: which of the word lists used in conditions hold this word, as a mask."""

    @property
    def has_words(self) -> bool:
        """Whether `places` says for every value, one by one, which cell it is."""
        return self.type in (str, bool)

    def cell_of(self, value: Value | None) -> int:
        """The cell a value falls into; CompileError for a value the fact cannot have."""
        if value is None:
            return UNKNOWN_CELL
        if type(value) is not self.type:  # exactly: to Python, True is an int
            raise CompileError(f"{self.id} cannot be {value!r}")
        if self.starts:
            cell = bisect_right(self.starts, value)
        elif isinstance(value, frozenset):
            cell = self._cell_of_set(value)
        else:
            cell = 1 if self.kind is Kind.DATE else self.places.get(value, UNKNOWN_CELL)
        if cell == UNKNOWN_CELL or self.starts and value > self.maximum:  # type: ignore[operator]
            raise CompileError(f"{self.id} cannot be {value!r}")
        return cell

    def _cell_of_set(self, value: frozenset[str]) -> int:
        signature = 0
        for word in value:
            if word not in self.signatures:
                raise CompileError(f"{self.id} cannot hold {word!r}")
            signature |= self.signatures[word]
        return self.places[signature]


@dataclass(frozen=True, slots=True)
class Conjunction:
    """One rule as both engines see it: for each fact it mentions, the cells that satisfy it (ascending)."""

    rule: int
    tests: tuple[tuple[int, tuple[int, ...]], ...]
    """(index of the fact in `CompiledRules.facts`, its satisfying cells)."""


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """A rulebook ready to be matched. Bit i of every mask stands for `rules[i]`."""

    rules: tuple[Rule, ...]
    facts: tuple[CompiledFact, ...]
    index: Mapping[str, int]
    """Where in `facts` each fact is."""
    conjunctions: tuple[Conjunction, ...]

    @property
    def everything(self) -> int:
        """The mask of all rules."""
        return (1 << len(self.rules)) - 1

    def cells_of(self, values: Mapping[str, Value]) -> list[int]:
        """One cell for every fact, in the order of `facts`. CompileError for a value that its fact cannot have."""
        cells = [UNKNOWN_CELL] * len(self.facts)
        for fact_id, value in values.items():
            position = self.index[fact_id]
            fact = self.facts[position]
            if fact.starts and type(value) is int and fact.starts[0] <= value <= fact.maximum:
                cells[position] = bisect_right(fact.starts, value)
            else:
                cells[position] = (type(value) is fact.type and fact.places.get(value)) or fact.cell_of(value)
        return cells

    def fact(self, fact_id: str) -> CompiledFact:
        return self.facts[self.index[fact_id]]

    def rules_in(self, mask: int) -> tuple[Rule, ...]:
        return tuple(self.rules[bit] for bit in bits_of(mask))

    def mask_of(self, rule_ids: Iterable[str]) -> int:
        wanted = set(rule_ids)
        return sum(1 << bit for bit, rule in enumerate(self.rules) if rule.id in wanted)


def compile_rules(rulebook: Rulebook) -> CompiledRules:
    """Cells are cut at everything that rules, impossible facts and properties ask, so no condition splits a cell."""
    conditions = _conditions_by_fact(rulebook)
    facts = tuple(_compile_fact(fact, conditions.get(fact.id, []), rulebook.rules) for fact in rulebook.facts.values())
    index = {fact.id: position for position, fact in enumerate(facts)}
    conjunctions = tuple(_conjunction(bit, rule, facts, index) for bit, rule in enumerate(rulebook.rules))
    return CompiledRules(rulebook.rules, facts, index, conjunctions)


def holds(condition: Condition, value: Value | None) -> bool | None:
    """Reads one condition directly: satisfied, failed, or (None) undecided because the fact is missing."""
    if value is None:
        return True if condition.or_unknown else None
    if condition.known:
        return True
    if isinstance(value, bool):
        return ("yes" if value else "no") in condition.words
    if isinstance(value, int):
        return any(span.low <= value <= span.high for span in condition.spans)
    if isinstance(value, str):
        return value in condition.words
    if isinstance(value, frozenset):
        return _holds_for_set(condition, value)
    return False


def bits_of(mask: int) -> Iterator[int]:
    """The positions of the set bits, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _holds_for_set(condition: Condition, value: frozenset[str]) -> bool:
    if condition.includes:
        return not condition.includes.isdisjoint(value)
    return bool(condition.excludes) and condition.excludes.isdisjoint(value)


def _conditions_by_fact(rulebook: Rulebook) -> dict[str, list[Condition]]:
    found: dict[str, list[Condition]] = {}
    rules, impossible, properties = rulebook.rules, rulebook.impossible, rulebook.properties
    asked = [*(r.when for r in rules), *(i.when for i in impossible), *(p.when for p in properties)]
    for condition in chain.from_iterable(asked):
        found.setdefault(condition.fact, []).append(condition)
    return found


def _compile_fact(fact: Fact, conditions: list[Condition], rules: tuple[Rule, ...]) -> CompiledFact:
    cut = cut_fact(fact, conditions)
    asked = [(bit, condition) for bit, rule in enumerate(rules) for condition in rule.when if condition.fact == fact.id]
    silent = ((1 << len(rules)) - 1) & ~sum({1 << bit for bit, _ in asked})
    groups = _by_meaning(asked)
    cells = tuple(_cell(example, width, silent, groups) for example, width in ((None, 1), *cut.examples))
    mentioned = ((1 << len(rules)) - 1) & ~silent
    return CompiledFact(
        fact.id, fact.kind, _TYPES[fact.kind], cells, mentioned, fact.maximum, cut.starts, cut.places, cut.signatures
    )


def _by_meaning(asked: list[tuple[int, Condition]]) -> list[tuple[Condition, int]]:
    """Conditions that ask the same, once each, with the mask of the rules that ask it."""
    groups: dict[object, tuple[Condition, int]] = {}
    for bit, condition in asked:
        meaning = (
            condition.spans, condition.words, condition.includes, condition.excludes,
            condition.known, condition.or_unknown,
        )  # fmt: skip
        groups[meaning] = (condition, groups.get(meaning, (condition, 0))[1] | 1 << bit)
    return list(groups.values())


def _cell(example: Value | None, width: int, silent: int, groups: list[tuple[Condition, int]]) -> Cell:
    failed = undecided = 0
    satisfied = silent
    for condition, mask in groups:
        verdict = holds(condition, example)
        if verdict:
            satisfied |= mask
        elif verdict is None:
            undecided |= mask
        else:
            failed |= mask
    return Cell(satisfied & ~failed & ~undecided, (satisfied | undecided) & ~failed, example, width)


def _conjunction(bit: int, rule: Rule, facts: tuple[CompiledFact, ...], index: Mapping[str, int]) -> Conjunction:
    mentioned = sorted({index[condition.fact] for condition in rule.when})
    tests = tuple(
        (fact, tuple(number for number, cell in enumerate(facts[fact].cells) if cell.applies >> bit & 1))
        for fact in mentioned
    )
    return Conjunction(bit, tests)
