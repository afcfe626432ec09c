"""Looks for what is left over: rules without cases, guidance without rules, words of the vocabulary nobody uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.rulebook.compile import CompileError
from services.rulebook.decide import Voices
from services.rulebook.derive import DERIVATIONS, complete
from services.rulebook.findings import (
    GUIDANCE_OPEN,
    GUIDANCE_TWICE,
    NO_FIRING_CASE,
    NO_NEAR_CASE,
    UNREADABLE_CASE,
    UNUSED_ACTION,
    UNUSED_FACT,
    UNUSED_SOURCE,
    Finding,
    Severity,
    filled,
)
from services.rulebook.model import Case, Place, Rule, Text, Value
from services.rulebook.problems import SituationError
from services.rulebook.situation import read_situation
from services.rulebook.survey import Survey


@dataclass(frozen=True, slots=True)
class CaseCoverage:
    """What the cases of a rulebook try out. Rules as masks; an edge is where a condition cuts the numbers of a fact."""

    fired: int
    """Rules that speak in a case."""
    just_missed: int
    """Rules that stay silent in a case, and would speak but for one condition or one silencer."""
    edges: int
    edges_tried: int
    """Edges with a case on the last number before and one on the first number after."""


def cover_by_cases(survey: Survey) -> tuple[CaseCoverage, tuple[Finding, ...]]:
    voices = Voices.of(survey.rulebook)
    fired = missed = 0
    tried: set[tuple[int, int]] = set()
    findings: list[Finding] = []
    for case in survey.rulebook.cases:
        try:
            values = complete(survey.rulebook, read_situation(survey.rulebook, dict(case.given))).values
            cells = survey.compiled.cells_of(values)
        except (SituationError, CompileError) as error:
            findings.append(_unreadable(case, error))
            continue
        speaking, near = _heard_and_missed(survey, voices, cells)
        fired, missed = fired | speaking, missed | near
        tried |= _edges_touched(survey, values)
    findings += _uncovered_rules(survey, fired, missed)
    edges = [(fact, start) for fact, part in enumerate(survey.compiled.facts) for start in part.starts[1:]]
    both_sides = sum((fact, start) in tried and (fact, start - 1) in tried for fact, start in edges)
    return CaseCoverage(fired, missed, len(edges), both_sides), tuple(findings)


def find_leftovers(survey: Survey) -> Iterator[Finding]:
    yield from _guidance(survey)
    yield from _unused(survey)


def _heard_and_missed(survey: Survey, voices: Voices, cells: list[int]) -> tuple[int, int]:
    """Rules that speak, and rules that fail by exactly one condition or are silenced though they match."""
    applies = survey.in_force
    failing_once = failing_twice = 0
    for fact, cell in enumerate(cells):
        failing = survey.in_force & ~survey.regions.inside[fact][cell]
        failing_twice |= failing_once & failing
        failing_once |= failing
        applies &= ~failing
    speaking = voices.speaking(applies)
    return speaking, failing_once & ~failing_twice | applies & ~speaking


def _edges_touched(survey: Survey, values: Mapping[str, Value]) -> set[tuple[int, int]]:
    return {
        (fact, value)
        for fact, part in enumerate(survey.compiled.facts)
        if part.starts and isinstance(value := values.get(part.id), int)
    }


def _uncovered_rules(survey: Survey, fired: int, missed: int) -> Iterator[Finding]:
    for bit, rule in survey.rules_in(-1):
        if not fired >> bit & 1:
            yield _about_rule("no_firing_case", NO_FIRING_CASE, rule)
        if not missed >> bit & 1 and (rule.when or rule.is_fallback):
            yield _about_rule("no_near_case", NO_NEAR_CASE, rule)


def _about_rule(code: str, text: Text, rule: Rule) -> Finding:
    return Finding(code, Severity.WARNING, text, (rule.id,), rule.place)


def _unreadable(case: Case, error: Exception) -> Finding:
    text = filled(UNREADABLE_CASE, name=case.name, problem=str(error))
    return Finding("unreadable_case", Severity.ERROR, text, place=case.place)


def _guidance(survey: Survey) -> Iterator[Finding]:
    for point in survey.rulebook.guidance.values():
        rules = tuple(rule.id for rule in survey.rulebook.rules if point.id in rule.covers)
        if not rules and point.left_out is None:
            yield Finding("guidance_open", Severity.ERROR, filled(GUIDANCE_OPEN, point=point.id), place=point.place)
        if rules and point.left_out is not None:
            text = filled(GUIDANCE_TWICE, point=point.id, rules=", ".join(rules))
            yield Finding("guidance_twice", Severity.WARNING, text, rules, point.place)


def _unused(survey: Survey) -> Iterator[Finding]:
    rulebook = survey.rulebook
    advised = {rule.advise for rule in rulebook.rules}
    cited = {ref.id for rule in rulebook.rules for ref in rule.sources} | {c.source.id for c in rulebook.contacts}
    facts = _facts_in_use(survey)
    for fact in rulebook.facts.values():
        if fact.id not in facts:
            yield _unused_word("unused_fact", UNUSED_FACT, fact.id, fact.place)
    for action in rulebook.actions.values():
        if action.id not in advised:
            yield _unused_word("unused_action", UNUSED_ACTION, action.id, action.place)
    for source in rulebook.sources.values():
        if source.id not in cited:
            yield _unused_word("unused_source", UNUSED_SOURCE, source.id, source.place)


def _unused_word(code: str, text: Text, word: str, place: Place) -> Finding:
    return Finding(code, Severity.WARNING, filled(text, id=word), place=place)


def _facts_in_use(survey: Survey) -> set[str]:
    """Facts that a rule asks for, waits for or follows up, and those from which such facts are worked out."""
    used: set[str] = set()
    for rule in survey.rulebook.rules:
        used |= {condition.fact for condition in rule.when} | {follow_up.ask for follow_up in rule.follow_up}
        for moment in (*rule.deadline, *(follow_up.moment for follow_up in rule.follow_up)):
            used |= {moment.fact, moment.date_fact}
    used |= {fact.id for fact in survey.rulebook.facts.values() if fact.turns_into in used}
    for derivation in reversed(DERIVATIONS):
        if derivation.fact in used:
            used |= set(derivation.inputs)
    return used
