"""The journeys of a case from its opening to its end, on a clock that the test moves."""

from __future__ import annotations

from datetime import timedelta

from services.casebook.case_states import resume, snooze, stop
from services.casebook.model import CaseState, FollowUpKind, FollowUpState
from services.casebook.silence import LAST_WORD_AFTER
from services.casebook.tables import FollowUpRow
from tests.casebook.life import Life, said

FREELANCER = {
    "product": "jiebei",
    "days_overdue": 12,
    "missed_calls_7d": 9,
    "negotiation": "not_started",
    "ability_to_pay": "partial",
    "income_outlook": "irregular",
    "safety_state": "ok",
    "debt_status": "agreed",
    "records_kept": "complete",
}
REFUSED = {**FREELANCER, "negotiation": "refused", "days_overdue": 45}
AGREED = {
    **FREELANCER,
    "negotiation": "agreed",
    "agreement_written": True,
    "agreement_affordable": True,
    "promise_status": "on_track",
    "next_instalment_on": "2026-12-10",
}


def moments(rows: list[FollowUpRow], rule: str) -> list[str]:
    return [said(row)[:13] for row in rows if row.rule_id == rule]


# 1. No reply


def test_without_a_reply_they_are_reminded_after_3_days_and_advised_to_ask_again(life: Life) -> None:
    life.open(FREELANCER)
    life.tell("offer.sent")
    assert "wait_for_reply" in life.actions()
    sent = life.wait(3)
    assert moments(sent, "wait-a-few-days") == ["2026-11-27 10"]
    assert "second_request" in life.actions()
    assert "wait_for_reply" not in life.actions()


def test_the_answer_still_waiting_keeps_the_later_reminders(life: Life) -> None:
    life.open(FREELANCER)
    life.tell("offer.sent")
    reminder = next(row for row in life.wait(3) if row.rule_id == "wait-a-few-days")
    life.answer(reminder, "waiting")
    assert [day for day in life.coming("negotiation") if day < "2026-12-10"] == [
        "2026-12-01 10 negotiation",
        "2026-12-09 10 negotiation",
    ]


def test_a_new_request_starts_the_count_of_waiting_days_anew(life: Life) -> None:
    life.open(FREELANCER)
    life.tell("offer.sent")
    life.wait(2)
    life.tell("offer.sent")
    assert [day for day in life.coming("negotiation") if day < "2026-12-12"] == [
        "2026-11-29 10 negotiation",
        "2026-12-03 10 negotiation",
        "2026-12-11 10 negotiation",
    ]


# 2. Refused, then mediation


def test_a_refusal_leads_to_a_second_offer_the_complaint_channel_and_mediation(life: Life) -> None:
    life.open({**REFUSED, "negotiation": "waiting"})
    recorded = life.tell("offer.refused")
    assert {"second_request", "complain_to_lender", "apply_mediation"} <= set(life.actions())
    assert "wait_for_reply" not in life.actions()
    assert {row.rule_id for row in recorded.promised.created} >= {"refused-ask-once-more", "mediation-after-a-refusal"}


def test_after_applying_for_mediation_they_are_asked_after_3_7_and_14_days(life: Life) -> None:
    life.open(REFUSED)
    life.tell("mediation.applied")
    assert "prepare_mediation" in life.actions()
    asked = []
    for _ in range(3):
        asked += [row for row in life.wait(5) if row.rule_id == "applied-get-ready"]
        life.answer(asked[-1], "applied")
    assert moments(asked, "applied-get-ready") == ["2026-11-27 10", "2026-12-01 10", "2026-12-08 10"]


def test_a_session_is_reminded_of_3_days_before_and_on_the_evening_before(life: Life) -> None:
    life.open({**REFUSED, "mediation": "applied"})
    life.tell("mediation.scheduled", session_on="2026-12-10")
    sent = life.wait(20)
    assert moments(sent, "mediation-under-way") == ["2026-12-07 10", "2026-12-09 19", "2026-12-11 10"]


def test_a_session_that_is_moved_takes_its_reminders_along(life: Life) -> None:
    life.open({**REFUSED, "mediation": "applied"})
    life.tell("mediation.scheduled", session_on="2026-12-10")
    recorded = life.tell("mediation.scheduled", session_on="2026-12-20")
    assert sorted(said(row)[:10] for row in recorded.promised.cancelled if row.is_appointment) == [
        "2026-12-07",
        "2026-12-09",
        "2026-12-11",
    ]
    assert [day for day in life.coming("mediation") if "19 med" in day] == ["2026-12-19 19 mediation"]


# 3. Agreement and instalments


def test_an_agreement_by_phone_is_first_to_be_had_in_writing(life: Life) -> None:
    life.open({**FREELANCER, "negotiation": "waiting"})
    life.tell("offer.accepted", next_instalment_on="2026-12-10")
    assert "get_plan_in_writing" in life.actions()
    life.tell("agreement.received_in_writing")
    assert "get_plan_in_writing" not in life.actions()
    assert life.coming("agreement_written") == []


def test_an_instalment_is_reminded_of_3_days_and_1_day_before_in_the_morning(life: Life) -> None:
    life.open(AGREED)
    sent = life.wait(17)
    assert moments(sent, "remind-of-instalments") == ["2026-12-07 09", "2026-12-09 09", "2026-12-11 10"]


def test_a_payment_takes_back_what_was_to_be_asked_about_it_and_promises_the_next(life: Life) -> None:
    life.open(AGREED)
    life.wait(16)
    recorded = life.tell("payment.made", amount_fen=100_000, next_instalment_on="2027-01-10")
    assert [said(row)[:13] for row in recorded.promised.cancelled if row.is_appointment] == ["2026-12-11 10"]
    assert [day[:13] for day in life.coming("promise_status")] == ["2027-01-07 09", "2027-01-09 09", "2027-01-11 10"]


def test_a_payment_at_risk_leads_to_a_new_plan_before_the_old_one_breaks(life: Life) -> None:
    life.open(AGREED)
    life.tell("payment.at_risk", ability_to_pay="none")
    assert "renegotiate_before_missing" in life.actions()


def test_a_missed_instalment_is_mended_at_once(life: Life) -> None:
    life.open(AGREED)
    life.wait(17)
    life.tell("payment.missed")
    assert "repair_broken_plan" in life.actions()
    coming = [row for row in life.rows(FollowUpState.SCHEDULED) if row.rule_id == "mend-a-missed-instalment"]
    assert [said(row)[:10] for row in coming] == ["2026-12-12", "2026-12-14", "2026-12-18"]


def test_what_is_paid_off_is_closed_after_the_last_question(life: Life) -> None:
    life.open(AGREED)
    life.tell("debt.paid")
    assert "get_settlement_proof" in life.actions()
    sent = life.wait(90)
    assert moments(sent, "plan-finished") == ["2026-12-01 10", "2027-01-08 10"]
    assert not {row.kind for row in sent} & {FollowUpKind.SMALLER_TRY, FollowUpKind.LAST_WORD}
    assert life.case().state is CaseState.SETTLED
    assert life.rows(FollowUpState.SCHEDULED) == []


# 4. Silence


def test_after_the_smaller_try_nothing_else_is_asked_of_somebody_silent(life: Life) -> None:
    life.open(FREELANCER)
    kinds = [row.kind for row in life.wait(60)]
    tail = kinds[kinds.index(FollowUpKind.SMALLER_TRY) :]
    assert tail == [FollowUpKind.SMALLER_TRY, FollowUpKind.LAST_WORD]


def test_who_stays_silent_is_left_in_peace(life: Life) -> None:
    life.open(FREELANCER)
    life.wait(60)
    assert life.case().state is CaseState.QUIET
    assert life.wait(340) == []


def test_a_counsellor_sees_a_silent_case_only_with_consent(life: Life) -> None:
    life.open(FREELANCER)
    life.wait(60)
    assert life.queue() == []


def test_with_consent_a_silent_case_comes_into_the_counsellors_queue_once(life: Life) -> None:
    life.open(FREELANCER, consent={"counsellor": "2026-11-24T04:00:00+00:00"})
    life.wait(200)
    assert [row.reason for row in life.queue()] == ["silence"]


def test_who_comes_back_is_asked_again_and_leaves_the_queue(life: Life) -> None:
    life.open(FREELANCER, consent={"counsellor": "2026-11-24T04:00:00+00:00"})
    life.wait(60)
    life.tell("offer.refused")
    assert life.case().state is CaseState.OPEN
    assert life.queue() == []
    assert life.coming("negotiation")


def test_a_sign_of_life_takes_the_smaller_try_back(life: Life) -> None:
    life.open(FREELANCER)
    before = [row.id for row in life.rows(FollowUpState.SCHEDULED) if row.kind is FollowUpKind.SMALLER_TRY]
    recorded = life.tell("call.missed")
    assert before[0] in [row.id for row in life.rows(FollowUpState.CANCELLED)]
    assert FollowUpKind.SMALLER_TRY in [row.kind for row in recorded.promised.created]


def test_instalments_are_still_reminded_of_when_a_case_is_quiet(life: Life) -> None:
    life.open({**AGREED, "next_instalment_on": "2027-03-10"})
    life.wait(60)
    assert life.case().state is CaseState.QUIET
    assert moments(life.wait(60), "remind-of-instalments") == ["2027-03-07 09", "2027-03-09 09", "2027-03-11 10"]


def test_a_hearing_is_still_reminded_of_when_a_case_is_quiet(life: Life) -> None:
    life.open(FREELANCER)
    life.tell("court_paper.received", kind="summons", hearing_on="2027-02-01")
    life.wait(50)
    assert life.case().state is CaseState.QUIET
    assert moments(life.wait(30), "summons-late-answer") == ["2027-01-29 10", "2027-01-31 19"]


def test_court_deadlines_are_reminded_of_through_the_silence(life: Life) -> None:
    life.open(FREELANCER)
    life.tell("court_paper.received", kind="payment_order")
    assert moments(life.wait(30), "payment-order-in-time") == [
        "2026-11-29 10",
        "2026-12-04 10",
        "2026-12-07 10",
        "2026-12-09 10",
    ]


# 5. A court paper at any moment


def test_a_court_paper_comes_before_everything_with_its_deadline(life: Life) -> None:
    life.open(REFUSED)
    life.wait(5)
    recorded = life.tell("court_paper.received", kind="payment_order", legal_doc_verified=True)
    assert life.actions()[0] == "object_or_settle_payment_order"
    assert life.decisions()[-1].steps[0]["due"] == "2026-12-14"
    assert [said(row)[:10] for row in recorded.promised.created if row.rule_id == "payment-order-in-time"] == [
        "2026-12-04",
        "2026-12-09",
        "2026-12-12",
        "2026-12-14",
    ]


def test_a_paper_that_came_days_ago_has_less_time_left(life: Life) -> None:
    life.open(REFUSED)
    life.tell("court_paper.received", life.now - timedelta(days=6), kind="payment_order", legal_doc_verified=True)
    assert life.decisions()[-1].steps[0]["due"] == "2026-12-03"


def test_a_paper_that_is_dealt_with_stops_its_reminders(life: Life) -> None:
    life.open(REFUSED)
    life.tell("court_paper.received", kind="payment_order")
    life.tell("court_paper.dealt_with")
    assert not [row for row in life.rows(FollowUpState.SCHEDULED) if row.rule_id == "payment-order-in-time"]


# 6. From day 0 to day 400 with nothing done


def test_four_hundred_days_without_a_word_end_in_peace_and_in_order(life: Life) -> None:
    life.open({"product": "jiebei", "days_until_due": 0, "ability_to_pay": "none", "negotiation": "not_started"})
    sent = life.wait(400)
    assert life.case().state is CaseState.QUIET
    assert [row.due_at for row in sent] == sorted(row.due_at for row in sent)
    assert max(row.due_at for row in sent) <= life.case().opened_at + LAST_WORD_AFTER + timedelta(days=10)


def test_the_days_overdue_have_grown_by_themselves(life: Life) -> None:
    life.open({"product": "jiebei", "days_until_due": 0})
    life.wait(400)
    life.tell("call.missed")
    assert '"days_overdue":400' in life.decisions()[-1].facts


# 7. A sign of self-harm


def test_after_a_sign_of_self_harm_only_care_is_promised(life: Life) -> None:
    life.open(FREELANCER)
    life.tell("safety.changed", safety_state="self_harm_risk")
    coming = [row for row in life.rows(FollowUpState.SCHEDULED) if row.rule_id is not None]
    assert coming
    assert all(row.is_care and row.ask == "safety_state" for row in coming)
    assert life.case().care_until == life.now + timedelta(hours=72)


def test_the_care_time_goes_on_when_the_person_feels_better(life: Life) -> None:
    life.open(FREELANCER)
    life.tell("safety.changed", safety_state="self_harm_risk")
    signal = life.now
    life.wait(0.5)
    life.tell("safety.changed", safety_state="ok")
    assert life.case().care_until == signal + timedelta(hours=72)
    assert "propose_plan" in life.actions()


# Stop, snooze, resume


def test_stop_takes_every_message_back_and_the_plan_goes_on(life: Life) -> None:
    life.open(FREELANCER)
    life.do(stop)
    assert life.rows(FollowUpState.SCHEDULED) == []
    life.tell("offer.refused")
    assert "apply_mediation" in life.actions()
    assert life.rows(FollowUpState.SCHEDULED) == []
    assert life.case().state is CaseState.STOPPED


def test_resume_counts_from_today(life: Life) -> None:
    life.open(FREELANCER)
    life.do(stop)
    life.wait(10)
    life.do(resume)
    assert min(life.coming()) > "2026-12-04"
    assert life.case().state is CaseState.OPEN


def test_snooze_is_noted_and_keeps_what_was_promised(life: Life) -> None:
    life.open(FREELANCER)
    before = life.coming()
    life.do(snooze, life.now + timedelta(days=5))
    assert life.coming() == before
    assert life.case().snoozed_until == life.now + timedelta(days=5)
