"""From the rules that match to the rules that speak. Masks hold one bit per rule, in the order of the rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.rulebook.compile import bits_of
from services.rulebook.model import Rule, Rulebook, Situation


@dataclass(frozen=True, slots=True)
class Voices:
    """Who silences whom, worked out once per release."""

    silencers: tuple[int, ...]
    """For each rule, the mask of the rules that silence it."""
    silences: tuple[int, ...]
    """For each rule, the mask of the rules that it silences."""
    can_be_silenced: int
    fallback: int

    @classmethod
    def of(cls, rulebook: Rulebook) -> Voices:
        bit = {rule.id: 1 << index for index, rule in enumerate(rulebook.rules)}
        silencers = tuple(
            0 if rule.is_fallback else sum(bit[other] for other in rule.yields_to) for rule in rulebook.rules
        )
        silences = tuple(sum(1 << index for index, mask in enumerate(silencers) if mask & own) for own in bit.values())
        return cls(
            silencers=silencers,
            silences=silences,
            can_be_silenced=sum(1 << index for index, mask in enumerate(silencers) if mask),
            fallback=sum(bit[rule.id] for rule in rulebook.rules if rule.is_fallback),
        )

    def speaking(self, applies: int) -> int:
        """The rules that speak when `applies` match: none that a matching rule silences; the fallback only alone."""
        speaking = applies & ~self.fallback
        for index in bits_of(speaking & self.can_be_silenced):
            if self.silencers[index] & applies:
                speaking ^= 1 << index
        return speaking or applies & self.fallback


@dataclass(frozen=True, slots=True)
class Decision:
    """What every rule has to say about one situation on one day.

    A rule either applies, does not apply, or is undecided because facts are missing. Of those that apply, those speak
    that no other applying rule silences.
    """

    rules: Sequence[Rule]
    situation: Situation
    as_of: date
    applies_mask: int
    undecided_mask: int
    speaking_mask: int
    in_force_mask: int

    @property
    def applies(self) -> tuple[Rule, ...]:
        return self._rules_in(self.applies_mask)

    @property
    def speaking(self) -> tuple[Rule, ...]:
        return self._rules_in(self.speaking_mask)

    @property
    def undecided(self) -> tuple[Rule, ...]:
        return self._rules_in(self.undecided_mask)

    @property
    def failed(self) -> tuple[Rule, ...]:
        """Rules in force that a known fact rules out."""
        return self._rules_in(self.in_force_mask & ~self.applies_mask & ~self.undecided_mask)

    def _rules_in(self, mask: int) -> tuple[Rule, ...]:
        return tuple(self.rules[index] for index in bits_of(mask))
