"""Short ways to make facts, rules and rulebooks for tests; nothing here reads a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from services.rulebook.model import (
    Action,
    Asked,
    Choice,
    Condition,
    Fact,
    FollowUp,
    ImpossibleFacts,
    Kind,
    Moment,
    Moves,
    Rule,
    Rulebook,
    Span,
    Text,
    Topic,
    Urgency,
)

ALWAYS = date(2026, 1, 1)
TODAY = date(2026, 11, 24)


def text(words: str) -> Text:
    return Text(words, words)


def number(
    fact_id: str,
    low: int = 0,
    high: int = 3650,
    moves: Moves | None = None,
    turns_into: str | None = None,
    **more: object,
) -> Fact:
    return _fact(fact_id, Kind.WHOLE, minimum=low, maximum=high, moves=moves, turns_into=turns_into, **more)


def yes_no(fact_id: str, **more: object) -> Fact:
    return _fact(fact_id, Kind.YES_NO, **more)


def one_of(fact_id: str, *words: str, **more: object) -> Fact:
    return _fact(fact_id, Kind.ONE_OF, choices=tuple(Choice(word, text(word)) for word in words), **more)


def some_of(fact_id: str, *words: str, **more: object) -> Fact:
    return _fact(fact_id, Kind.SOME_OF, choices=tuple(Choice(word, text(word)) for word in words), **more)


def day(fact_id: str) -> Fact:
    return _fact(fact_id, Kind.DATE, asked=Asked.NEVER)


def between(fact_id: str, low: int, high: int) -> Condition:
    return Condition(fact_id, spans=(Span(low, high),), written=f"{low}..{high}")


def among(fact_id: str, *words: str, or_unknown: bool = False) -> Condition:
    return Condition(fact_id, words=frozenset(words), or_unknown=or_unknown, written=f"[{', '.join(words)}]")


def holding(fact_id: str, *words: str) -> Condition:
    return Condition(fact_id, includes=frozenset(words), written=f"[{', '.join(words)}]")


def rule(
    rule_id: str,
    *when: Condition,
    advise: str = "",
    urgency: Urgency = Urgency.TODAY,
    topic: str = "topic",
    yields_to: Iterable[str] = (),
    is_fallback: bool = False,
    deadline: tuple[Moment, ...] = (),
    follow_up: tuple[FollowUp, ...] = (),
    valid_until: date | None = None,
    order: int | None = None,
) -> Rule:
    return Rule(
        id=rule_id,
        topic=topic,
        title=text(rule_id),
        when=when,
        advise=advise or rule_id,
        urgency=urgency,
        text=text(rule_id),
        because=text(f"because of {rule_id}"),
        sources=(),
        valid_from=ALWAYS,
        review_by=date(2027, 6, 30),
        owner="advice-team",
        valid_until=valid_until,
        deadline=deadline,
        follow_up=follow_up,
        yields_to=frozenset(yields_to),
        is_fallback=is_fallback,
        order=order,
    )


def rulebook(
    facts: Iterable[Fact],
    rules: Iterable[Rule],
    orders: Mapping[str, int] | None = None,
    impossible: tuple[ImpossibleFacts, ...] = (),
) -> Rulebook:
    """A rulebook with one action per word that a rule advises; its order is 8 unless `orders` says otherwise."""
    rules = tuple(rules)
    actions = list(dict.fromkeys(rule.advise for rule in rules))
    topics = dict.fromkeys(rule.topic for rule in rules)
    return Rulebook(
        fingerprint="0" * 64,
        facts={fact.id: fact for fact in facts},
        actions={
            action: Action(action, text(action), (orders or {}).get(action, 8), rank)
            for rank, action in enumerate(actions)
        },
        sources={},
        contacts=(),
        topics={
            topic: Topic(topic, text(topic), True, tuple(rule.id for rule in rules if rule.topic == topic))
            for topic in topics
        },
        rules=rules,
        impossible=impossible,
        never_together=frozenset(),
    )


def _fact(fact_id: str, kind: Kind, **more: object) -> Fact:
    label = text(fact_id)
    return Fact(fact_id, kind, label, text(f"{fact_id}?"), text("because"), **more)  # type: ignore[arg-type]
