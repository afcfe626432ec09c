"""The follow-up schedule E01-E32: the rules ask for each of its days, so that no date is typed anywhere else.

Not here, because no rule can know them: silence after a question (E30), which the casebook counts, and a new
release that touches a case (E31). The days on which something happens are answered by the plan itself.
"""

from __future__ import annotations

from datetime import date

import pytest

from services.rulebook.model import FollowUp
from services.rulebook.plan import moment_word
from tests.rulebook.starter import starter_rulebook

SOME_DAY = date(2026, 11, 24)

SCHEDULE = {
    "E01": ("reach-out-before-due", "days_until_due-7 days_until_due-3 days_until_due-1"),
    "E02": ("look-again-as-time-passes", "days_overdue-1"),
    "E03": ("wait-a-few-days", "days_waiting-3 days_waiting-7 days_waiting-15"),
    "E03 day unknown": ("wait-and-note-the-day", "in-3 in-7 in-15"),
    "E04": ("refused-ask-once-more", "in-7 in-14"),
    "E05": ("one-channel-one-time", "in-1 in-2 in-7"),
    "E06": ("details-still-right", "in-90"),
    "E07": ("start-the-log", "in-7 in-14 in-21"),
    "E08": ("put-the-agreement-in-writing", "in-1 in-2"),
    "E09": ("remind-of-instalments", "next_instalment_on-3 next_instalment_on-1 next_instalment_on+1"),
    "E10": ("mend-a-missed-instalment", "in-1 in-3 in-7"),
    "E11": ("plan-finished", "in-7 in-45"),
    "E12": ("complain-about-conduct", "in-7 in-15"),
    "E13": ("keep-track-of-the-complaint", "in-15 in-30"),
    "E14": ("object-to-an-error", "in-10 in-20 in-50"),
    "E14 not mine": ("object-to-a-loan-not-mine", "in-10 in-20 in-50"),
    "E15": ("applied-get-ready", "in-3 in-7 in-14"),
    "E16": ("invitation-take-part", "mediation_session_on-3 mediation_session_on-1 mediation_session_on+1"),
    "E17": ("mediation-under-way", "in-15 in-28"),
    "E18": ("settlement-confirm-or-not", "in-20 in-25"),
    "E19": ("payment-order-in-time", "days_since_doc-5 days_since_doc-10 days_since_doc-13 days_since_doc-15"),
    "E20": ("summons-answer-and-appear", "days_since_doc-5 answer_by_on-2 hearing_on-3 hearing_on-1"),
    "E21": (
        "judgment-appeal-or-perform",
        "days_since_doc-3 days_since_doc-10 days_since_doc-12 perform_by_on-3",
    ),
    "E22": ("enforcement-answer", "days_since_doc-3 days_since_doc-10"),
    "E23": ("free-the-living-money", "in-1 in-3"),
    "E24": ("stay-alive-support", "in-1 in-3"),
    "E25": ("one-small-step", "in-2 in-7"),
    "E26": ("credentials-secure-now", "in-1 in-7 in-30"),
    "E26 agent paid": ("agent-paid-check-accounts", "in-1 in-7 in-30"),
    "E27": ("report-threat-or-violence", "in-1 in-3"),
    "E28": ("deferral-to-a-certain-day", "income_resumes_on-3 income_resumes_on+0 income_resumes_on+1"),
    "E29": ("keep-the-budget-current", "next_payday_on+1"),
    "E32": (
        "look-again-as-time-passes",
        "days_overdue-1 days_overdue-8 days_overdue-30 days_overdue-60 days_overdue-90 days_overdue-180 "
        "days_overdue-365 days_overdue-1065",
    ),
}


@pytest.mark.parametrize("line", SCHEDULE)
def test_a_line_of_the_schedule_is_asked_for_by_a_rule(line: str) -> None:
    rule_id, moments = SCHEDULE[line]
    asked = {moment_word(follow_up.moment, SOME_DAY).split("@")[0] for follow_up in _follow_ups(rule_id)}
    assert set(moments.split()) - asked == set()


def test_instalments_are_reminded_of_at_nine() -> None:
    hours = {
        moment_word(follow_up.moment, SOME_DAY).split("@")[0]: follow_up.hour
        for follow_up in _follow_ups("remind-of-instalments")
    }
    assert (hours["next_instalment_on-3"], hours["next_instalment_on-1"]) == (9, 9)


def test_the_evening_before_a_session_is_an_evening() -> None:
    (hour,) = [f.hour for f in _follow_ups("mediation-under-way") if f.moment.offset == -1]
    assert hour == 19


def test_care_comes_in_the_morning_and_milestones_rest_while_the_strain_is_heavy() -> None:
    assert {follow_up.hour for follow_up in _follow_ups("stay-alive-support")} == {10}
    milestones = starter_rulebook().rule("look-again-as-time-passes")
    assert {"one-small-step", "stay-alive-support"} <= milestones.yields_to


def _follow_ups(rule_id: str) -> tuple[FollowUp, ...]:
    return starter_rulebook().rule(rule_id).follow_up
