"""Finds rules that get in each other's way: two winners in one topic, advice that contradicts, rules never heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, islice

from services.rulebook.compile import bits_of
from services.rulebook.findings import (
    CONTRADICTION,
    NEVER_MATCHES,
    NEVER_SPEAKS,
    SHARED_TOPIC,
    SILENCE_CYCLE,
    Finding,
    Severity,
    filled,
)
from services.rulebook.model import Rule, Text
from services.rulebook.survey import Survey
from services.rulebook.walk import Search

MOST_OF_A_KIND = 50
"""A rulebook of which everything is wrong must not become a report without an end."""


def find_conflicts(survey: Survey) -> Iterator[Finding]:
    yield from _cycles(survey)
    yield from islice(_overlaps(survey), MOST_OF_A_KIND)
    yield from islice(_contradictions(survey), MOST_OF_A_KIND)
    yield from _never_heard(survey)


def circle(survey: Survey) -> tuple[str, ...]:
    """Rules that silence each other in a circle; empty if there are none, so that whoever matches, someone speaks."""
    left = survey.in_force & ~survey.fallback
    while left:
        last = sum(1 << bit for bit in bits_of(left) if not survey.silencers[bit] & left)
        if not last:
            return tuple(rule.id for _, rule in survey.rules_in(left))
        left &= ~last
    return ()


def _cycles(survey: Survey) -> Iterator[Finding]:
    rules = circle(survey)
    if rules:
        yield Finding("silence_cycle", Severity.ERROR, filled(SILENCE_CYCLE, rules=", ".join(rules)), rules)


def _overlaps(survey: Survey) -> Iterator[Finding]:
    for topic in survey.rulebook.topics.values():
        members = [] if topic.may_join else [pair for pair in survey.rules_in(-1) if pair[1].topic == topic.id]
        for (one_bit, one), (other_bit, other) in combinations(members, 2):
            text = filled(SHARED_TOPIC, one=one.title, other=other.title)
            yield from _both_speak(survey, "overlap", text, (one_bit, other_bit))


def _contradictions(survey: Survey) -> Iterator[Finding]:
    actions = survey.rulebook.actions
    for pair in sorted(sorted(pair) for pair in survey.rulebook.never_together if len(pair) == 2):
        for one, one_rule in survey.rules_in(survey.advising(pair[:1])):
            for other, other_rule in survey.rules_in(survey.advising(pair[1:])):
                text = filled(
                    CONTRADICTION,
                    one=actions[pair[0]].title, one_rule=one_rule.id,
                    other=actions[pair[1]].title, other_rule=other_rule.id,
                )  # fmt: skip
                yield from _both_speak(survey, "contradiction", text, (one, other))


def _both_speak(survey: Survey, code: str, text: Text, bits: tuple[int, int]) -> Iterator[Finding]:
    search = survey.speaking(sum(1 << bit for bit in bits))
    example = survey.find(search, text)
    if search is not None and example is not None:
        one, other = (survey.rulebook.rules[bit] for bit in bits)
        yield replace(survey.finding(code, text, example, search, one), rules=(one.id, other.id))


def _never_heard(survey: Survey) -> Iterator[Finding]:
    for bit, rule in survey.rules_in(survey.in_force & ~survey.fallback):
        search = survey.speaking(1 << bit)
        open_questions = len(survey.record.undecided)
        if survey.find(search, filled(NEVER_SPEAKS, rule=rule.title, others="…")) is not None:
            continue
        if len(survey.record.undecided) == open_questions:
            yield _never(survey, bit, rule)


def _never(survey: Survey, bit: int, rule: Rule) -> Finding:
    matching = Search(survey.regions.boxes[bit], survey.regions.impossible)
    if survey.find(matching, rule.title) is None:
        text = filled(NEVER_MATCHES, rule=rule.title)
        return Finding("never_matches", Severity.ERROR, text, (rule.id,), rule.place)
    blame = _fewest_silencers(survey, bit)
    others = tuple(other.id for _, other in survey.rules_in(blame))
    text = filled(NEVER_SPEAKS, rule=rule.title, others=", ".join(f"`{other}`" for other in others))
    return Finding("never_speaks", Severity.ERROR, text, (rule.id, *others), rule.place)


def _fewest_silencers(survey: Survey, bit: int) -> int:
    """Silencers that suffice to keep the rule from speaking; without any one of them it would speak somewhere."""
    box, regions = survey.regions.boxes[bit], survey.regions
    blame = survey.silencers[bit] & regions.reaching_into(box)
    for silencer in bits_of(blame):
        without = Search(box, blame & ~(1 << silencer) | regions.impossible)
        if survey.find(without, survey.rulebook.rules[bit].title) is None:
            blame &= ~(1 << silencer)
    return blame
