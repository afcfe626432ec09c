"""Why an action is not advised: the nearest rule that would advise it, and what speaks against that rule."""

from __future__ import annotations

from dataclasses import dataclass

from services.rulebook.compile import bits_of, holds
from services.rulebook.decide import Decision
from services.rulebook.model import Condition, Rule, Value
from services.rulebook.release import Release

FARTHEST = 99
"""The distance of a rule that is not in force: any other rule for the same action explains more."""


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
    """For every action that is neither advised nor open: the nearest rule and what speaks against it."""
    settled = {rule.advise for rule in decision.speaking} | {rule.advise for rule in decision.undecided}
    nearest: dict[str, tuple[int, WhyNot]] = {}
    for index, rule in enumerate(decision.rules):
        if rule.advise in settled or rule.is_fallback:
            continue
        distance, reason = _against(release, decision, index, rule)
        if rule.advise not in nearest or distance < nearest[rule.advise][0]:
            nearest[rule.advise] = (distance, reason)
    return tuple(reason for _, reason in nearest.values())


def _against(release: Release, decision: Decision, index: int, rule: Rule) -> tuple[int, WhyNot]:
    """How far the rule is from speaking (0: silenced, else the number of failed conditions), and why."""
    if not decision.in_force_mask >> index & 1:
        return FARTHEST, WhyNot(rule, is_in_force=False)
    if decision.applies_mask >> index & 1:
        silencers = release.voices.silencers[index] & decision.applies_mask
        return 0, WhyNot(rule, silenced_by=decision.rules[next(bits_of(silencers))])
    values = decision.situation.values
    failed = [condition for condition in rule.when if holds(condition, values.get(condition.fact)) is False]
    return len(failed), WhyNot(rule, condition=failed[0], saw=values.get(failed[0].fact))
