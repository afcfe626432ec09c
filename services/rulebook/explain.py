"""Why an action is not advised: the nearest rule that would advise it, and what speaks against that rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from services.rulebook.compile import bits_of, holds
from services.rulebook.decide import Decision
from services.rulebook.model import Condition, Rule, Rulebook, Value
from services.rulebook.release import Release


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why an action is not advised: its nearest rule, and what keeps that rule from speaking."""

    rule: Rule
    condition: Condition | None = None
    """The condition that failed, if one did."""
    saw: Value | None = None
    silenced_by: Rule | None = None
    is_in_force: bool = True


def why_not(release: Release, decision: Decision) -> tuple[WhyNot, ...]:
    """For every action that is neither advised nor open: the nearest rule and what speaks against it.

    The nearest rule is one that only a more important rule silences, else one that fails on a single fact.
    """
    settled = decision.speaking_mask | decision.undecided_mask
    failed, failed_twice = _failures(release, decision)
    nearness = (decision.applies_mask, failed & ~failed_twice, failed)
    reasons = []
    for rules in rules_by_action(release.rulebook).values():
        if not rules & settled:
            near = next((rules & mask for mask in nearness if rules & mask & decision.in_force_mask), rules)
            reasons.append(_against(release, decision, next(bits_of(near & decision.in_force_mask or near))))
    return tuple(reasons)


@lru_cache(maxsize=8)
def rules_by_action(rulebook: Rulebook) -> Mapping[str, int]:
    """For each action, the mask of the rules that advise it, fallbacks left out."""
    masks: dict[str, int] = {}
    for index, rule in enumerate(rulebook.rules):
        if not rule.is_fallback:
            masks[rule.advise] = masks.get(rule.advise, 0) | 1 << index
    return masks


def _failures(release: Release, decision: Decision) -> tuple[int, int]:
    """The masks of the rules that at least one known fact rules out, and of those that at least two do."""
    once = twice = 0
    for fact in release.compiled.facts:
        value = decision.situation.values.get(fact.id)
        if value is not None and fact.mentioned_by:
            ruled_out = fact.mentioned_by & ~fact.cells[fact.cell_of(value)].possible
            twice |= once & ruled_out
            once |= ruled_out
    return once, twice


def _against(release: Release, decision: Decision, index: int) -> WhyNot:
    rule, values = decision.rules[index], decision.situation.values
    if not decision.in_force_mask >> index & 1:
        return WhyNot(rule, is_in_force=False)
    if decision.applies_mask >> index & 1:
        silencers = release.voices.silencers[index] & decision.applies_mask
        return WhyNot(rule, silenced_by=decision.rules[next(bits_of(silencers))])
    failed = next(condition for condition in rule.when if holds(condition, values.get(condition.fact)) is False)
    return WhyNot(rule, condition=failed, saw=values.get(failed.fact))
