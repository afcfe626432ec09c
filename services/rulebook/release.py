"""One release at work: a rulebook with both engines, ready to decide; immutable, and closed when nobody needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from services.rulebook.compile import CompiledRules, compile_rules
from services.rulebook.decide import Decision, Voices
from services.rulebook.derive import complete
from services.rulebook.matcher import Matcher, MatcherError
from services.rulebook.model import Rulebook, Situation
from services.rulebook.reference import Match, Reference


@dataclass(slots=True)
class Disagreements:
    """How often durable_rules differed from the reference, or failed; anything above 0 is an alarm.

    The reference's answer was used each time, so nobody was answered wrongly.
    """

    count: int = 0
    failures: int = 0
    """Those of them in which durable_rules did not answer at all."""
    last: tuple[str, ...] = ()
    """Ids of the rules on which they differed last."""


@dataclass(frozen=True, eq=False)
class Release:
    """Decides situations with one rulebook. Safe to share between threads; build one per process and version."""

    rulebook: Rulebook
    compiled: CompiledRules
    matcher: Matcher
    reference: Reference
    voices: Voices
    disagreements: Disagreements = field(default_factory=Disagreements)

    @classmethod
    def build(cls, rulebook: Rulebook) -> Release:
        """Both engines ready; durable_rules has answered for every region, so that no request waits for it."""
        compiled = compile_rules(rulebook)
        matcher = Matcher(compiled)
        matcher.learn()
        return cls(rulebook, compiled, matcher, Reference(compiled), Voices.of(rulebook))

    @property
    def fingerprint(self) -> str:
        return self.rulebook.fingerprint

    def decide(self, situation: Situation, as_of: date) -> Decision:
        """What every rule says about the situation on that day. Derived facts are worked out here.

        durable_rules finds the rules that apply; the reference, which alone knows what is undecided, checks it.
        """
        complete_situation = complete(self.rulebook, situation)
        cells = self.compiled.cells_of(complete_situation.values)
        match = self.reference.match_cells(cells)
        self._compare(cells, match)
        return self._decision(complete_situation, as_of, match)

    def decide_by_reference(self, situation: Situation, as_of: date) -> Decision:
        """The same decision by the reference alone: for forecasts, previews and batches."""
        complete_situation = complete(self.rulebook, situation)
        return self._decision(complete_situation, as_of, self.reference.match(complete_situation.values))

    def in_force(self, as_of: date) -> int:
        """The mask of the rules that are valid on that day. Only these speak or silence."""
        if self._always_in_force_from <= as_of <= self._always_in_force_until:
            return self.compiled.everything
        return sum(
            1 << index
            for index, rule in enumerate(self.rulebook.rules)
            if rule.valid_from <= as_of and (rule.valid_until is None or as_of <= rule.valid_until)
        )

    def close(self) -> None:
        self.matcher.close()

    @cached_property
    def _always_in_force_from(self) -> date:
        return max((rule.valid_from for rule in self.rulebook.rules), default=date.min)

    @cached_property
    def _always_in_force_until(self) -> date:
        return min((rule.valid_until or date.max for rule in self.rulebook.rules), default=date.max)

    def _decision(self, situation: Situation, as_of: date, match: Match) -> Decision:
        in_force = self.in_force(as_of)
        applies = match.applies & in_force
        return Decision(
            rules=self.rulebook.rules,
            situation=situation,
            as_of=as_of,
            applies_mask=applies,
            undecided_mask=match.undecided & in_force,
            speaking_mask=self.voices.speaking(applies),
            in_force_mask=in_force,
        )

    def _compare(self, cells: Sequence[int], match: Match) -> None:
        """Ask durable_rules as well, and count what is not as it should be; a request never fails for it."""
        try:
            differing = self.matcher.match_cells(cells) ^ match.applies
        except MatcherError:
            self.disagreements.count += 1
            self.disagreements.failures += 1
            return
        if differing:
            self.disagreements.count += 1
            self.disagreements.last = tuple(rule.id for rule in self.compiled.rules_in(differing))
