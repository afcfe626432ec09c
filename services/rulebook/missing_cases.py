"""Seeks a situation in which a small change of a rule makes a difference, and writes it down as a case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.rulebook.advice import plain
from services.rulebook.compile import bits_of, holds
from services.rulebook.editing.writing import written_entry
from services.rulebook.findings import filled
from services.rulebook.model import Rulebook, Text, Value
from services.rulebook.mutants import Mutant
from services.rulebook.problems import SituationError
from services.rulebook.regions import Box, narrowed_to
from services.rulebook.release import Release
from services.rulebook.sentences import say_situation
from services.rulebook.situation import read_situation
from services.rulebook.survey import Survey
from services.rulebook.walk import Search

TOO_LARGE = Text("一处小改动是否会影响谁", "whether a small change makes a difference to anybody")
LONGEST_NAME = 200
REST = Text("；其余都不知道", "; nothing else is known")


@dataclass(frozen=True, slots=True)
class MissingCase:
    """A case that the rulebook passes and the changed one does not, as an entry of a file of cases."""

    given: Mapping[str, Value]
    rule: str
    """The rule that speaks in one of them and not in the other."""
    speaks: bool
    """Whether it speaks in the rulebook as it is."""
    said: Text
    entry: Mapping[str, object]
    """Its fields, as in a file of cases."""

    @property
    def written(self) -> str:
        """The entry as YAML, with its dash."""
        return written_entry("cases", self.entry)


@dataclass(frozen=True, slots=True)
class Sought:
    """`is_equivalent`: proved that the change makes no difference to anybody."""

    case: MissingCase | None
    is_equivalent: bool


@dataclass(frozen=True, slots=True)
class Seeker:
    """Looks in the map of all situations of one rulebook."""

    release: Release
    survey: Survey
    today: date

    @classmethod
    def of(cls, release: Release, today: date) -> Seeker:
        return cls(release, Survey.of(release.rulebook, release.compiled, today), today)

    def seek(self, bit: int, mutant: Mutant) -> Sought:
        """The change flips rule `bit` somewhere: look where that is heard, by itself or through those it silences."""
        undecided, concerns_somebody = len(self.survey.record.undecided), False
        for box, value in self._flips(bit, mutant):
            for search, heard in self._searches(bit, box):
                found = self.survey.find(search, TOO_LARGE)
                case = (
                    None
                    if found is None
                    else self._case(bit, heard, _with_value(self.release.rulebook, found, mutant.before.fact, value))
                )
                if case is not None:
                    return Sought(case, False)
                concerns_somebody = concerns_somebody or found is not None
        is_proved = len(self.survey.record.undecided) == undecided
        return Sought(None, is_equivalent=is_proved and not concerns_somebody)

    def _flips(self, bit: int, mutant: Mutant) -> Iterator[tuple[Box, Value | None]]:
        """Where the rule matches in one of both and not in the other, and the value that tells them apart."""
        regions = self.survey.regions
        fact = regions.index_of(mutant.before.fact)
        others = {other: cells for other, cells in regions.boxes[bit].items() if other != fact}
        compiled = regions.facts[fact]
        for value in mutant.values:
            yield {**others, fact: 1 << compiled.cell_of(value)}, value
        if mutant.after is None:
            for cell in bits_of(regions.cells[fact]):
                if not holds(mutant.before, compiled.cells[cell].example):
                    yield {**others, fact: 1 << cell}, compiled.cells[cell].example

    def _searches(self, bit: int, box: Box) -> Iterator[tuple[Search, int]]:
        """First where nobody silences the rule itself; then where it alone decides whether another one speaks."""
        survey = self.survey
        yield Search(box, survey.silencers[bit] | survey.regions.impossible), bit
        for other in bits_of(self.release.voices.silences[bit] & survey.in_force):
            shared = narrowed_to(box, survey.regions.boxes[other])
            if shared is not None:
                yield Search(shared, survey.silencers[other] & ~(1 << bit) | survey.regions.impossible), other

    def _case(self, bit: int, heard: int, values: Mapping[str, Value]) -> MissingCase | None:
        """Decided as a person would be, derived facts included: only what really differs is a case."""
        rulebook = self.release.rulebook
        try:
            situation = read_situation(rulebook, {fact: plain(value) for fact, value in values.items()})
        except SituationError:
            return None
        decision = self.release.decide_by_reference(situation, self.today)
        changed = self.release.voices.speaking(decision.applies_mask ^ 1 << bit)
        before, after = decision.speaking_mask >> heard & 1, changed >> heard & 1
        if before == after:
            return None
        return _missing(rulebook, rulebook.rules[heard].id, bool(before), values)


def _with_value(rulebook: Rulebook, found: Mapping[str, Value], fact: str, value: Value | None) -> dict[str, Value]:
    """The situation with this value, or without the fact; in the order of the vocabulary."""
    known = {name: other for name, other in found.items() if name != fact}
    if value is not None:
        known[fact] = value
    return {name: known[name] for name in rulebook.facts if name in known}


def _missing(rulebook: Rulebook, rule: str, speaks: bool, values: Mapping[str, Value]) -> MissingCase:
    said = say_situation(rulebook, values)
    who = Text(said.zh.removesuffix(REST.zh), said.en.removesuffix(REST.en))
    name = filled(_SPEAKS if speaks else _SILENT, who=who, rule=rule)
    given = {fact: _as_written(value) for fact, value in values.items()}
    entry = {"name": _shortened(name.en, repr(given)), "given": given, "fires" if speaks else "silent": [rule]}
    return MissingCase(values, rule, speaks, name, entry)


def _shortened(name: str, given: str) -> str:
    """A name of a length that the loader lets pass, still different for different people."""
    if len(name) <= LONGEST_NAME:
        return name
    sign = hashlib.sha256(given.encode()).hexdigest()[:6]
    return f"{name[: LONGEST_NAME - 9]} … {sign}"


def _as_written(value: Value) -> object:
    """As rule files hold it: every scalar is text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return sorted(value) if isinstance(value, frozenset) else str(value)


_SPEAKS = Text("`{rule}` 生效：{who}", "{rule} speaks: {who}")
_SILENT = Text("`{rule}` 不生效：{who}", "{rule} stays silent: {who}")
