"""Random rulebooks and situations that look like real ones: 30 facts, rules of two to four conditions, two shapes.

`scattered`: every rule picks its facts anywhere among the 30, which no author does; nothing can be shared.
`in_topics`: twenty rules at a time use the same five to seven facts, and half of such topics concern only people for
whom one further thing is true, as the starter rulebook's do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

from services.rulebook.model import Choice, Condition, Fact, Kind, Rule, Rulebook, Span, Text, Urgency, Value

NUMBER_EDGES = (0, 1, 8, 31, 61, 91, 181, 366)
"""Where rules cut numbers. Authors reuse a handful of bounds (a month, 90 days, half a year), so these do too."""
RULES_IN_A_TOPIC = 20
KNOWN = 0.7
"""How likely a fact is known: people answer the core questions and the branch they are on, never all of them."""


def make_facts() -> tuple[Fact, ...]:
    """Nine yes/no, twelve with three to seven words, nine numbers."""
    yes_no = [_fact(f"yes_no_{number}", Kind.YES_NO) for number in range(9)]
    words = [_fact(f"word_{number}", Kind.ONE_OF, words=3 + number % 5) for number in range(12)]
    numbers = [_fact(f"number_{number}", Kind.WHOLE) for number in range(9)]
    return tuple(fact for trio in zip(yes_no, words, numbers, strict=False) for fact in trio) + tuple(words[9:])


def scattered(rule_count: int, seed: int) -> Rulebook:
    random = Random(seed)
    facts = make_facts()
    asked: dict[tuple[Condition, ...], None] = {}
    while len(asked) < rule_count:
        asked[_conditions(facts, random.choice((2, 3, 3, 4)), random)] = None
    return _rulebook(facts, list(asked))


def in_topics(rule_count: int, seed: int) -> Rulebook:
    random = Random(seed)
    facts = make_facts()
    asked: dict[tuple[Condition, ...], None] = {}
    while len(asked) < rule_count:
        gate, *own = random.sample(facts, random.choice((6, 7, 8)))
        shared = (_condition(gate, random),) if random.random() < 0.5 else ()
        for _ in range(RULES_IN_A_TOPIC):
            count = random.choice((2, 3, 3, 4)) - len(shared)
            asked[(*shared, *_conditions(own, count, random))] = None
    return _rulebook(facts, list(asked)[:rule_count])


def make_situations(rulebook: Rulebook, count: int, seed: int) -> list[Mapping[str, Value]]:
    random = Random(seed)
    return [
        {fact.id: _value(fact, random) for fact in rulebook.facts.values() if random.random() < KNOWN}
        for _ in range(count)
    ]


def _fact(fact_id: str, kind: Kind, words: int = 0) -> Fact:
    label = Text(fact_id, fact_id)
    choices = tuple(Choice(f"choice_{number}", label) for number in range(words))
    return Fact(fact_id, kind, label, label, label, choices=choices, minimum=0, maximum=3650)


def _condition(fact: Fact, random: Random) -> Condition:
    if fact.kind is Kind.YES_NO:
        return Condition(fact.id, words=frozenset({random.choice(("yes", "no"))}))
    if fact.kind is Kind.ONE_OF:
        return Condition(fact.id, words=frozenset(random.sample(fact.words, random.choice((1, 1, 2)))))
    first = random.randrange(len(NUMBER_EDGES))
    after = first + random.choice((1, 2, 3))
    return Condition(
        fact.id, spans=(Span(NUMBER_EDGES[first], NUMBER_EDGES[after] - 1 if after < len(NUMBER_EDGES) else 3650),)
    )


def _value(fact: Fact, random: Random) -> Value:
    if fact.kind is Kind.YES_NO:
        return random.random() < 0.5
    if fact.kind is Kind.ONE_OF:
        return random.choice(fact.words)
    segment = random.randrange(len(NUMBER_EDGES))
    return random.randrange(NUMBER_EDGES[segment], (*NUMBER_EDGES, 1000)[segment + 1])


def _conditions(facts: Sequence[Fact], count: int, random: Random) -> tuple[Condition, ...]:
    chosen = sorted(random.sample(range(len(facts)), count))
    return tuple(_condition(facts[position], random) for position in chosen)


def _rulebook(facts: Sequence[Fact], asked: Sequence[tuple[Condition, ...]]) -> Rulebook:
    rules = tuple(_rule(number, when) for number, when in enumerate(asked))
    return Rulebook("0" * 64, {fact.id: fact for fact in facts}, {}, {}, (), {}, rules, (), frozenset())


def _rule(number: int, when: tuple[Condition, ...]) -> Rule:
    label, day = Text("", ""), date(2026, 1, 1)
    return Rule(f"rule-{number}", "", label, when, f"action_{number}", Urgency.TODAY, label, label, (), day, day, "")
