"""What is still open, and what to ask next: only facts whose answer can still change the advice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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

    An open rule counts if some answers to the facts it lacks make it speak, or make it silence a rule that speaks.
    Facts that the person declined are not asked again, so a rule that needs one of them stays closed.
    """
    return tuple(
        OpenRule(decision.rules[index], missing)
        for index in bits_of(decision.undecided_mask)
        if (missing := _askable_missing(release, decision, decision.rules[index]))
        and _could_change_plan(release, decision, index)
    )


def open_facts(release: Release, decision: Decision, still_open: tuple[OpenRule, ...]) -> tuple[OpenFact, ...]:
    """The facts that can still change the advice, the most useful question first."""
    weights: dict[str, float] = defaultdict(float)
    leads: dict[str, dict[str, None]] = defaultdict(dict)
    for fact_id, rule, weight in _contributions(release, decision, still_open):
        weights[fact_id] += weight
        leads[fact_id][rule.advise] = None
    facts = release.rulebook.facts
    order = {fact_id: place for place, fact_id in enumerate(facts)}
    ranked = sorted(weights, key=lambda fact: (facts[fact].asked is not Asked.FIRST, -weights[fact], order[fact]))
    return tuple(OpenFact(facts[fact], weights[fact], tuple(leads[fact])) for fact in ranked)


def _askable_missing(release: Release, decision: Decision, rule: Rule) -> tuple[str, ...]:
    """The facts to ask for this rule; empty if it needs one that was declined or that nobody is asked."""
    missing: dict[str, None] = {}
    for condition in rule.when:
        if condition.or_unknown or condition.fact in decision.situation.values:
            continue
        askable = _questions_for(release, decision, condition.fact)
        if not askable:
            return ()
        missing.update(dict.fromkeys(askable))
    return tuple(missing)


def _questions_for(release: Release, decision: Decision, fact_id: str) -> tuple[str, ...]:
    facts, situation = release.rulebook.facts, decision.situation
    wanted = inputs_of(fact_id) if facts[fact_id].asked is Asked.NEVER else (fact_id,)
    missing = tuple(name for name in wanted if name in facts and name not in situation.values)
    if any(name in situation.declined or facts[name].asked is Asked.NEVER for name in missing):
        return ()
    return missing


def _could_change_plan(release: Release, decision: Decision, index: int) -> bool:
    voices = release.voices
    silences_a_speaker = bool(voices.silences[index] & decision.speaking_mask)
    if voices.silencers[index] & decision.applies_mask and not silences_a_speaker:
        return False
    rivals = voices.silencers[index] & decision.undecided_mask
    return any(True for _ in _witnesses(release, decision, index, 0 if silences_a_speaker else rivals))


def _witnesses(release: Release, decision: Decision, index: int, rivals: int) -> Iterator[Mapping[str, Value]]:
    """Answers to the facts that the rule lacks which make it apply while none of its rivals does."""
    rule, values = decision.rules[index], decision.situation.values
    missing = [c for c in rule.when if not c.or_unknown and c.fact not in values]
    options = [_satisfying(release, condition) for condition in missing]
    for answers in islice(product(*options), MOST_WITNESSES):
        told = {**values, **{condition.fact: answer for condition, answer in zip(missing, answers, strict=True)}}
        if not _is_impossible(release, told) and not _any_applies(decision, rivals, told):
            yield told


def _satisfying(release: Release, condition: Condition) -> list[Value]:
    cells = release.compiled.fact(condition.fact).cells[1:]
    return [cell.example for cell in cells if cell.example is not None and holds(condition, cell.example)]


def _is_impossible(release: Release, values: Mapping[str, Value]) -> bool:
    return any(_all_hold(bar.when, values) for bar in release.rulebook.impossible)


def _any_applies(decision: Decision, mask: int, values: Mapping[str, Value]) -> bool:
    return any(_all_hold(decision.rules[index].when, values) for index in bits_of(mask))


def _all_hold(conditions: tuple[Condition, ...], values: Mapping[str, Value]) -> bool:
    return all(holds(condition, values.get(condition.fact)) for condition in conditions)


def _contributions(
    release: Release, decision: Decision, still_open: tuple[OpenRule, ...]
) -> Iterator[tuple[str, Rule, float]]:
    """What each question could do: open rules share their weight among the facts they lack.

    A rule that speaks only because a fact is unknown adds to that fact: the answer may take the step away again.
    """
    for open_rule in still_open:
        for fact_id in open_rule.missing:
            yield fact_id, open_rule.rule, _weight(release, open_rule.rule, fact_id) / len(open_rule.missing)
    situation = decision.situation
    for rule in decision.speaking:
        for condition in rule.when:
            if condition.or_unknown and condition.fact not in situation.values:
                for fact_id in _questions_for(release, decision, condition.fact):
                    yield fact_id, rule, _weight(release, rule, fact_id)


def _weight(release: Release, rule: Rule, fact_id: str) -> float:
    weight = WEIGHT_BY_URGENCY[rule.urgency]
    if release.rulebook.actions[rule.advise].order <= LAST_SAFETY_ORDER:
        weight *= SAFETY_WEIGHT
    if release.rulebook.facts[fact_id].asked is Asked.CORE:
        weight *= CORE_WEIGHT
    return weight
