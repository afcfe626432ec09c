"""Cuts the values of one fact into cells, so finely that no condition tells apart two values of the same cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.rulebook.model import Condition, Fact, Kind, Value


@dataclass(frozen=True, slots=True)
class Cut:
    """The cells of a fact, "unknown" left aside: an example and the width of each, and how to find a value's cell."""

    examples: tuple[tuple[Value, int], ...]
    starts: tuple[int, ...] = ()
    places: Mapping[object, int] = field(default_factory=dict)
    signatures: Mapping[str, int] = field(default_factory=dict)


def cut_fact(fact: Fact, conditions: Sequence[Condition]) -> Cut:
    if fact.kind.is_number:
        return _cut_number(fact, conditions)
    if fact.kind is Kind.SOME_OF:
        return _cut_set(fact, conditions)
    if fact.kind is Kind.DATE:
        return Cut(((date(2026, 1, 1), 1),))
    values: tuple[Value, ...] = (False, True) if fact.kind is Kind.YES_NO else fact.words
    return Cut(tuple((value, 1) for value in values), places={value: cell for cell, value in enumerate(values, 1)})


def _cut_number(fact: Fact, conditions: Sequence[Condition]) -> Cut:
    edges = {edge for condition in conditions for span in condition.spans for edge in (span.low, span.high + 1)}
    starts = sorted({fact.minimum} | {edge for edge in edges if fact.minimum < edge <= fact.maximum})
    ends = [*starts[1:], fact.maximum + 1]
    return Cut(tuple((start, end - start) for start, end in zip(starts, ends, strict=True)), starts=tuple(starts))


def _cut_set(fact: Fact, conditions: Sequence[Condition]) -> Cut:
    """Two sets differ only if they meet different word lists, so subsets are never enumerated one by one."""
    lists = sorted({tuple(sorted(c.includes or c.excludes)) for c in conditions if c.includes or c.excludes})
    signatures = {
        word: sum(1 << position for position, words in enumerate(lists) if word in words) for word in fact.words
    }
    met: dict[int, tuple[frozenset[str], int]] = {0: (frozenset(), 1)}
    for word, signature in signatures.items():
        for old, (example, width) in list(met.items()):
            known, count = met.get(old | signature, (example | {word}, 0))
            met[old | signature] = (known, count + width)
    examples = tuple(met.values())
    return Cut(examples, places={signature: cell for cell, signature in enumerate(met, 1)}, signatures=signatures)
