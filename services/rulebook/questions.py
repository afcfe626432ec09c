"""What is still open, and what to ask next: only facts whose answer can still change the advice."""

from __future__ import annotations

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
    needs, values, declined = fact_needs(release), decision.situation.values, decision.situation.declined
    known = needs.mask_of(values)
    unsettled, changing = _candidates(release, decision)
    still_open = []
    for index in bits_of(unsettled | changing):
        questions = needs.questions_for(needs.of_rule[index] & ~known, known, declined)
        rivals = 0 if changing >> index & 1 else needs.close_rivals[index] & decision.undecided_mask
        if questions and (
            not (rivals or needs.bars_near[index]) or _has_witness(release, decision, index, rivals, known)
        ):
            still_open.append(OpenRule(decision.rules[index], questions))
    return tuple(still_open)


def open_facts(release: Release, decision: Decision, still_open: tuple[OpenRule, ...]) -> tuple[OpenFact, ...]:
    """The facts that can still change the advice, the most useful question first."""
    needs, facts = fact_needs(release), release.rulebook.facts
    weights: dict[str, float] = {}
    leads: dict[str, dict[str, None]] = {}
    for fact_ids, rule, weight in _contributions(release, decision, still_open):
        for fact_id in fact_ids:
            weights[fact_id] = weights.get(fact_id, 0) + weight * needs.factor[fact_id]
            leads.setdefault(fact_id, {})[rule.advise] = None
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
        self.bars_near = tuple(
            tuple(place for place, bar in enumerate(self.of_bar) if bar & needed) for needed in self.of_rule
        )
        self._compiled = release.compiled
        self._options: dict[int, list[Value]] = {}
        self._never = frozenset(fact.id for fact in facts.values() if fact.asked is Asked.NEVER)

    def options(self, condition: Condition) -> list[Value]:
        """One answer from every cell that satisfies the condition."""
        found = self._options.get(id(condition))
        if found is None:
            cells = self._compiled.fact(condition.fact).cells[1:]
            satisfying = (cell.example for cell in cells if holds(condition, cell.example))
            found = self._options[id(condition)] = [value for value in satisfying if value is not None]
        return found

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


def _candidates(release: Release, decision: Decision) -> tuple[int, int]:
    """Undecided rules that nothing silences so far, and undecided rules that would silence one that speaks."""
    voices, silenced, silencing = release.voices, 0, 0
    for index in bits_of(decision.applies_mask):
        silenced |= voices.silences[index]
    for index in bits_of(decision.speaking_mask):
        silencing |= voices.silencers[index]
    return decision.undecided_mask & ~silenced, decision.undecided_mask & silencing


def _has_witness(release: Release, decision: Decision, index: int, rivals: int, known: int) -> bool:
    """Whether answers to the facts that the rule lacks can make it apply while none of its rivals does.

    Only rivals and impossible combinations that these answers would settle can stand in the way; mostly there are none.
    """
    needs = fact_needs(release)
    unknown = ~(known | needs.of_rule[index])
    in_the_way = [decision.rules[rival].when for rival in bits_of(rivals) if not needs.of_rule[rival] & unknown]
    for place in needs.bars_near[index]:
        bar = needs.of_bar[place]
        if not bar & unknown and bar & ~known:
            in_the_way.append(release.rulebook.impossible[place].when)
    return not in_the_way or _is_answerable(release, decision, index, in_the_way)


def _is_answerable(release: Release, decision: Decision, index: int, in_the_way: list[tuple[Condition, ...]]) -> bool:
    """Whether some combination of answers, of at most `MOST_WITNESSES`, makes the rule apply and meets no obstacle."""
    values = decision.situation.values
    missing = [c for c in decision.rules[index].when if not c.or_unknown and c.fact not in values]
    options = [fact_needs(release).options(condition) for condition in missing]
    for answers in islice(product(*options), MOST_WITNESSES):
        told = {**values, **{condition.fact: answer for condition, answer in zip(missing, answers, strict=True)}}
        if not any(_all_hold(when, told) for when in in_the_way):
            return True
    return False


def _all_hold(conditions: tuple[Condition, ...], values: Mapping[str, Value]) -> bool:
    return all(holds(condition, values.get(condition.fact)) for condition in conditions)


def _contributions(
    release: Release, decision: Decision, still_open: tuple[OpenRule, ...]
) -> Iterator[tuple[tuple[str, ...], Rule, float]]:
    """What questions could do: an open rule shares its weight among the facts it lacks.

    A rule that speaks only because a fact is unknown adds to that fact: the answer may take the step away again.
    """
    needs, situation = fact_needs(release), decision.situation
    for item in still_open:
        yield item.missing, item.rule, needs.weight[item.rule.id] / len(item.missing)
    known = needs.mask_of(situation.values)
    for index in bits_of(decision.speaking_mask & needs.resting_on_unknown):
        rule = decision.rules[index]
        for condition in rule.when:
            if condition.or_unknown and condition.fact not in situation.values:
                asked = needs.questions_for(needs.bit[condition.fact], known, situation.declined)
                yield asked, rule, needs.weight[rule.id]


def _weight(release: Release, rule: Rule) -> float:
    weight = WEIGHT_BY_URGENCY[rule.urgency]
    is_safety = release.rulebook.actions[rule.advise].order <= LAST_SAFETY_ORDER
    return weight * SAFETY_WEIGHT if is_safety else weight
