"""Two rulebooks in one map, so that what they advise can be compared situation by situation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from services.rulebook.compile import compile_rules
from services.rulebook.model import NOWHERE, Choice, Condition, Fact, ImpossibleFacts, Rule, Rulebook
from services.rulebook.plan import place_in_plan
from services.rulebook.regions import RegionMap
from services.rulebook.survey import is_in_force

BEFORE = "{fact} (before)"
"""A fact that changed its kind is two facts: no answer to one is an answer to the other."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A rule of one of the rulebooks, and its bit in the common map."""

    bit: int
    rule: Rule
    place: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two rulebooks: for every action, the rules in force that advise it, the first in a plan first."""

    rulebook: Rulebook
    voices: Mapping[str, tuple[Voice, ...]]

    def advising(self, action: str) -> tuple[Voice, ...]:
        return self.voices.get(action, ())


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rule that is the same in both, with the same silencers, is one box: nothing has to be proved about it."""

    vocabulary: Rulebook
    """The facts of both, with all their words and numbers; its rules mean nothing."""
    regions: RegionMap
    old: Side
    new: Side
    silencers: tuple[int, ...]

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.old, self.new


@dataclass(slots=True)
class _Boxes:
    """Boxes as they are laid out: first what rules ask, each once; then voices that differ in their silencers alone."""

    rules: list[Rule] = field(default_factory=list)
    asked: dict[object, int] = field(default_factory=dict)
    silencers: dict[int, int] = field(default_factory=dict)

    def bit_of(self, rule: Rule) -> int:
        key = _meaning(rule)
        if key not in self.asked:
            self.asked[key] = len(self.rules)
            self.rules.append(rule)
        return self.asked[key]

    def voice(self, rule: Rule, silencers: int) -> int:
        bit = self.asked[_meaning(rule)]
        if self.silencers.setdefault(bit, silencers) == silencers:
            return bit
        self.rules.append(rule)
        self.silencers[len(self.rules) - 1] = silencers
        return len(self.rules) - 1


def compare(old: Rulebook, new: Rulebook, today: date | None = None) -> Comparison:
    """With `today`, only the rules in force on that day count."""
    old = _with_old_kinds_apart(old, new)
    boxes = _Boxes()
    in_force = [[rule for rule in book.rules if today is None or is_in_force(rule, today)] for book in (old, new)]
    for rules in in_force:
        for rule in rules:
            boxes.bit_of(rule)
    sides = [_side(book, rules, boxes) for book, rules in zip((old, new), in_force, strict=True)]
    vocabulary = replace(
        new,
        facts=_facts_of_both(old, new),
        rules=tuple(boxes.rules),
        impossible=_impossible_in_either(old, new),
        properties=(),
    )
    regions = RegionMap.of(compile_rules(vocabulary), vocabulary.impossible)
    silencers = tuple(boxes.silencers.get(bit, 0) for bit in range(len(boxes.rules)))
    return Comparison(vocabulary, regions, sides[0], sides[1], silencers)


def _side(book: Rulebook, rules: list[Rule], boxes: _Boxes) -> Side:
    bits = {rule.id: 1 << boxes.bit_of(rule) for rule in rules}
    everyone = sum(bits[rule.id] for rule in rules if not rule.is_fallback)
    found: dict[str, list[Voice]] = {}
    for rule in rules:
        silencers = everyone if rule.is_fallback else sum(bits.get(other, 0) for other in rule.yields_to)
        voice = Voice(boxes.voice(rule, silencers), rule, place_in_plan(book, rule))
        found.setdefault(rule.advise, []).append(voice)
    return Side(book, {action: tuple(sorted(said, key=lambda voice: voice.place)) for action, said in found.items()})


def _meaning(rule: Rule) -> object:
    """Two rules of one id that ask the same are one box, however their conditions are written."""
    return rule.id, frozenset(_plain(rule.when))


def _facts_of_both(old: Rulebook, new: Rulebook) -> dict[str, Fact]:
    facts = {fact.id: fact for fact in old.facts.values()}
    for fact in new.facts.values():
        facts[fact.id] = _widened(fact, facts[fact.id]) if fact.id in facts else fact
    return facts


def _widened(fact: Fact, before: Fact) -> Fact:
    """The fact as it is now, with the words and numbers that it could hold before."""
    gone: tuple[Choice, ...] = tuple(choice for choice in before.choices if choice.word not in fact.words)
    return replace(
        fact,
        choices=fact.choices + gone,
        minimum=min(fact.minimum, before.minimum),
        maximum=max(fact.maximum, before.maximum),
    )


def _impossible_in_either(old: Rulebook, new: Rulebook) -> tuple[ImpossibleFacts, ...]:
    found = {frozenset(_plain(facts.when)): facts for facts in (*old.impossible, *new.impossible)}
    return tuple(found.values())


def _plain(conditions: Iterable[Condition]) -> Iterator[Condition]:
    return (replace(condition, written="", place=NOWHERE) for condition in conditions)


def _with_old_kinds_apart(old: Rulebook, new: Rulebook) -> Rulebook:
    names = {
        fact.id: BEFORE.format(fact=fact.id)
        for fact in old.facts.values()
        if fact.id in new.facts and new.facts[fact.id].kind is not fact.kind
    }
    if not names:
        return old
    return replace(
        old,
        facts={
            names.get(fact.id, fact.id): replace(fact, id=names.get(fact.id, fact.id)) for fact in old.facts.values()
        },
        rules=tuple(replace(rule, when=_renamed(rule.when, names)) for rule in old.rules),
        impossible=tuple(replace(facts, when=_renamed(facts.when, names)) for facts in old.impossible),
    )


def _renamed(conditions: Iterable[Condition], names: Mapping[str, str]) -> tuple[Condition, ...]:
    return tuple(replace(condition, fact=names.get(condition.fact, condition.fact)) for condition in conditions)
