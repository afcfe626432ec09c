"""What a proof, the trial of small changes and a preview found, as the JSON of answers; sentences in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.advisor.answer_words import both, both_or_none
from services.rulebook.advice import plain
from services.rulebook.check import CheckReport
from services.rulebook.editing.blocks import EditError, find_blocks
from services.rulebook.findings import Finding, Severity
from services.rulebook.impact import Impact, StepChange
from services.rulebook.model import NOWHERE, Place, Value
from services.rulebook.mutation import MutationReport, Unnoticed
from services.rulebook.preview import Preview, RecordedChange
from services.rulebook.problems import Problem
from services.rulebook.proof import Proof
from services.rulebook.walk import Count

Json = dict[str, Any]
Files = Mapping[str, str]
FOLDER = "rules/"
"""Places name it; the files of a draft do not."""
OF_ENGINES = ("engines_differ", "refused")
MOST_LISTED = 1_000
"""So many recorded cases are named, the worst first; all of them are counted."""


def proof_answer(proof: Proof) -> Json:
    """Everything that was found, errors first, and what was proved."""
    found = findings_of(proof)
    return {
        "fingerprint": proof.fingerprint,
        "may_be_published": proof.may_be_published,
        "counts": {word.value: sum(one["severity"] == word for one in found) for word in Severity},
        "findings": found,
        "proved": None if proof.report is None else _proved(proof.report, proof),
        "refused": both_or_none(proof.refused),
    }


def findings_of(proof: Proof, *severities: Severity) -> list[Json]:
    """From files, situations, cases and engines alike: all, or those of some severities."""
    found = [
        *map(_problem, proof.problems),
        *map(_finding, proof.report.findings if proof.report else ()),
        *map(_problem, proof.failures),
        *(_problem(problem) for problem in proof.blocking if problem.code in OF_ENGINES),
    ]
    wanted = severities or tuple(Severity)
    order = list(Severity)
    return sorted((one for one in found if one["severity"] in wanted), key=lambda one: order.index(one["severity"]))


def trial_answer(files: Files, proof: Proof, unnoticed: MutationReport | None) -> Json:
    """The cases beside the rules. `unnoticed` is None where the rules cannot be read."""
    failed = {problem.rule for problem in proof.failures}
    total = _number_of(files, "cases")
    return {
        "fingerprint": proof.fingerprint,
        "is_readable": proof.report is not None,
        "cases": {
            "total": total,
            "passed": total - len(failed) if proof.report else 0,
            "failed": len(failed),
            "failures": [_problem(problem) for problem in proof.failures],
        },
        "coverage": None if proof.report is None else _coverage(files, proof.report),
        "small_changes": None if unnoticed is None else _small_changes(unnoticed),
        "refused": both_or_none(proof.refused),
    }


def preview_answer(found: Preview) -> Json:
    return {"situations": _situations(found.impact), "recorded": _recorded(found)}


def step_change_answer(change: StepChange) -> Json:
    return {
        "action": change.action,
        "change": change.change,
        "said": both(change.text),
        "rules_before": list(change.rules_before),
        "rules_after": list(change.rules_after),
        "situations": _count(change.regions),
        "where": [both(text) for text in change.where],
        "is_all": change.is_all,
        "example": _facts(change.example),
        "example_said": both(change.example_said),
    }


def _problem(problem: Problem) -> Json:
    return {
        **_head(problem.code, Severity.WARNING if problem.is_warning else Severity.ERROR, problem.place),
        "rules": [problem.rule] if problem.rule else [],
        "said": {"zh": problem.sentence("zh-CN"), "en": problem.sentence("en")},
        "example": None,
        "example_said": None,
        "where": [],
    }


def _finding(finding: Finding) -> Json:
    return {
        **_head(finding.code, finding.severity, finding.place),
        "rules": list(finding.rules),
        "said": both(finding.text),
        "example": None if finding.example is None else _facts(finding.example),
        "example_said": both_or_none(finding.example_said),
        "where": [both(text) for text in finding.where],
    }


def _head(code: str, severity: Severity, place: Place) -> Json:
    file, line = (place.file.removeprefix(FOLDER), place.line) if place != NOWHERE else (None, None)
    return {"code": code, "severity": severity, "file": file, "line": line}


def _facts(values: Mapping[str, Value]) -> Json:
    """As `POST /v1/advice` takes them."""
    return {fact: plain(value) for fact, value in values.items()}


def _proved(report: CheckReport, proof: Proof) -> Json:
    return {
        "situations": str(report.regions),
        "only_fallback": _count(report.fallback_regions),
        "always_a_next_step": report.always_a_next_step,
        "questions_answered": report.walks,
        "undecided": [both(text) for text in report.undecided],
        "engines_agree": proof.agreement is not None and proof.agreement.agrees,
        "situations_compared": 0 if proof.agreement is None else proof.agreement.regions,
    }


def _coverage(files: Files, report: CheckReport) -> Json:
    coverage = report.coverage
    return {
        "rules": _number_of(files, "rules"),
        "rules_that_speak": coverage.fired.bit_count(),
        "rules_just_missed": coverage.just_missed.bit_count(),
        "bounds": coverage.edges,
        "bounds_tried": coverage.edges_tried,
    }


def _small_changes(report: MutationReport) -> Json:
    return {
        "tried": report.tried,
        "noticed": report.noticed,
        "score": round(report.score, 4),
        "unnoticed": [_unnoticed(change) for change in report.unnoticed],
    }


def _unnoticed(change: Unnoticed) -> Json:
    found = change.case
    case = None if found is None else {"given": _facts(found.given), "said": both(found.said), "text": found.written}
    return {"rule": change.rule, "fact": change.fact, "said": both(change.text), "case": case}


def _situations(impact: Impact) -> Json:
    return {
        "total": str(impact.regions),
        "changed": _count(impact.changed),
        "gets_less_urgent": impact.gets_less_urgent,
        "actions_lost": list(impact.actions_lost),
        "actions_gained": list(impact.actions_gained),
        "changes": [step_change_answer(change) for change in impact.changes],
        "reworded": list(impact.reworded),
        "undecided": [both(text) for text in impact.undecided],
    }


def _recorded(found: Preview) -> Json:
    changed = found.recorded.changed
    return {
        "total": found.recorded.total,
        "changed": len(changed),
        "lose_a_step": sum(bool(one.lost) for one in changed),
        "gain_a_step": sum(bool(one.gained) for one in changed),
        "less_urgent": sum(bool(one.less_urgent) for one in changed),
        "more_urgent": sum(bool(one.more_urgent) for one in changed),
        "unreadable": found.recorded.unreadable,
        "cases": [_recorded_change(one) for one in changed[:MOST_LISTED]],
        "more": len(changed) > MOST_LISTED,
    }


def _recorded_change(change: RecordedChange) -> Json:
    return {
        "case": change.key,
        "lost": list(change.lost),
        "gained": list(change.gained),
        "less_urgent": list(change.less_urgent),
        "more_urgent": list(change.more_urgent),
        "other": list(change.other),
    }


def _count(count: Count) -> Json:
    """As digits: there are more situations than a JSON number holds."""
    return {"low": str(count.low), "high": str(count.high), "is_exact": count.is_exact}


def _number_of(files: Files, kind: str) -> int:
    """How many there are; 0 while a file cannot be read."""
    try:
        return len(find_blocks(files, kind))
    except EditError:
        return 0
