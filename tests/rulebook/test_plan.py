"""The order of steps, their dates, and when to come back to the person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.rulebook.model import FollowUp, Moment, Moves, Rule, Rulebook, Situation, Urgency
from services.rulebook.plan import Plan, make_plan
from services.rulebook.release import Release
from tests.rulebook.making import TODAY, among, between, day, number, one_of, rule, rulebook

FACTS = (
    number("days_overdue", moves=Moves.GROWS),
    number("days_since_doc", moves=Moves.GROWS),
    number("days_until_due", high=60, moves=Moves.FALLS, turns_into="days_overdue"),
    one_of("paper", "none", "summons"),
    day("hearing_on"),
)


def plan_for(book: Rulebook, **values: object) -> Plan:
    release = Release.build(book)
    decision = release.decide(Situation(values), TODAY)  # type: ignore[arg-type]
    release.close()
    return make_plan(book, decision)


def actions(plan: Plan) -> list[str]:
    return [step.action.id for step in plan.steps]


def test_safety_stands_before_what_is_more_urgent() -> None:
    rules = [rule("pay", urgency=Urgency.NOW), rule("seek_support", urgency=Urgency.THIS_WEEK)]
    assert actions(plan_for(rulebook(FACTS, rules, {"seek_support": 2}))) == ["seek_support", "pay"]


def test_after_safety_the_most_urgent_step_comes_first() -> None:
    rules = [rule("learn", urgency=Urgency.KEEP_DOING), rule("call", urgency=Urgency.TODAY)]
    assert actions(plan_for(rulebook(FACTS, rules, {"learn": 6, "call": 8}))) == ["call", "learn"]


def test_a_rule_may_take_its_own_place_in_the_order_of_safety() -> None:
    rules = [rule("court", urgency=Urgency.NOW, order=11), rule("police", urgency=Urgency.TODAY)]
    assert actions(plan_for(rulebook(FACTS, rules, {"court": 3, "police": 4}))) == ["police", "court"]


def test_two_reasons_for_one_action_make_one_step() -> None:
    rules = [rule("because-of-calls", advise="log"), rule("because-of-papers", advise="log", urgency=Urgency.NOW)]
    (step,) = plan_for(rulebook(FACTS, rules)).steps
    assert (step.rule.id, [also.id for also in step.also]) == ("because-of-papers", ["because-of-calls"])


@pytest.mark.parametrize(
    ("urgency", "in_days"),
    [(Urgency.NOW, 0), (Urgency.TODAY, 0), (Urgency.THIS_WEEK, 7), (Urgency.THIS_MONTH, 30)],
)
def test_a_step_without_a_deadline_is_due_as_its_urgency_says(urgency: Urgency, in_days: int) -> None:
    (step,) = plan_for(rulebook(FACTS, [rule("call", urgency=urgency)])).steps
    assert step.due == TODAY + timedelta(days=in_days)


def test_what_is_to_be_kept_up_has_no_date() -> None:
    (step,) = plan_for(rulebook(FACTS, [rule("log", urgency=Urgency.KEEP_DOING)])).steps
    assert step.due is None


def answer_summons() -> Rule:
    deadline = (Moment(fact="days_since_doc", reaches=15), Moment(date_fact="hearing_on", offset=-2))
    return rule("answer", among("paper", "summons"), deadline=deadline)


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"days_since_doc": 5}, date(2026, 12, 4)),
        ({"days_since_doc": 5, "hearing_on": date(2026, 12, 1)}, date(2026, 11, 29)),
        ({"hearing_on": date(2026, 12, 1)}, date(2026, 11, 29)),
        ({}, TODAY),
    ],
)
def test_the_earliest_deadline_that_can_be_worked_out_counts(values: dict[str, object], due: date) -> None:
    (step,) = plan_for(rulebook(FACTS, [answer_summons()]), paper="summons", **values).steps
    assert (step.due, step.is_late) == (due, False)


def test_a_deadline_that_has_passed_is_due_today_and_marked_late() -> None:
    (step,) = plan_for(rulebook(FACTS, [answer_summons()]), paper="summons", days_since_doc=16).steps
    assert (step.due, step.is_late) == (TODAY, True)


def test_a_deadline_on_its_last_day_is_not_late() -> None:
    (step,) = plan_for(rulebook(FACTS, [answer_summons()]), paper="summons", days_since_doc=15).steps
    assert (step.due, step.is_late) == (TODAY, False)


def test_a_falling_fact_gives_the_day_on_which_it_reaches_its_value() -> None:
    before_due = rule("ask_early", deadline=(Moment(fact="days_until_due", reaches=0),))
    (step,) = plan_for(rulebook(FACTS, [before_due]), days_until_due=3).steps
    assert step.due == date(2026, 11, 27)


def test_follow_ups_come_from_speaking_rules_in_order_of_their_day() -> None:
    wishes = (
        FollowUp(Moment(in_days=7), "paper"),
        FollowUp(Moment(date_fact="hearing_on", offset=-1), "paper", hour=19),
        FollowUp(Moment(fact="days_overdue", reaches=31), "paper"),
        FollowUp(Moment(fact="days_overdue", reaches=8), "paper"),
    )
    book = rulebook(FACTS, [rule("call", between("days_overdue", 1, 90), follow_up=wishes)])
    plan = plan_for(book, days_overdue=12, hearing_on=date(2026, 11, 28))
    assert [(wish.on, wish.hour) for wish in plan.follow_ups] == [
        (date(2026, 11, 27), 19),
        (date(2026, 12, 1), None),
        (date(2026, 12, 13), None),
    ]


def test_a_follow_up_is_the_same_occurrence_until_the_day_it_hangs_on_moves() -> None:
    wish = FollowUp(Moment(date_fact="hearing_on", offset=-1), "paper")
    book = rulebook(FACTS, [rule("call", follow_up=(wish,))])
    first, again, moved = (
        plan_for(book, hearing_on=date(2026, 12, last)).follow_ups[0].occurrence for last in (1, 1, 8)
    )
    assert first == again == "call/hearing_on-1@2026-11-30"
    assert moved != first
