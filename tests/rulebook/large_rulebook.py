"""A made-up rulebook of real size: guards that others yield to, topics with one winner, topics that may join."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from services.rulebook.model import Condition, Fact, ImpossibleFacts, Kind, Rule, Rulebook, Span, Urgency
from tests.rulebook.making import among, between, holding, number, one_of, rule, rulebook, some_of, text, yes_no

EDGES = (0, 1, 8, 31, 61, 91, 181, 366, 3651)
WORDS = ("a", "b", "c", "d", "e", "f", "g")
CONDUCT = ("insult", "threat", "violence", "leak", "third_party", "extra_fee", "posting", "intrusion")
GUARDS = 15
FACTS_IN_A_TOPIC = 8


def large_rulebook(rules: int = 300, facts: int = 45, topics: int = 12, seed: int = 1) -> Rulebook:
    random = Random(seed)
    vocabulary = _vocabulary(facts)
    made = [_guard(place, vocabulary[place], random) for place in range(GUARDS)]
    guards = [guard.id for guard in made]
    for place in range(topics):
        count = (rules - GUARDS - 1 - place) // topics + 1 if place else (rules - GUARDS - 1) // topics
        made += _topic(f"topic-{place}", count, random.sample(vocabulary, FACTS_IN_A_TOPIC), guards, random)
    made = made[: rules - 1]
    made.append(rule("fallback", advise="talk", is_fallback=True, topic="fallback"))
    impossible = (ImpossibleFacts((among(vocabulary[1].id, "yes"), among(vocabulary[2].id, "a")), text("cannot be")),)
    book = rulebook(vocabulary, made, orders=dict.fromkeys(guards, 1), impossible=impossible)
    single = {name: replace(topic, may_join=not _has_one_winner(name)) for name, topic in book.topics.items()}
    return replace(book, topics=single, never_together=frozenset({frozenset(("topic-1-0", "topic-2-0"))}))


def _has_one_winner(topic: str) -> bool:
    return topic.startswith("topic-") and int(topic.removeprefix("topic-")) % 2 == 0


def _vocabulary(count: int) -> list[Fact]:
    kinds = (
        lambda place: number(f"number_{place}"),
        lambda place: yes_no(f"yes_no_{place}"),
        lambda place: one_of(f"word_{place}", *WORDS[: 3 + place % 5]),
    )
    facts = [kinds[place % 3](place) for place in range(count - 1)]
    return [*facts, some_of("conduct", *CONDUCT)]


def _guard(place: int, fact: Fact, random: Random) -> Rule:
    return rule(f"guard-{place}", _condition(fact, random), topic="guards", urgency=Urgency.NOW)


def _topic(name: str, count: int, facts: list[Fact], guards: list[str], random: Random) -> list[Rule]:
    made: list[Rule] = []
    asked: set[object] = set()
    while len(made) < count:
        when = tuple(_condition(fact, random) for fact in random.sample(facts, random.choice((2, 3, 3, 4))))
        if frozenset(when) in asked:
            continue
        asked.add(frozenset(when))
        earlier = [other.id for other in made] if _has_one_winner(name) else []
        urgency = random.choice(list(Urgency))
        silencers = [*random.sample(guards, 12), *earlier]
        made.append(rule(f"{name}-{len(made)}", *when, topic=name, urgency=urgency, yields_to=silencers))
    return made


def _condition(fact: Fact, random: Random) -> Condition:
    if fact.kind is Kind.YES_NO:
        return among(fact.id, random.choice(("yes", "no")))
    if fact.kind is Kind.ONE_OF:
        return among(fact.id, *random.sample(fact.words, random.choice((1, 1, 2))), or_unknown=random.random() < 0.2)
    if fact.kind is Kind.SOME_OF:
        return holding(fact.id, *random.sample(fact.words, random.choice((1, 2, 3))))
    first = random.randrange(len(EDGES) - 1)
    after = min(len(EDGES) - 1, first + random.choice((1, 2, 3, 8)))
    return replace(between(fact.id, EDGES[first], EDGES[after] - 1), spans=(Span(EDGES[first], EDGES[after] - 1),))
