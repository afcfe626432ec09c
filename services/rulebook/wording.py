"""Facts, values and conditions said as a person would say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from services.rulebook import phrases
from services.rulebook.model import LANGUAGES, Condition, Fact, Kind, Span, Text, Value

FEN_PER_YUAN = 100


def say_value(fact: Fact, value: Value | None, language: str) -> str:
    """The value with its unit or label: `12 天`, `1,150.50 元`, `已被拒绝`."""
    if value is None:
        return phrases.NOT_KNOWN.in_language(language)
    if isinstance(value, bool):
        return (phrases.YES if value else phrases.NO).in_language(language)
    if isinstance(value, int):
        return f"{_number(fact, value)}{_unit(fact, language, value)}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return say_words(fact, (value,), language)
    return say_words(fact, value, language) if value else phrases.NOTHING_OF_THESE.in_language(language)


def say_condition(fact: Fact, condition: Condition, language: str) -> str:
    """What the condition asks of the fact: `31 天或以上`, `还没开始 或 已被拒绝`."""
    said = [] if not condition.or_unknown else [phrases.NOT_KNOWN.in_language(language)]
    if condition.known:
        said.insert(0, phrases.ANYTHING.in_language(language))
    elif condition.spans:
        said = [say_span(fact, span, language) for span in condition.spans] + said
    elif condition.words:
        said.insert(0, say_words(fact, condition.words, language, phrases.OR.in_language(language)))
    elif condition.includes:
        said.insert(0, say_words(fact, condition.includes, language, phrases.OR.in_language(language)))
    elif condition.excludes:
        said.insert(0, _say_excluded(fact, condition.excludes, language))
    return phrases.OR.in_language(language).join(said)


def condition_said(fact: Fact, condition: Condition) -> Text:
    """The same in both languages."""
    return Text(*(say_condition(fact, condition, language) for language in LANGUAGES))


def say_span(fact: Fact, span: Span, language: str) -> str:
    low, high = _number(fact, span.low), _number(fact, span.high)
    is_single = span.low == span.high or span.high >= fact.maximum
    unit = _unit(fact, language, span.low if is_single else span.high)
    if span.low == span.high:
        return f"{low}{unit}"
    if span.high >= fact.maximum:
        return phrases.AT_LEAST.in_language(language).format(low=low, unit=unit)
    if span.low <= fact.minimum:
        return phrases.AT_MOST.in_language(language).format(high=high, unit=unit)
    return phrases.BETWEEN.in_language(language).format(low=low, high=high, unit=unit)


def say_words(fact: Fact, words: Iterable[str], language: str, separator: str | None = None) -> str:
    """The labels of the words, in the order of the vocabulary."""
    wanted = frozenset(words)
    if fact.kind is Kind.YES_NO:
        labels = [
            label.in_language(language) for word, label in (("yes", phrases.YES), ("no", phrases.NO)) if word in wanted
        ]
    else:
        labels = [choice.label.in_language(language) for choice in fact.choices if choice.word in wanted]
    return (separator or phrases.LIST_SEPARATOR.in_language(language)).join(labels)


def _say_excluded(fact: Fact, excluded: frozenset[str], language: str) -> str:
    if excluded == frozenset(fact.words):
        return phrases.NOTHING_OF_THESE.in_language(language)
    return phrases.NONE_OF.in_language(language).format(words=say_words(fact, excluded, language))


def _number(fact: Fact, value: int) -> str:
    if fact.kind is not Kind.MONEY:
        return str(value)
    yuan = Decimal(value) / FEN_PER_YUAN
    return f"{yuan:,.0f}" if value % FEN_PER_YUAN == 0 else f"{yuan:,.2f}"


def _unit(fact: Fact, language: str, value: int) -> str:
    """In English the vocabulary writes the plural, which ends in `s`."""
    if fact.unit is not None:
        unit = fact.unit.in_language(language)
        return f" {unit.removesuffix('s') if language == 'en' and value == 1 else unit}"
    if fact.kind is Kind.MONEY:
        return " 元" if language != "en" else " yuan"
    return ""
