"""The small changes of a rule that its cases should notice: a bound moved by one, a word or a condition left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.rulebook.model import UNKNOWN_WORD, Condition, Fact, Rule, Rulebook, Span, Value


@dataclass(frozen=True, slots=True)
class Mutant:
    """One condition written slightly otherwise, or left out (`after` is None).

    `values` are those on which both differ, None for a missing fact; empty where the condition is left out: there it
    is every value that does not satisfy `before`.
    """

    rule: str
    before: Condition
    after: Condition | None
    values: tuple[Value | None, ...] = ()


def mutants_of(rulebook: Rulebook, rule: Rule) -> Iterator[Mutant]:
    """All small changes of one rule's conditions, in the order in which they are written."""
    for condition in rule.when:
        fact = rulebook.facts[condition.fact]
        for after, value in (*_moved(fact, condition), *_without_a_word(fact, condition), *_only_known(condition)):
            yield Mutant(rule.id, condition, after, (value,))
        yield Mutant(rule.id, condition, None)


def _moved(fact: Fact, condition: Condition) -> Iterator[tuple[Condition, Value]]:
    """Every bound of every span, one further out and one further in; what stays empty is no condition."""
    for index, span in enumerate(condition.spans):
        others = condition.spans[:index], condition.spans[index + 1 :]
        for moved, value in _moves(fact, span):
            if not any(other.low <= value <= other.high for part in others for other in part):
                yield replace(condition, spans=(*others[0], moved, *others[1])), value


def _moves(fact: Fact, span: Span) -> Iterator[tuple[Span, int]]:
    if span.low > fact.minimum:
        yield Span(span.low - 1, span.high), span.low - 1
        if span.low < span.high:
            yield Span(span.low + 1, span.high), span.low
    if span.high < fact.maximum:
        yield Span(span.low, span.high + 1), span.high + 1
        if span.low < span.high:
            yield Span(span.low, span.high - 1), span.high


def _without_a_word(fact: Fact, condition: Condition) -> Iterator[tuple[Condition, Value]]:
    for word in sorted(condition.words):
        if len(condition.words) > 1 and word != UNKNOWN_WORD:
            value: Value = word == "yes" if not fact.choices else word
            yield replace(condition, words=condition.words - {word}), value
    for word in sorted(condition.includes):
        if len(condition.includes) > 1:
            yield replace(condition, includes=condition.includes - {word}), frozenset({word})
    for word in sorted(condition.excludes):
        if len(condition.excludes) > 1:
            yield replace(condition, excludes=condition.excludes - {word}), frozenset({word})


def _only_known(condition: Condition) -> Iterator[tuple[Condition, None]]:
    stands_with = condition.spans or condition.words or condition.includes or condition.excludes
    if condition.or_unknown and stands_with:
        yield replace(condition, or_unknown=False), None
