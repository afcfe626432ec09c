"""Which small changes of the rules no case would notice, each with a case that would.

A case notices a change if the rulebook as it is answers it as expected and the changed one does not. A change after
which every situation is answered as before is none, and is not counted. What a case says about the next question is
left out: it would have to be asked anew for every change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.rulebook.cases import decision_failures
from services.rulebook.compile import holds
from services.rulebook.decide import Decision
from services.rulebook.derive import complete
from services.rulebook.findings import filled
from services.rulebook.load import load_rulebook
from services.rulebook.missing_cases import MissingCase, Seeker
from services.rulebook.model import Case, Condition, Rule, Rulebook, Text, Value
from services.rulebook.mutants import Mutant, mutants_of
from services.rulebook.problems import SituationError
from services.rulebook.release import Release
from services.rulebook.situation import read_situation
from services.rulebook.survey import is_in_force
from services.rulebook.wording import condition_said


@dataclass(frozen=True, slots=True)
class Unnoticed:
    """A small change that no case notices. `case` is one that would; None if none was found in reasonable time."""

    rule: str
    fact: str
    text: Text
    case: MissingCase | None


@dataclass(frozen=True, slots=True)
class MutationReport:
    """`tried` counts the changes that make a difference to somebody."""

    tried: int
    unnoticed: tuple[Unnoticed, ...]

    @property
    def noticed(self) -> int:
        return self.tried - len(self.unnoticed)

    @property
    def score(self) -> float:
        """Between 0 and 1."""
        return self.noticed / self.tried if self.tried else 1.0


@dataclass(frozen=True, slots=True)
class _Answered:
    """A case that the rulebook answers as expected, with the values of its facts, derived ones included."""

    case: Case
    decision: Decision
    values: Mapping[str, Value]


def find_unnoticed(files: Mapping[str, str], today: date) -> MutationReport:
    """All small changes of the rules in force on that day. Raises RulebookError for files that are no rulebook."""
    return unnoticed_in(load_rulebook(files), today)


def unnoticed_in(rulebook: Rulebook, today: date) -> MutationReport:
    release = Release.build(rulebook)
    try:
        answered = tuple(_answered(release, today))
    finally:
        release.close()
    seeker = Seeker.of(release, today)
    tried, unnoticed = 0, []
    for bit, rule in enumerate(rulebook.rules):
        if not is_in_force(rule, today):
            continue
        truths = [[holds(condition, one.values.get(condition.fact)) for one in answered] for condition in rule.when]
        for mutant in mutants_of(rulebook, rule):
            if any(_notices(release, bit, one) for one in _flipped(rule, mutant, answered, truths)):
                tried += 1
                continue
            sought = seeker.seek(bit, mutant)
            if not sought.is_equivalent:
                tried += 1
                unnoticed.append(Unnoticed(rule.id, mutant.before.fact, _said(rulebook, rule, mutant), sought.case))
    return MutationReport(tried, tuple(unnoticed))


def _answered(release: Release, today: date) -> Iterator[_Answered]:
    for case in release.rulebook.cases:
        try:
            situation = read_situation(release.rulebook, dict(case.given))
        except SituationError:
            continue
        decision = release.decide_by_reference(situation, case.as_of or today)
        if not any(decision_failures(release.rulebook, case, decision)):
            yield _Answered(case, decision, complete(release.rulebook, situation).values)


def _flipped(
    rule: Rule, mutant: Mutant, answered: Sequence[_Answered], truths: Sequence[Sequence[bool | None]]
) -> Iterator[_Answered]:
    """The cases in which the rule matches and would not, or the other way round."""
    changed = rule.when.index(mutant.before)
    others = [row for index, row in enumerate(truths) if index != changed]
    for number, one in enumerate(answered):
        if all(row[number] for row in others):
            before = truths[changed][number] is True
            if before is not (_holds(mutant.after, one.values.get(mutant.before.fact)) is True):
                yield one


def _holds(condition: Condition | None, value: Value | None) -> bool | None:
    return True if condition is None else holds(condition, value)


def _notices(release: Release, bit: int, one: _Answered) -> bool:
    if not one.decision.in_force_mask >> bit & 1:
        return False
    applies = one.decision.applies_mask ^ 1 << bit
    speaking = release.voices.speaking(applies)
    if speaking == one.decision.speaking_mask:
        return False
    changed = replace(one.decision, applies_mask=applies, speaking_mask=speaking)
    return any(decision_failures(release.rulebook, one.case, changed))


def _said(rulebook: Rulebook, rule: Rule, mutant: Mutant) -> Text:
    fact = rulebook.facts[mutant.before.fact]
    about = {"rule": rule.title, "fact": fact.label, "before": condition_said(fact, mutant.before)}
    if mutant.after is None:
        return filled(_LEFT_OUT, **about)
    return filled(_CHANGED, **about, after=condition_said(fact, mutant.after))


_CHANGED = Text(
    "“{rule}”：如果把“{fact}：{before}”写成“{after}”，没有案例会发现。",
    "“{rule}”: if “{fact}: {before}” became “{after}”, no case would notice.",
)
_LEFT_OUT = Text(
    "“{rule}”：如果漏掉“{fact}：{before}”这个条件，没有案例会发现。",
    "“{rule}”: if the condition “{fact}: {before}” were left out, no case would notice.",
)
