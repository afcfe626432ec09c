"""The check of a whole rulebook over all situations: what is wrong with it, what is proved, what was enumerated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from services.rulebook.compile import CompiledRules, bits_of, compile_rules
from services.rulebook.conflicts import circle, find_conflicts
from services.rulebook.coverage import CaseCoverage, cover_by_cases, find_leftovers
from services.rulebook.findings import GAP, NO_NEXT_STEP, ONLY_FALLBACK, TOO_LARGE, Finding, Severity, filled
from services.rulebook.model import Asked, Rulebook, Text
from services.rulebook.properties import find_broken_properties
from services.rulebook.regions import known_cells
from services.rulebook.sentences import say_box, say_cells
from services.rulebook.spread import facts_of, spread
from services.rulebook.survey import Survey
from services.rulebook.walk import Count, Search, Walk, WalkTooLargeError

COUNTING_BUDGET = 1_500
"""Counting is harder than finding: so many states, then bounds have to do."""


@dataclass(frozen=True, slots=True)
class TopicCount:
    """A topic on its own: every region of the facts that its rules depend on, by how many of them speak."""

    topic: str
    facts: int
    regions: int
    unanswered: int
    single: int
    several: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings, errors first, and what they rest on. Nothing here is a sample."""

    findings: tuple[Finding, ...]
    coverage: CaseCoverage
    topics: tuple[TopicCount, ...]
    """Topics whose regions were enumerated, every one."""
    large_topics: tuple[str, ...]
    """Topics with too many regions for that."""
    regions: int
    """All situations that the rules can tell apart; impossible ones are left out."""
    fallback_regions: Count
    """In so many of them only the fallback speaks: exact, or bounds."""
    always_a_next_step: bool
    """Proved: there is no situation in which no rule speaks."""
    walks: int
    """So many questions about all situations were answered, each by an example or a proof."""
    states: int
    undecided: tuple[Text, ...]
    """Questions that were too large to be answered. Each is an error among the findings as well."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    def count(self, *codes: str) -> int:
        return sum(finding.code in codes for finding in self.findings)


def check_rulebook(rulebook: Rulebook, compiled: CompiledRules | None = None, today: date | None = None) -> CheckReport:
    """With `today`, only the rules in force on that day count."""
    survey = Survey.of(rulebook, compiled or compile_rules(rulebook), today)
    coverage, about_cases = cover_by_cases(survey)
    silence = list(_no_next_step(survey))
    findings = [
        *silence,
        *find_conflicts(survey),
        *find_broken_properties(survey),
        *_gaps(survey),
        *find_leftovers(survey),
        *about_cases,
        *_only_fallback(survey),
    ]
    undecided = tuple(dict.fromkeys(survey.record.undecided))
    findings += [Finding("too_large", Severity.ERROR, filled(TOO_LARGE, question=asked)) for asked in undecided]
    topics = dict(_count_topics(survey))
    regions, fallback_regions = _count_regions(survey)
    return CheckReport(
        findings=tuple(sorted(findings, key=lambda finding: list(Severity).index(finding.severity))),
        coverage=coverage,
        topics=tuple(count for count in topics.values() if count is not None),
        large_topics=tuple(topic for topic, count in topics.items() if count is None),
        regions=regions,
        fallback_regions=fallback_regions,
        always_a_next_step=not silence and NO_NEXT_STEP not in undecided and not circle(survey),
        walks=survey.record.walks - len(survey.record.undecided),
        states=survey.record.states,
        undecided=undecided,
    )


def _no_next_step(survey: Survey) -> Iterator[Finding]:
    """Unless rules silence each other in a circle, someone speaks wherever someone matches: that is what to prove."""
    example = survey.find(Search(avoid=survey.in_force | survey.regions.impossible), NO_NEXT_STEP)
    if example is not None:
        yield survey.finding("no_next_step", NO_NEXT_STEP, example)


def _count_topics(survey: Survey) -> Iterator[tuple[str, TopicCount | None]]:
    for topic in survey.rulebook.topics.values():
        rules = sum(1 << bit for bit, rule in survey.rules_in(~survey.fallback) if rule.topic == topic.id)
        if rules:
            yield topic.id, _count_topic(survey, topic.id, rules)


def _count_topic(survey: Survey, topic: str, rules: int) -> TopicCount | None:
    within_topic = [mask & rules for mask in survey.silencers]
    try:
        groups = spread(survey.regions, rules, within_topic)
    except WalkTooLargeError:
        return None
    by_speakers = [0, 0, 0]
    for speaking, group in groups.items():
        by_speakers[min(speaking.bit_count(), 2)] += group.regions
    facts = facts_of(survey.regions, rules).bit_count()
    return TopicCount(topic, facts, sum(by_speakers), *by_speakers)


def _count_regions(survey: Survey) -> tuple[int, Count]:
    """Only the fallback speaks where nobody else matches. Counted over the facts that somebody asks about."""
    others = survey.in_force & ~survey.fallback
    unasked = survey.regions.all_facts & ~facts_of(survey.regions, -1)
    copies = survey.regions.size(facts=unasked)
    all_regions = _count(survey, survey.regions.impossible).high // copies
    count = _count(survey, others | survey.regions.impossible)
    if not count.is_exact:
        count = Count(count.low, min(count.high, _upper_bound(survey, others)))
    return all_regions, Count(count.low // copies, count.high // copies)


def _upper_bound(survey: Survey, others: int) -> int:
    """Outside the widest rules alone there are at least as many regions as outside all of them."""
    widest = sorted(bits_of(others), key=lambda bit: survey.regions.size(survey.regions.boxes[bit]), reverse=True)
    best = survey.regions.size()
    for number in (8, 16, 32):
        count = _count(survey, sum(1 << bit for bit in widest[:number]) | survey.regions.impossible)
        best = min(best, count.high)
    return best


def _count(survey: Survey, avoid: int) -> Count:
    return Walk(survey.regions, Search(avoid=avoid), COUNTING_BUDGET).count()


def _gaps(survey: Survey) -> Iterator[Finding]:
    facts = survey.rulebook.facts
    core = [i for i, fact in enumerate(survey.regions.facts) if facts[fact.id].asked in (Asked.FIRST, Asked.CORE)]
    avoid = survey.in_force & ~survey.fallback | survey.regions.impossible
    search = Search(known_cells(survey.regions, core), avoid)
    example = survey.find(search, GAP) if core else None
    if example is not None:
        where = tuple(say_box(survey.rulebook, survey.regions, found.box) for found in survey.cover(search).found)
        yield replace(survey.finding("gap", GAP, example), where=where)


def _only_fallback(survey: Survey) -> Iterator[Finding]:
    """Which single answers, with nothing else known, still get the fallback alone."""
    others = survey.in_force & ~survey.fallback
    where = []
    for fact in range(len(survey.regions.facts)):
        cells = _lonely_cells(survey, others, fact)
        if cells:
            label = survey.rulebook.facts[survey.regions.facts[fact].id].label
            said = say_cells(survey.rulebook, survey.regions, fact, cells)
            where.append(Text(f"{label.zh}：{said.zh}", f"{label.en}: {said.en}"))
    if where:
        yield Finding("only_fallback", Severity.NOTE, ONLY_FALLBACK, where=tuple(where))


def _lonely_cells(survey: Survey, rules: int, fact: int) -> int:
    for other, row in enumerate(survey.regions.inside):
        if other != fact:
            rules &= row[0]
    row = survey.regions.inside[fact]
    return sum(1 << cell for cell in bits_of(survey.regions.cells[fact]) if cell and not row[cell] & rules)
