"""The whole check of a rulebook over all situations: what contradicts, what is never heard, what nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.rulebook.compile import CompiledRules, compile_rules
from services.rulebook.conflicts import find_conflicts
from services.rulebook.coverage import CaseCoverage, cover_by_cases, find_leftovers
from services.rulebook.findings import GAP, NO_NEXT_STEP, TOO_LARGE, Finding, Severity, filled
from services.rulebook.model import Asked, Rulebook, Text
from services.rulebook.properties import find_broken_properties
from services.rulebook.regions import ANYWHERE, Box, known_cells
from services.rulebook.sentences import say_box
from services.rulebook.survey import Survey
from services.rulebook.walk import Count, Search, Walk


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings, errors first, and what they rest on: how many regions there are, and what was walked."""

    findings: tuple[Finding, ...]
    coverage: CaseCoverage
    regions: int
    """All regions of all facts, unknown included and impossible ones too."""
    fallback_regions: Count
    """Regions in which only the fallback speaks; a lower and an upper bound, mostly the same."""
    fallback_boxes: tuple[Text, ...]
    walks: int
    states: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    def count(self, *codes: str) -> int:
        return sum(finding.code in codes for finding in self.findings)


def check_rulebook(rulebook: Rulebook, compiled: CompiledRules | None = None, today: date | None = None) -> CheckReport:
    """Walks all situations; whatever is too large to be proved is an error of its own, never passed over."""
    survey = Survey.of(rulebook, compiled or compile_rules(rulebook), today)
    coverage, uncovered = cover_by_cases(survey)
    findings = [
        *find_conflicts(survey),
        *find_broken_properties(survey),
        *_without_next_step(survey),
        *_gaps(survey),
        *uncovered,
        *find_leftovers(survey),
    ]
    findings += [
        Finding("too_large", Severity.ERROR, filled(TOO_LARGE, question=question))
        for question in survey.record.undecided
    ]
    alone = _fallback_alone(survey)
    return CheckReport(
        findings=tuple(sorted(findings, key=lambda finding: list(Severity).index(finding.severity))),
        coverage=coverage,
        regions=survey.regions.size(),
        fallback_regions=Walk(survey.regions, alone, survey.budget).count(),
        fallback_boxes=_said(survey, alone),
        walks=survey.record.walks,
        states=survey.record.states,
    )


def _without_next_step(survey: Survey) -> Iterator[Finding]:
    nobody = Search(ANYWHERE, survey.regions.impossible, survey.in_force, survey.silencers)
    example = survey.find(nobody, NO_NEXT_STEP)
    if example is not None:
        yield survey.finding("no_next_step", NO_NEXT_STEP, example, nobody)


def _gaps(survey: Survey) -> Iterator[Finding]:
    """Situations in which every core question is answered, and yet only the fallback speaks."""
    facts = survey.rulebook.facts
    core = [survey.regions.index_of(fact.id) for fact in facts.values() if fact.asked in (Asked.FIRST, Asked.CORE)]
    if not core or not survey.fallback:
        return
    search = _fallback_alone(survey, known_cells(survey.regions, core))
    example = survey.find(search, GAP)
    if example is not None:
        yield survey.finding("gap", GAP, example, search)


def _fallback_alone(survey: Survey, within: Box = ANYWHERE) -> Search:
    """Where no other rule matches: whoever matches without being silenced would speak."""
    others = survey.in_force & ~survey.fallback
    return Search(within, survey.regions.impossible | others, 0, survey.silencers)


def _said(survey: Survey, search: Search) -> tuple[Text, ...]:
    found = survey.cover(search).found
    return tuple(say_box(survey.rulebook, survey.regions, item.box) for item in found)
