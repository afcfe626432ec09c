"""Random rulebooks so small that every situation can be tried, for proofs to be judged by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from services.rulebook.compile import CompiledRules, holds
from services.rulebook.decide import Voices
from services.rulebook.model import Condition, Fact, ImpossibleFacts, Kind, Rule, Rulebook, Topic, Urgency, Value
from services.rulebook.reference import Reference
from services.rulebook.regions import RegionMap
from tests.rulebook.making import among, between, holding, number, one_of, rule, rulebook, some_of, text, yes_no

FACTS = (
    number("days", 0, 6),
    yes_no("paid"),
    one_of("stage", "new", "waiting", "refused", "unknown"),
    some_of("conduct", "threat", "leak"),
)
ACTIONS = ("call", "pay", "wait", "write")


@st.composite
def conditions(draw: st.DrawFn, fact: Fact) -> Condition:
    or_unknown = draw(st.booleans()) and draw(st.booleans())
    if fact.kind is Kind.YES_NO:
        return among(fact.id, draw(st.sampled_from(["yes", "no"])), or_unknown=or_unknown)
    if fact.kind is Kind.ONE_OF:
        words = draw(st.sets(st.sampled_from(fact.words[:3]), min_size=1, max_size=2))
        return among(fact.id, *sorted(words), or_unknown=or_unknown)
    if fact.kind is Kind.SOME_OF:
        words = draw(st.sets(st.sampled_from(fact.words), min_size=1))
        if draw(st.booleans()):
            return holding(fact.id, *sorted(words))
        return Condition(fact.id, excludes=frozenset(words), or_unknown=or_unknown)
    low = draw(st.integers(fact.minimum, fact.maximum))
    return replace(between(fact.id, low, draw(st.integers(low, fact.maximum))), or_unknown=or_unknown)


@st.composite
def several_conditions(draw: st.DrawFn, at_least: int = 0, at_most: int = 3) -> tuple[Condition, ...]:
    chosen = draw(st.lists(st.sampled_from(FACTS), min_size=at_least, max_size=at_most, unique_by=lambda fact: fact.id))
    return tuple(draw(conditions(fact)) for fact in chosen)


@st.composite
def small_rulebooks(draw: st.DrawFn, most_rules: int = 7) -> Rulebook:
    """Up to seven rules and a fallback over four facts; a rule yields only to earlier ones, so there is no cycle."""
    rules: list[Rule] = []
    for place in range(draw(st.integers(1, most_rules))):
        yields_to = draw(st.sets(st.sampled_from([earlier.id for earlier in rules]))) if rules else set()
        rules.append(
            rule(
                f"rule-{place}",
                *draw(several_conditions(at_least=1)),
                advise=draw(st.sampled_from(ACTIONS)),
                urgency=draw(st.sampled_from(list(Urgency))),
                topic=draw(st.sampled_from(["first", "second"])),
                yields_to=yields_to,
            )
        )
    rules.append(rule("fallback", advise="talk", is_fallback=True, topic="fallback"))
    impossible = tuple(
        ImpossibleFacts(when, text("cannot be"))
        for when in draw(st.lists(several_conditions(at_least=2, at_most=2), max_size=2))
    )
    return with_single_winners(rulebook(FACTS, rules, orders={"pay": 3, "talk": 11}, impossible=impossible))


def with_single_winners(book: Rulebook) -> Rulebook:
    topics = {topic.id: Topic(topic.id, topic.title, False, topic.rules, topic.place) for topic in book.topics.values()}
    return replace(book, topics=topics)


def every_situation(compiled: CompiledRules, book: Rulebook) -> Iterator[dict[str, Value]]:
    """One situation of every region in which somebody can be."""
    regions = RegionMap.of(compiled)
    cells = [[cell for cell in range(len(fact.cells)) if regions.cells[index] >> cell & 1]
             for index, fact in enumerate(compiled.facts)]  # fmt: skip
    for chosen in product(*cells):
        values = regions.values(dict(enumerate(chosen)))
        if not any(meets(values, impossible.when) for impossible in book.impossible):
            yield values


def meets(values: dict[str, Value], when: tuple[Condition, ...]) -> bool:
    return all(holds(condition, values.get(condition.fact)) for condition in when)


def speaking_ids(compiled: CompiledRules, book: Rulebook, values: dict[str, Value]) -> set[str]:
    """Who speaks, as the service decides it."""
    mask = Voices.of(book).speaking(Reference(compiled).match(values).applies)
    return {rule.id for rule in compiled.rules_in(mask)}
