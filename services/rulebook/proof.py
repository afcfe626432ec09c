"""Everything that has to hold before rules may advise anybody: read, checked over all situations, tried, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.rulebook import agreement
from services.rulebook.apart import ApartError, apart
from services.rulebook.cases import find_failures
from services.rulebook.check import CheckReport, check_rulebook
from services.rulebook.findings import filled
from services.rulebook.load import fingerprint_of, read_if_sound
from services.rulebook.matcher import MatcherError
from services.rulebook.model import Rulebook, Text
from services.rulebook.problems import Problem
from services.rulebook.release import Release

LONGEST = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Proof:
    """What came out. Without a report, the files could not be read; with `refused`, the engine gave up on them."""

    fingerprint: str
    problems: tuple[Problem, ...]
    """Errors and warnings of the files, by file and line."""
    report: CheckReport | None = None
    failures: tuple[Problem, ...] = ()
    """Cases that are answered otherwise than they expect."""
    agreement: agreement.Report | None = None
    refused: Text | None = None
    """Why there is no proof at all."""

    @property
    def may_be_published(self) -> bool:
        return self.report is not None and self.agreement is not None and not self.blocking

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """Every error, whoever found it."""
        return (
            *(problem for problem in self.problems if not problem.is_warning),
            *(finding.problem() for finding in (self.report.errors if self.report else ())),
            *self.failures,
            *_of_engines(self.agreement),
            *(() if self.refused is None else (Problem("refused", self.refused),)),
        )


def prove_apart(files: Mapping[str, str], today: date, within: timedelta = LONGEST) -> Proof:
    """The proof, made in a process of its own. Never raises for what the files hold: a hang or a crash is refused."""
    try:
        proof: Proof = apart(prove, dict(files), today, within=within)
    except ApartError as error:
        return Proof(fingerprint_of(files), (), refused=filled(_GAVE_UP, why=error.text))
    return proof


def prove(files: Mapping[str, str], today: date) -> Proof:
    """The proof, made in this process; rules that make durable_rules crash take the process with them."""
    rulebook, problems = read_if_sound(files, today)
    if rulebook is None:
        return Proof(fingerprint_of(files), problems)
    report = check_rulebook(rulebook, today=today)
    try:
        failures = _failures(rulebook, today)
        compared = agreement.compare_engines(rulebook)
    except MatcherError as error:
        why = Text(str(error), str(error))
        return Proof(rulebook.fingerprint, problems, report, refused=filled(_GAVE_UP, why=why))
    return Proof(rulebook.fingerprint, problems, report, failures, compared)


def _failures(rulebook: Rulebook, today: date) -> tuple[Problem, ...]:
    release = Release.build(rulebook)
    try:
        return find_failures(release, today)
    finally:
        release.close()


def _of_engines(report: agreement.Report | None) -> tuple[Problem, ...]:
    differences = () if report is None else report.differences
    return tuple(
        Problem("engines_differ", filled(_DIFFER, rules=", ".join(item.rules), situation=item.situation))
        for item in differences
    )


_GAVE_UP = Text("规则引擎没能处理这些规则：{why}", "The engine could not work with these rules: {why}")
_DIFFER = Text(
    "两个引擎对 {rules} 的结论不同，情况是 {situation}。",
    "The two engines differ about {rules}; the situation is {situation}.",
)
