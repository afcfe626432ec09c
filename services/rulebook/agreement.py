"""Compares durable_rules with the reference: all regions of all rules, all bounds, and random whole situations.

`prove_in_subprocess` does it in a process of its own, so that a hang or a crash of the engine costs a draft its
publication and never costs the service anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from random import Random

from services.rulebook.apart import ApartError, apart
from services.rulebook.compile import UNKNOWN_CELL, CompiledFact, CompiledRules, compile_rules, holds
from services.rulebook.matcher import Matcher
from services.rulebook.model import Kind, Rulebook, Value
from services.rulebook.reference import Reference

_MOST_DIFFERENCES = 20
"""More would not help anybody to find the cause."""


class AgreementError(Exception):
    """The engines could not be compared to the end: durable_rules crashed, hung or gave up on these rules."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A situation in which the engines differ, and the ids of the rules they differ on."""

    situation: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was compared, in honest words: enumerated is every one there is, proved follows from it, sampled is not all.

    `bounds`: values at both ends of every cell of every fact, and unknown, read directly against every condition.
    `regions`: every combination of answers that any group of rules can tell apart. As every rule is in one group and
    a group's answer depends on nothing else, equality here is equality in every situation there is.
    `sampled`: random whole situations, on top.
    """

    bounds: int
    regions: int
    sampled: int
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        return not self.differences

    def __str__(self) -> str:
        verdict = "the engines agree" if self.agrees else f"the engines differ, first in {self.differences[0]}"
        return (
            f"{verdict}: {self.bounds} bounds enumerated, {self.regions} regions enumerated (which proves every "
            f"situation), {self.sampled} random situations sampled"
        )


def check_agreement(
    compiled: CompiledRules, matcher: Matcher, reference: Reference, sample: int = 1000, seed: int = 1
) -> Report:
    """Compares everything once. Afterwards the matcher knows its answer in every region."""
    at_bounds = list(_at_bounds(compiled))
    compare = _Comparison(compiled, matcher, reference)
    regions, in_regions = compare.all(_regions(compiled, matcher))
    sampled, in_sample = compare.all(random_situations(compiled, sample, seed))
    found = [*(difference for difference in at_bounds if difference), *in_regions, *in_sample]
    return Report(len(at_bounds), regions, sampled, tuple(found[:_MOST_DIFFERENCES]))


def prove_in_subprocess(rulebook: Rulebook, timeout: timedelta, sample: int = 1000) -> Report:
    """The same in a process of its own. AgreementError if it does not come back with an answer."""
    try:
        report: Report = apart(compare_engines, rulebook, sample, within=timeout)
    except ApartError as error:
        raise AgreementError(str(error)) from error
    return report


def compare_engines(rulebook: Rulebook, sample: int = 1000) -> Report:
    """Both engines built anew and compared. MatcherError if durable_rules gives up."""
    compiled = compile_rules(rulebook)
    return check_agreement(compiled, Matcher(compiled), Reference(compiled), sample)


def random_situations(compiled: CompiledRules, count: int, seed: int) -> Iterator[dict[str, Value]]:
    """Whole situations in which any fact may be missing and numbers like to lie near bounds."""
    random = Random(seed)
    for _ in range(count):
        known = random.random()
        yield {fact.id: _random_value(fact, random) for fact in compiled.facts if random.random() < known}


def _at_bounds(compiled: CompiledRules) -> Iterator[Difference | None]:
    """Reads every condition directly (`holds`) at every bound, and compares with the masks that both engines use."""
    for fact in compiled.facts:
        asking = [(bit, c) for bit, rule in enumerate(compiled.rules) for c in rule.when if c.fact == fact.id]
        for value in _bounds(fact):
            verdicts = [(bit, holds(condition, value)) for bit, condition in asking]
            refuted = sum({1 << bit for bit, verdict in verdicts if verdict is False})
            open_ = sum({1 << bit for bit, verdict in verdicts if verdict is None})
            cell = fact.cells[fact.cell_of(value)]
            wrong = (cell.possible ^ compiled.everything & ~refuted) | (
                cell.applies ^ compiled.everything & ~refuted & ~open_
            )
            yield _difference(compiled, {fact.id: value}, wrong) if wrong else None


def _bounds(fact: CompiledFact) -> Iterator[Value | None]:
    yield None
    if fact.starts:
        for start, cell in zip(fact.starts, fact.cells[1:], strict=True):
            yield from {start, start + cell.width - 1}
    elif fact.kind is Kind.SOME_OF:
        yield from _sets(tuple(fact.signatures))
    elif fact.places:
        yield from (value for value in fact.places if isinstance(value, bool | str))
    else:
        yield fact.cells[1].example


def _sets(words: tuple[str, ...]) -> Iterator[frozenset[str]]:
    """None, one, two, all, all but one: a word list is met or missed by one word alone."""
    for size in {0, 1, 2, len(words) - 1, len(words)}:
        yield from (frozenset(chosen) for chosen in combinations(words, max(size, 0)))


def _regions(compiled: CompiledRules, matcher: Matcher) -> Iterator[dict[str, Value]]:
    for group in matcher.groups:
        for cells in group.regions(compiled):
            facts = ((compiled.facts[fact], cell) for fact, cell in cells.items() if cell != UNKNOWN_CELL)
            yield {fact.id: value for fact, cell in facts if (value := fact.cells[cell].example) is not None}


@dataclass(frozen=True, slots=True)
class _Comparison:
    compiled: CompiledRules
    matcher: Matcher
    reference: Reference

    def all(self, situations: Iterable[Mapping[str, Value]]) -> tuple[int, list[Difference]]:
        """How many there were, and where the engines differ."""
        count = 0
        found: list[Difference] = []
        for values in situations:
            count += 1
            wrong = self.matcher.match(values) ^ self.reference.match(values).applies
            if wrong:
                found.append(_difference(self.compiled, values, wrong))
        return count, found


def _difference(compiled: CompiledRules, values: Mapping[str, Value | None], wrong: int) -> Difference:
    return Difference(repr(dict(values)), tuple(rule.id for rule in compiled.rules_in(wrong)))


def _random_value(fact: CompiledFact, random: Random) -> Value:
    cell = random.randrange(1, len(fact.cells))
    if fact.starts:
        start = fact.starts[cell - 1]
        last = start + fact.cells[cell].width - 1
        return random.choice((start, last, random.randint(start, last)))
    if fact.kind is Kind.SOME_OF:
        return frozenset(word for word in fact.signatures if random.random() < 0.3)
    example = fact.cells[cell].example
    assert example is not None  # only the unknown cell has none
    return example
