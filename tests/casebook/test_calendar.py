"""The follow-up schedule E01-E32 in the life of a case: what happens, and on which days the person is asked then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import pytest

from services.casebook.model import FollowUpKind, FollowUpState
from tests.casebook.life import Life, said

TODAY = date(2026, 11, 24)
DEBT: Mapping[str, object] = {
    "product": "jiebei",
    "days_overdue": 20,
    "debt_status": "agreed",
    "safety_state": "ok",
    "age_group": "adult",
    "ability_to_pay": "partial",
    "negotiation": "not_started",
    "income_outlook": "stable",
    "records_kept": "some",
}
NOT_DUE_YET = {"days_overdue": None}
AGREED = {"negotiation": "agreed", "agreement_written": True, "promise_status": "on_track"}


def on(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


class Line(NamedTuple):
    """What is known and what happens; then the days, from today, on which one rule asks (`9@19` at 19:00)."""

    rule: str
    days: str
    facts: Mapping[str, object] = {}
    event: str = ""
    data: Mapping[str, object] = {}


SCHEDULE = {
    "E01": Line("reach-out-before-due", "3@9 7@9 9@9", {"days_until_due": 10, **NOT_DUE_YET}),
    "E03": Line("wait-a-few-days", "3 7 15", {}, "offer.sent"),
    "E04": Line("refused-ask-once-more", "7 14", {"negotiation": "waiting"}, "offer.refused"),
    "E05": Line("one-channel-one-time", "1 2 7", {}, "call.missed", {"count": 4}),
    "E06": Line("details-still-right", "90", {"contact_current": False}, "contact_details.updated"),
    "E07": Line("start-the-log", "7@19 14@19 21@19", {"records_kept": None}, "records.kept"),
    "E08": Line("put-the-agreement-in-writing", "1 2", {"negotiation": "waiting"}, "offer.accepted"),
    "E09": Line(
        "remind-of-instalments",
        "17@9 19@9 21",
        {"negotiation": "waiting"},
        "agreement.received_in_writing",
        {"next_instalment_on": on(20), "agreement_affordable": True},
    ),
    "E10": Line("mend-a-missed-instalment", "1 3 7", AGREED, "payment.missed"),
    "E11": Line("plan-finished", "7 45", AGREED, "debt.paid"),
    "E12": Line("complain-about-conduct", "7 15", {}, "conduct.seen", {"conduct": ["insult"]}),
    "E13": Line("keep-track-of-the-complaint", "15 30", {"conduct": ["insult"]}, "complaint.sent", {"to": "regulator"}),
    "E14": Line("object-to-an-error", "10 20 50", {}, "credit_report.checked", {"result": "error_found"}),
    "E15": Line("applied-get-ready", "3 7 14", {"negotiation": "refused"}, "mediation.applied"),
    "E16": Line(
        "mediation-under-way",
        "7 9@19 11 15 28",
        {"mediation": "applied"},
        "mediation.scheduled",
        {"session_on": on(10)},
    ),
    "E17": Line("mediation-under-way", "15 28", {"mediation": "applied"}, "mediation.started"),
    "E18": Line("settlement-confirm-or-not", "20 25", {"mediation": "in_progress"}, "mediation.settled"),
    "E19": Line("payment-order-in-time", "5 10 13 15", {}, "court_paper.received", {"kind": "payment_order"}),
    "E20": Line(
        "summons-answer-and-appear",
        "5 10 17 19@19",
        {},
        "court_paper.received",
        {"kind": "summons", "answer_by_on": on(12), "hearing_on": on(20)},
    ),
    "E21": Line(
        "judgment-appeal-or-perform",
        "3 10 12 17",
        {},
        "court_paper.received",
        {"kind": "judgment", "small_claims": False, "perform_by_on": on(20)},
    ),
    "E22": Line("enforcement-answer", "3 10", {}, "court_paper.received", {"kind": "enforcement"}),
    "E23": Line(
        "free-the-living-money",
        "1 3",
        {},
        "court_paper.received",
        {"kind": "enforcement", "living_money_frozen": True},
    ),
    "E24": Line("stay-alive-support", "1@10 3@10", {}, "safety.changed", {"safety_state": "self_harm_risk"}),
    "E25": Line("one-small-step", "2 7", {}, "safety.changed", {"safety_state": "distressed"}),
    "E26": Line("credentials-secure-now", "1 7 30", {}, "agent.approached", {"agent": "gave_credentials"}),
    "E27": Line("report-threat-or-violence", "1 3", {}, "conduct.seen", {"conduct": ["threat"]}),
    "E28": Line(
        "deferral-to-a-certain-day",
        "7 10 11",
        {},
        "income.changed",
        {"income_outlook": "resuming_by_date", "income_resumes_on": on(10), "ability_to_pay": "full_within_30d"},
    ),
    "E29": Line(
        "keep-the-budget-current", "8 30", {"net_income_fen": 500_000}, "budget.updated", {"next_payday_on": on(7)}
    ),
    "E32": Line("look-again-as-time-passes", "10 40 70 160 345 1045"),
}
"""E02, E30 and E31 need time to pass, silence and a new release; they are tested by themselves."""


@pytest.mark.parametrize("name", SCHEDULE)
def test_the_person_is_asked_on_the_days_of_the_schedule(name: str, life: Life) -> None:
    line = SCHEDULE[name]
    life.open({fact: value for fact, value in {**DEBT, **line.facts}.items() if value is not None})
    if line.event:
        life.tell(line.event, **line.data)
    asked = [row for row in life.rows(FollowUpState.SCHEDULED) if row.rule_id == line.rule]
    days = [f"{(row.local_day - TODAY).days}" + (f"@{row.hour}" if row.hour else "") for row in asked]
    assert " ".join(days) == line.days


def test_e02_on_the_first_day_overdue_they_are_asked_at_ten(life: Life) -> None:
    life.open({"days_until_due": 2, **{fact: value for fact, value in DEBT.items() if fact != "days_overdue"}})
    sent = life.wait(4)
    assert "2026-11-27 10 ability_to_pay" in [said(row) for row in sent if row.rule_id == "look-again-as-time-passes"]


def test_e30_silence_gets_a_smaller_try_after_a_week_and_a_last_word_after_three(life: Life) -> None:
    life.open({**DEBT, "records_kept": "complete"})
    first = life.rows(FollowUpState.SCHEDULED)[0].local_day
    sent = {row.kind: row.local_day for row in life.wait(60)}
    assert sent[FollowUpKind.SMALLER_TRY] == first + timedelta(days=7)
    assert sent[FollowUpKind.LAST_WORD] == first + timedelta(days=21)
