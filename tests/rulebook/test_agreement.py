"""durable_rules, the reference and a direct reading of the conditions agree on rulebooks that nobody wrote.

`ASHORE_LONG=1` makes at least 300,000 comparisons instead of a few thousand. durable_rules is asked anew in each.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.rulebook.agreement import AgreementError, check_agreement, prove_in_subprocess, random_situations
from services.rulebook.compile import CompiledRules, compile_rules, holds
from services.rulebook.matcher import Matcher
from services.rulebook.model import Condition, Fact, Kind, Rulebook, Span, Value
from services.rulebook.reference import Match, Reference
from tests.rulebook.making import among, between, day, number, one_of, rule, rulebook, some_of, yes_no

RULEBOOKS, SITUATIONS = (3100, 100) if os.environ.get("ASHORE_LONG") else (60, 60)
FACTS = (
    number("days", 0, 400),
    number("income", 0, 10**9),
    yes_no("paid"),
    yes_no("threatened"),
    one_of("negotiation", "not_started", "offered", "agreed", "refused"),
    one_of("product", "card", "loan", "unknown"),
    some_of("signs", "threat", "leak", "insult", "night_calls"),
    day("hearing_on"),
)


def words_of(fact: Fact) -> st.SearchStrategy[frozenset[str]]:
    return st.sets(st.sampled_from(fact.words or ("yes", "no")), min_size=1).map(frozenset)


@st.composite
def spans_of(draw: st.DrawFn, fact: Fact) -> tuple[Span, ...]:
    edges = sorted(draw(st.sets(st.integers(fact.minimum, fact.maximum), min_size=2, max_size=4)))
    return tuple(Span(low, high) for low, high in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def conditions(draw: st.DrawFn, fact: Fact) -> Condition:
    or_unknown = draw(st.sampled_from((False, False, False, True)))
    if fact.kind is Kind.DATE or draw(st.integers(0, 9)) == 0:
        return Condition(fact.id, known=not or_unknown, or_unknown=or_unknown)
    if fact.kind.is_number:
        return Condition(fact.id, spans=draw(spans_of(fact)), or_unknown=or_unknown)
    words = draw(words_of(fact))
    if fact.kind is not Kind.SOME_OF:
        return Condition(fact.id, words=words, or_unknown=or_unknown)
    holds_some = draw(st.booleans())
    includes, excludes = (words, frozenset[str]()) if holds_some else (frozenset[str](), words)
    return Condition(fact.id, includes=includes, excludes=excludes, or_unknown=or_unknown)


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    rules = []
    for index in range(draw(st.integers(1, 12))):
        about = draw(st.lists(st.sampled_from(FACTS), max_size=4, unique_by=lambda fact: fact.id))
        rules.append(rule(f"r{index}", *(draw(conditions(fact)) for fact in about)))
    return rulebook(FACTS, rules)


def read_directly(compiled: CompiledRules, values: Mapping[str, Value]) -> Match:
    """Condition by condition, without cells and without masks: the meaning itself."""
    applies = possible = 0
    for bit, one in enumerate(compiled.rules):
        verdicts = [holds(condition, values.get(condition.fact)) for condition in one.when]
        applies |= all(verdicts) << bit
        possible |= (False not in verdicts) << bit
    return Match(applies, possible)


@settings(
    max_examples=RULEBOOKS, deadline=None, derandomize=not os.environ.get("ASHORE_LONG"), database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(rulebooks(), st.integers(0, 2**32))
def test_three_ways_of_deciding_agree_on_random_rulebooks(some_rulebook: Rulebook, seed: int) -> None:
    compiled = compile_rules(some_rulebook)
    asked, remembering, reference = Matcher(compiled, remember=False), Matcher(compiled), Reference(compiled)
    situations = list(random_situations(compiled, SITUATIONS, seed))
    try:
        for values, match in zip(situations, reference.match_many(situations), strict=True):
            assert reference.match(values) == match == read_directly(compiled, values)
            assert asked.match(values) == remembering.match(values) == match.applies
    finally:
        asked.close()
        remembering.close()


def some_rulebook() -> Rulebook:
    return rulebook(
        FACTS,
        [
            rule("early", between("days", 1, 90), among("paid", "no")),
            rule("late", between("days", 91, 400), among("negotiation", "refused", "offered")),
            rule("leaked", Condition("signs", includes=frozenset({"leak"})), among("product", "card", or_unknown=True)),
        ],
    )


def test_a_report_says_what_was_enumerated_and_what_was_sampled() -> None:
    compiled = compile_rules(some_rulebook())
    report = check_agreement(compiled, Matcher(compiled), Reference(compiled), sample=50)
    assert report.agrees
    assert (report.bounds, report.regions, report.sampled) == (43, 3 * 2 * 2, 50)
    assert "50 random situations sampled" in str(report)


def test_a_difference_is_reported_with_its_situation_and_rules() -> None:
    compiled = compile_rules(some_rulebook())
    early, *others = some_rulebook().rules
    changed = replace(some_rulebook(), rules=(replace(early, when=(between("days", 1, 30),)), *others))
    report = check_agreement(compiled, Matcher(compiled), Reference(compile_rules(changed)), sample=200)
    assert not report.agrees
    assert {rule_id for difference in report.differences for rule_id in difference.rules} == {"early"}
    assert "days" in report.differences[0].situation


def test_masks_that_say_something_else_than_the_conditions_are_found() -> None:
    compiled = compile_rules(some_rulebook())
    early, *others = compiled.rules
    altered = replace(compiled, rules=(replace(early, when=(between("days", 1, 89), early.when[1])), *others))
    report = check_agreement(altered, Matcher(altered), Reference(altered), sample=0)
    assert report.differences[0].rules == ("early",)
    assert "'days': 90" in report.differences[0].situation


def test_the_proof_in_a_process_of_its_own_is_the_same() -> None:
    compiled = compile_rules(some_rulebook())
    here = check_agreement(compiled, Matcher(compiled), Reference(compiled), sample=20)
    assert prove_in_subprocess(some_rulebook(), timedelta(seconds=60), sample=20) == here


def test_a_proof_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(AgreementError, match="no answer within"):
        prove_in_subprocess(some_rulebook(), timedelta(milliseconds=5))


def test_a_proof_that_dies_says_why() -> None:
    nonsense = replace(some_rulebook(), rules=(rule("r", among("no_such_fact", "x")),))
    with pytest.raises(AgreementError, match="no_such_fact"):
        prove_in_subprocess(nonsense, timedelta(seconds=60))
