"""What is still open, and what to ask next: only facts whose answer can still change the advice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from services.rulebook.compile import bits_of, holds
from services.rulebook.decide import Decision
from services.rulebook.derive import inputs_of
from services.rulebook.model import Asked, Condition, Fact, Rule, Urgency, Value
from services.rulebook.plan import LAST_SAFETY_ORDER
from services.rulebook.release import Release

MOST_WITNESSES = 256
"""How many combinations of answers are tried per open rule."""

WEIGHT_BY_URGENCY: Mapping[Urgency, int] = {
    Urgency.NOW: 16,
    Urgency.TODAY: 8,
    Urgency.THIS_WEEK: 4,
    Urgency.THIS_MONTH: 2,
    Urgency.KEEP_DOING: 1,
}
SAFETY_WEIGHT = 4
CORE_WEIGHT = 3


@dataclass(frozen=True, slots=True)
class OpenRule:
    """An undecided rule whose firing would still change the plan, with the facts that it lacks."""

    rule: Rule
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenFact:
    """A fact whose answer can still change the advice."""

    fact: Fact
    weight: float
    could_lead_to: tuple[str, ...]
    """Action ids."""


def open_rules(release: Release, decision: Decision) -> tuple[OpenRule, ...]:
    """The undecided rules that could still change the plan; none left means that no question is left.

    An undecided rule is open if some answers to the facts it lacks make it speak, or make it silence a rule that
    speaks. Facts that the person declined are not asked again, so a rule that needs one of them stays closed.
    """
    needs = fact_needs(release)
    known = needs.mask_of(decision.situation.values)
    still_open = []
    for index in bits_of(decision.undecided_mask):
        questions = needs.questions_for(needs.of_rule[index] & ~known, known, decision.situation.declined)
        if questions and _could_change_plan(release, decision, index, known):
            still_open.append(OpenRule(decision.rules[index], questions))
    return tuple(still_open)


def open_facts(release: Release, decision: Decision, still_open: tuple[OpenRule, ...]) -> tuple[OpenFact, ...]:
    """The facts that can still change the advice, the most useful question first."""
    needs = fact_needs(release)
    weights: dict[str, float] = defaultdict(float)
    leads: dict[str, dict[str, None]] = defaultdict(dict)
    for fact_id, rule, weight in _contributions(release, decision, still_open):
        weights[fact_id] += weight * needs.factor[fact_id]
        leads[fact_id][rule.advise] = None
    facts = release.rulebook.facts
    ranked = sorted(weights, key=lambda fact: (facts[fact].asked is not Asked.FIRST, -weights[fact], needs.bit[fact]))
    return tuple(OpenFact(facts[fact], weights[fact], tuple(leads[fact])) for fact in ranked)


class FactNeeds:
    """Which facts each rule needs, as masks with one bit per fact; worked out once per release."""

    def __init__(self, release: Release) -> None:
        facts = release.rulebook.facts
        self.bit = {fact_id: 1 << place for place, fact_id in enumerate(facts)}
        self.ids = tuple(facts)
        self.of_rule = tuple(self._needed(rule.when) for rule in release.rulebook.rules)
        self.of_bar = tuple(self._needed(bar.when) for bar in release.rulebook.impossible)
        self.factor = {fact.id: CORE_WEIGHT if fact.asked is Asked.CORE else 1 for fact in facts.values()}
        self.weight = {rule.id: _weight(release, rule) for rule in release.rulebook.rules}
        self.resting_on_unknown = self._resting_on_unknown(release)
        self._asked_for = {
            fact.id: inputs_of(fact.id) if fact.asked is Asked.NEVER else (fact.id,) for fact in facts.values()
        }
        self._inputs = self.mask_of(
            name for fact in facts.values() if fact.asked is Asked.NEVER for name in inputs_of(fact.id) if name in facts
        )
        self._remembered: dict[tuple[int, int], tuple[str, ...]] = {}
        self.close_rivals = self._close_rivals(release)
        self._never = frozenset(fact.id for fact in facts.values() if fact.asked is Asked.NEVER)

    def mask_of(self, fact_ids: Iterable[str]) -> int:
        return sum(map(self.bit.__getitem__, fact_ids))

    def questions_for(self, missing: int, known: int, declined: frozenset[str]) -> tuple[str, ...]:
        """The facts to ask in place of the missing ones; empty if one of them was declined or is never asked."""
        if declined:
            return self._questions_for(missing, known, declined)
        key = (missing, known & self._inputs)
        found = self._remembered.get(key)
        if found is None:
            found = self._remembered[key] = self._questions_for(missing, known, declined)
        return found

    def _questions_for(self, missing: int, known: int, declined: frozenset[str]) -> tuple[str, ...]:
        asked: dict[str, None] = {}
        for place in bits_of(missing):
            for fact_id in self._asked_for[self.ids[place]] or (self.ids[place],):
                if self.bit.get(fact_id, 0) & known:
                    continue
                if fact_id in declined or fact_id in self._never or fact_id not in self.bit:
                    return ()
                asked[fact_id] = None
        return tuple(asked)

    def _close_rivals(self, release: Release) -> tuple[int, ...]:
        """For each rule, those that silence it and need one of the facts that it needs."""
        return tuple(
            sum(1 << rival for rival in bits_of(silencers) if self.of_rule[rival] & needed)
            for silencers, needed in zip(release.voices.silencers, self.of_rule, strict=True)
        )

    def _needed(self, conditions: tuple[Condition, ...]) -> int:
        return sum(self.bit[condition.fact] for condition in conditions if not condition.or_unknown)

    def _resting_on_unknown(self, release: Release) -> int:
        """The mask of the rules that some missing fact satisfies."""
        return sum(
            1 << index
            for index, rule in enumerate(release.rulebook.rules)
            if any(condition.or_unknown for condition in rule.when)
        )


@lru_cache(maxsize=8)
def fact_needs(release: Release) -> FactNeeds:
    """The needs of a release, worked out at the first use."""
    return FactNeeds(release)


def _could_change_plan(release: Release, decision: Decision, index: int, known: int) -> bool:
    voices = release.voices
    silences_a_speaker = bool(voices.silences[index] & decision.speaking_mask)
    if voices.silencers[index] & decision.applies_mask and not silences_a_speaker:
        return False
    needs = fact_needs(release)
    rivals = 0 if silences_a_speaker else needs.close_rivals[index] & decision.undecided_mask
    return _has_witness(release, decision, index, rivals, known)


def _has_witness(release: Release, decision: Decision, index: int, rivals: int, known: int) -> bool:
    """Whether answers to the facts that the rule lacks can make it apply while none of its rivals does.

    Only rivals and impossible combinations that these answers would settle can stand in the way; mostly there are none.
    """
    needs = fact_needs(release)
    told = known | needs.of_rule[index]
    in_the_way = [rival for rival in bits_of(rivals) if not needs.of_rule[rival] & ~told]
    bars = [place for place, mask in enumerate(needs.of_bar) if not mask & ~told and mask & ~known]
    if not in_the_way and not bars:
        return True
    conditions = [decision.rules[rival].when for rival in in_the_way]
    conditions += [release.rulebook.impossible[place].when for place in bars]
    return any(
        not any(_all_hold(when, answers) for when in conditions) for answers in _answers(release, decision, index)
    )


def _answers(release: Release, decision: Decision, index: int) -> Iterator[Mapping[str, Value]]:
    """The known facts with every combination of answers that makes the rule apply, at most `MOST_WITNESSES`."""
    values = decision.situation.values
    missing = [c for c in decision.rules[index].when if not c.or_unknown and c.fact not in values]
    options = [_satisfying(release, condition) for condition in missing]
    for answers in islice(product(*options), MOST_WITNESSES):
        yield {**values, **{condition.fact: answer for condition, answer in zip(missing, answers, strict=True)}}


def _satisfying(release: Release, condition: Condition) -> list[Value]:
    cells = release.compiled.fact(condition.fact).cells[1:]
    return [cell.example for cell in cells if cell.example is not None and holds(condition, cell.example)]


def _all_hold(conditions: tuple[Condition, ...], values: Mapping[str, Value]) -> bool:
    return all(holds(condition, values.get(condition.fact)) for condition in conditions)


def _contributions(
    release: Release, decision: Decision, still_open: tuple[OpenRule, ...]
) -> Iterator[tuple[str, Rule, float]]:
    """What each question could do: open rules share their weight among the facts they lack.

    A rule that speaks only because a fact is unknown adds to that fact: the answer may take the step away again.
    """
    needs, situation = fact_needs(release), decision.situation
    for item in still_open:
        share = needs.weight[item.rule.id] / len(item.missing)
        for fact_id in item.missing:
            yield fact_id, item.rule, share
    for index in bits_of(decision.speaking_mask & needs.resting_on_unknown):
        rule = decision.rules[index]
        for condition in rule.when:
            if condition.or_unknown and condition.fact not in situation.values:
                known = needs.mask_of(situation.values)
                for fact_id in needs.questions_for(needs.bit[condition.fact], known, situation.declined):
                    yield fact_id, rule, needs.weight[rule.id]


def _weight(release: Release, rule: Rule) -> float:
    weight = WEIGHT_BY_URGENCY[rule.urgency]
    is_safety = release.rulebook.actions[rule.advise].order <= LAST_SAFETY_ORDER
    return weight * SAFETY_WEIGHT if is_safety else weight
