"""What the check of a rulebook finds, and what it may say about all situations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import prod
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.check import CheckReport, check_rulebook
from services.rulebook.compile import CompiledRules, compile_rules
from services.rulebook.findings import Finding, Severity
from services.rulebook.model import (
    Asked,
    Case,
    Condition,
    Fact,
    GuidancePoint,
    ImpossibleFacts,
    Property,
    Rule,
    Rulebook,
    Urgency,
    Value,
)
from services.rulebook.plan import place_in_plan
from tests.rulebook.large_rulebook import large_rulebook
from tests.rulebook.making import among, between, day, holding, number, one_of, rule, rulebook, some_of, text, yes_no
from tests.rulebook.small_rulebooks import (
    ACTIONS,
    every_situation,
    meets,
    several_conditions,
    small_rulebooks,
    speaking_ids,
    with_single_winners,
)
from tests.rulebook.starter import starter_rulebook

DAYS = number("days", 0, 100)
STAGE = one_of("stage", "new", "waiting", "refused")
PAID = yes_no("paid")
FALLBACK = rule("fallback", advise="talk", is_fallback=True, topic="fallback")
PAID_YES = among("paid", "yes")
few = settings(max_examples=25, deadline=None)


def report_of(book: Rulebook, today: date | None = None) -> CheckReport:
    return check_rulebook(book, compile_rules(book), today)


def found(book: Rulebook, code: str) -> list[Finding]:
    return [finding for finding in report_of(book).findings if finding.code == code]


def book_of(*rules: Rule, facts: tuple[Fact, ...] = (DAYS, STAGE, PAID), **more: object) -> Rulebook:
    return replace(rulebook(facts, [*rules, FALLBACK]), **more)  # type: ignore[arg-type]


def promised(book: Rulebook, *when: Condition, **more: object) -> Rulebook:
    promise = Property("promise", text("the promise"), when, **more)  # type: ignore[arg-type]
    return replace(book, properties=(promise,))


def test_two_rules_of_a_topic_with_one_winner_that_meet_are_found_with_a_person() -> None:
    book = with_single_winners(book_of(rule("late", between("days", 31, 100)), rule("no", among("stage", "refused"))))
    (overlap,) = found(book, "overlap")
    assert overlap.severity is Severity.ERROR
    assert overlap.rules == ("late", "no")
    assert overlap.example == {"days": 31, "stage": "refused"}
    assert overlap.where[0].en == "days: 31 or more; stage: refused; the rest is open"
    assert "days: 31; stage: refused" in overlap.line("en")


@pytest.mark.parametrize(
    "other",
    [
        rule("no", among("stage", "refused"), yields_to=["late"]),
        rule("no", among("stage", "refused"), between("days", 0, 30)),
        rule("no", among("stage", "refused"), topic="elsewhere"),
    ],
)
def test_rules_that_yield_exclude_each_other_or_stand_in_other_topics_do_not_overlap(other: Rule) -> None:
    assert not found(with_single_winners(book_of(rule("late", between("days", 31, 100)), other)), "overlap")


def test_rules_of_a_topic_that_may_join_do_not_overlap() -> None:
    assert not found(book_of(rule("late", between("days", 31, 100)), rule("no", among("stage", "refused"))), "overlap")


def test_an_impossible_situation_is_no_overlap() -> None:
    late, refused = between("days", 31, 100), among("stage", "refused")
    book = with_single_winners(book_of(rule("late", late), rule("no", refused)))
    assert not found(replace(book, impossible=(ImpossibleFacts((late, refused), text("")),)), "overlap")


def test_advice_that_contradicts_itself_is_found() -> None:
    rules = rule("pay", between("days", 1, 9)), rule("hold", among("paid", "no"))
    (finding,) = found(book_of(*rules, never_together=frozenset({frozenset(("pay", "hold"))})), "contradiction")
    assert finding.example == {"days": 1, "paid": False}


def test_a_rule_that_several_others_silence_together_is_found_and_only_those_are_named() -> None:
    book = book_of(
        rule("early", between("days", 0, 50)),
        rule("late", between("days", 40, 100)),
        rule("other", among("paid", "yes")),
        rule("hidden", between("days", 0, 100), yields_to=["early", "late", "other"]),
    )
    (finding,) = found(book, "never_speaks")
    assert finding.rules == ("hidden", "early", "late")


def test_a_rule_that_is_heard_for_one_day_is_not_hidden() -> None:
    rules = rule("early", between("days", 0, 50)), rule("late", between("days", 52, 100))
    assert not found(
        book_of(*rules, rule("rest", between("days", 0, 100), yields_to=["early", "late"])), "never_speaks"
    )


def test_a_rule_whose_situations_are_all_impossible_is_found() -> None:
    when = (between("days", 1, 9), among("stage", "new"))
    book = book_of(rule("r", *when), impossible=(ImpossibleFacts(when, text("")),))
    assert [finding.rules for finding in found(book, "never_matches")] == [("r",)]


def test_with_a_fallback_there_is_always_a_next_step() -> None:
    assert report_of(book_of(rule("r", between("days", 1, 9)))).always_a_next_step


def test_without_a_fallback_somebody_without_a_next_step_is_found() -> None:
    rules = [rule("a", between("days", 0, 100)), rule("b", Condition("days", or_unknown=True), among("paid", "yes"))]
    book = rulebook([DAYS, PAID], rules)
    report = report_of(book)
    (finding,) = [finding for finding in report.findings if finding.code == "no_next_step"]
    assert finding.example == {}
    assert not report.always_a_next_step


def test_rules_that_together_meet_everybody_need_no_fallback() -> None:
    known, unknown = Condition("days", known=True), Condition("days", or_unknown=True)
    assert report_of(rulebook([DAYS], [rule("a", known), rule("b", unknown)])).always_a_next_step


def test_where_all_core_questions_are_answered_and_only_the_fallback_speaks_is_a_gap() -> None:
    stage = replace(STAGE, asked=Asked.CORE)
    book = book_of(rule("a", among("stage", "new")), rule("b", among("stage", "refused")), facts=(DAYS, stage, PAID))
    (gap,) = found(book, "gap")
    assert gap.example == {"stage": "waiting"}
    assert gap.where[0].en == "stage: waiting; the rest is open"


def test_the_share_of_the_fallback_is_counted_exactly() -> None:
    report = report_of(book_of(rule("a", among("stage", "new")), rule("b", among("paid", "yes"))))
    assert report.regions == 4 * 3
    assert report.fallback_regions == (3 * 2, 3 * 2)


def test_every_region_of_a_topic_is_enumerated() -> None:
    book = book_of(rule("a", among("stage", "new")), rule("b", among("paid", "yes")))
    (count,) = report_of(book).topics
    assert (count.facts, count.regions, count.unanswered, count.single, count.several) == (2, 12, 6, 5, 1)


def test_rules_that_are_not_in_force_on_the_day_do_not_count() -> None:
    late, ended = rule("late", between("days", 31, 100)), replace(rule("no", among("stage", "refused")))
    book = with_single_winners(book_of(late, replace(ended, valid_until=date(2026, 6, 30))))
    assert not [f for f in report_of(book, date(2026, 7, 1)).findings if f.code == "overlap"]
    assert [f for f in report_of(book, date(2026, 6, 30)).findings if f.code == "overlap"]


GUARDED = book_of(
    rule("danger", among("stage", "refused"), advise="call", urgency=Urgency.NOW),
    rule("pay", between("days", 1, 100), advise="pay", yields_to=["danger"]),
)


@pytest.mark.parametrize(
    ("when", "promise", "holds"),
    [
        ((among("stage", "refused"),), {"must": ("call",)}, True),
        ((between("days", 1, 100),), {"must": ("pay",)}, False),
        ((between("days", 1, 100),), {"must_one_of": ("pay", "call")}, True),
        ((), {"must_one_of": ("pay", "call", "talk")}, True),
        ((), {"must_one_of": ("pay", "call")}, False),
        ((among("stage", "refused"),), {"must_not": ("pay",)}, True),
        ((among("paid", "yes"),), {"must_not": ("pay",)}, False),
        ((among("stage", "refused"),), {"only": ("call",)}, True),
        ((among("stage", "new"),), {"only": ("call", "talk")}, False),
        ((among("stage", "refused"),), {"first_one_of": ("call",)}, True),
        ((between("days", 1, 100),), {"first_one_of": ("call",)}, False),
        ((between("days", 1, 100),), {"fires_one_of": ("pay", "danger")}, True),
        ((between("days", 0, 100),), {"fires_one_of": ("pay", "danger")}, False),
        ((between("days", 1, 100),), {"fires_one_of": ("pay",)}, False),
    ],
)
def test_a_property_is_proved_or_a_person_is_found_for_whom_it_fails(
    when: tuple[Condition, ...], promise: dict[str, tuple[str, ...]], holds: bool
) -> None:
    broken = found(promised(GUARDED, *when, **promise), "property_broken")
    assert (not broken) == holds
    assert all(meets(dict(finding.example or {}), when) for finding in broken)


def test_whoever_hears_none_of_the_rules_that_a_property_wants_is_found_and_the_rules_are_named() -> None:
    (finding,) = found(promised(GUARDED, between("days", 0, 100), fires_one_of=("pay", "danger")), "property_broken")
    assert (finding.rules, finding.example) == (("pay", "danger"), {"days": 0})
    assert "(“pay”, “danger”)" in finding.text.en


def test_the_first_step_is_judged_in_the_order_of_the_plan() -> None:
    rules = rule("a", among("paid", "yes"), urgency=Urgency.TODAY), rule("b", among("paid", "yes"), urgency=Urgency.NOW)
    book = book_of(*rules)
    assert not found(promised(book, among("paid", "yes"), first_one_of=("b",)), "property_broken")
    (finding,) = found(promised(book, among("paid", "yes"), first_one_of=("a",)), "property_broken")
    assert finding.rules == ("b",)


def test_a_step_that_falls_away_as_days_pass_makes_the_plan_less_urgent() -> None:
    book = book_of(
        rule("soon", between("days", 1, 30), urgency=Urgency.TODAY),
        rule("later", between("days", 25, 100), urgency=Urgency.THIS_WEEK),
    )
    (finding,) = found(promised(book, between("days", 1, 100), grows="days"), "property_broken")
    assert finding.rules == ("soon",)
    assert finding.example == {"days": 30}


def test_a_step_that_hands_over_to_one_as_urgent_keeps_the_urgency() -> None:
    book = book_of(
        rule("soon", between("days", 1, 30), urgency=Urgency.TODAY),
        rule("later", between("days", 31, 100), urgency=Urgency.TODAY),
    )
    assert not found(promised(book, between("days", 1, 100), grows="days"), "property_broken")


def test_a_step_that_is_silenced_by_one_less_urgent_makes_the_plan_less_urgent() -> None:
    book = book_of(
        rule("soon", among("paid", "no"), urgency=Urgency.TODAY, yields_to=["slow"]),
        rule("slow", between("days", 50, 100), urgency=Urgency.THIS_MONTH),
    )
    (finding,) = found(promised(book, among("paid", "no"), grows="days"), "property_broken")
    assert finding.example == {"days": 49, "paid": False}


def urgency_on(
    book: Rulebook, compiled: CompiledRules, when: tuple[Condition, ...], values: dict[str, Value]
) -> int | None:
    """The rank of the most urgent step; None where nobody can be or the property does not apply."""
    if not meets(values, when) or any(meets(values, bar.when) for bar in book.impossible):
        return None
    return min(book.rule(rule_id).urgency.rank for rule_id in speaking_ids(compiled, book, values))


def first_action(book: Rulebook, ids: set[str]) -> str:
    return min((book.rule(rule_id) for rule_id in ids), key=lambda rule: place_in_plan(book, rule)).advise


@few
@given(small_rulebooks(), several_conditions(at_most=2), st.lists(st.sampled_from([*ACTIONS, "talk"]), min_size=1))
def test_properties_hold_exactly_where_trying_every_situation_says_so(
    book: Rulebook, when: tuple[Condition, ...], actions: list[str]
) -> None:
    compiled = compile_rules(promised(book, *when))
    tried = [v for v in every_situation(compiled, book) if meets(v, when)]
    speaking = [speaking_ids(compiled, book, values) for values in tried]
    advised = [{book.rule(rule_id).advise for rule_id in ids} for ids in speaking]
    wanted = set(actions) & set(book.actions)
    expected = {
        "must": all(wanted <= said for said in advised),
        "must_one_of": all(wanted & said for said in advised),
        "must_not": not any(wanted & said for said in advised),
        "only": all(said <= wanted for said in advised),
        "first_one_of": all(first_action(book, ids) in wanted for ids in speaking),
    }
    for kind, holds in expected.items():
        if wanted:
            broken = found(promised(book, *when, **{kind: tuple(sorted(wanted))}), "property_broken")
            assert (not broken) == holds, kind


@few
@given(small_rulebooks(), several_conditions(at_most=1))
def test_urgency_never_falls_exactly_where_trying_every_day_says_so(
    book: Rulebook, when: tuple[Condition, ...]
) -> None:
    compiled = compile_rules(book)
    others = [v for v in every_situation(compile_rules(promised(book, *when)), book) if "days" not in v]
    weeks = [[urgency_on(book, compiled, when, {**values, "days": days}) for days in range(7)] for values in others]
    falls = any(
        before is not None and after is not None and after > before
        for week in weeks
        for before, after in pairwise(week)
    )
    assert bool(found(promised(book, *when, grows="days"), "property_broken")) == falls


@few
@given(small_rulebooks())
def test_overlaps_hidden_rules_and_the_fallback_are_what_trying_every_situation_finds(book: Rulebook) -> None:
    compiled = compile_rules(book)
    speaking = [speaking_ids(compiled, book, values) for values in every_situation(compiled, book)]
    heard = set().union(*speaking)
    report = report_of(book)
    hidden = {f.rules[0] for f in report.findings if f.code in ("never_speaks", "never_matches")}
    assert hidden == {rule.id for rule in book.rules if not rule.is_fallback} - heard
    overlapping = {frozenset(f.rules) for f in report.findings if f.code == "overlap"}
    assert overlapping == {
        frozenset((one.id, other.id))
        for ids in speaking
        for one in map(book.rule, ids)
        for other in map(book.rule, ids)
        if one.topic == other.topic and one.id != other.id
    }
    asked = {condition.fact for holder in (*book.rules, *book.impossible) for condition in holder.when}
    unasked = prod(len(fact.cells) - (fact.id == "stage") for fact in compiled.facts if fact.id not in asked)
    assert report.regions * unasked == len(speaking)
    assert report.fallback_regions.low * unasked == sum(ids == {"fallback"} for ids in speaking)


def test_a_rule_without_a_case_that_fires_it_or_just_misses_it_is_named() -> None:
    rules = rule("late", between("days", 31, 100), among("paid", "no")), rule("no", among("stage", "refused"))
    cases = (Case("fires", {"days": 31, "paid": False}), Case("misses", {"days": 30, "paid": False}))
    book = book_of(*rules, cases=cases)
    assert [finding.rules for finding in found(book, "no_firing_case")] == [("no",)]
    assert [finding.rules for finding in found(book, "no_near_case")] == []
    assert (report_of(book).coverage.edges, report_of(book).coverage.edges_tried) == (1, 1)


def test_guidance_that_no_rule_covers_and_nobody_left_out_is_an_error() -> None:
    points = {"G01": GuidancePoint("G01", text("")), "G02": GuidancePoint("G02", text(""), left_out=text("unsafe"))}
    assert len(found(book_of(rule("r", PAID_YES), guidance=points), "guidance_open")) == 1
    assert not found(book_of(replace(rule("r", PAID_YES), covers=("G01",)), guidance=points), "guidance_open")


def test_words_of_the_vocabulary_that_nobody_uses_are_warned_about() -> None:
    book = book_of(rule("r", PAID_YES), facts=(PAID, DAYS, day("hearing_on"), some_of("conduct", "threat")))
    unused = found(book, "unused_fact")
    assert [f.severity for f in unused] == [Severity.WARNING] * 3
    assert not found(
        book_of(rule("r", holding("conduct", "threat")), facts=(some_of("conduct", "threat"),)), "unused_fact"
    )


def test_three_hundred_rules_over_forty_five_facts_are_checked_within_a_second() -> None:
    book = large_rulebook(rules=300, facts=45)
    compiled = compile_rules(book)
    start = process_time()
    report = check_rulebook(book, compiled)
    assert process_time() - start < 2  # processor time; below 1 on an idle machine, the rest is for a busy one
    assert report.always_a_next_step
    assert not report.undecided


def test_the_starter_rulebook_is_proved() -> None:
    report = report_of(starter_rulebook())
    assert not report.errors
    assert report.always_a_next_step
    assert report.fallback_regions.is_exact
    assert not report.large_topics
