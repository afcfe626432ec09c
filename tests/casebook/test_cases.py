"""One event, one transaction: facts, decision, plan and promises, and what can be worked out again from them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import update

from services.casebook.cases import FollowUpCancelledError
from services.casebook.decisions import ReplayError, plan_changes, replay
from services.casebook.event_types import EVENT_TYPES
from services.casebook.events import EventError
from services.casebook.model import CaseState, FollowUpState
from services.casebook.outbox import take_back_all
from services.casebook.tables import DecisionRow, EventRow, FollowUpRow
from services.rulebook.model import Rulebook
from tests.casebook.life import Life

DEBT = {
    "product": "jiebei",
    "days_overdue": 12,
    "ability_to_pay": "partial",
    "negotiation": "not_started",
    "safety_state": "ok",
    "conduct": ["insult"],
    "next_payday_on": "2026-12-10",
}


def counts(life: Life) -> tuple[int, ...]:
    return len(life.events()), len(life.decisions()), len(life.rows())


def test_every_event_has_its_decision(life: Life) -> None:
    life.open(DEBT)
    life.tell("offer.sent")
    life.tell("offer.refused")
    assert [row.event_id for row in life.decisions()] == sorted({row.event_id for row in life.decisions()})
    assert len(life.decisions()) == len(life.events()) == 3


def test_what_fails_halfway_leaves_nothing(life: Life) -> None:
    life.open(DEBT)
    before = counts(life)

    def fail(desk: object, case: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        life.do(lambda desk, case: (take_back_all(desk.session, case.id, "a test"), fail(desk, case)))
    assert counts(life) == before
    assert life.rows(FollowUpState.SCHEDULED)


def test_an_event_that_is_refused_leaves_nothing(life: Life) -> None:
    life.open(DEBT)
    before = counts(life)
    with pytest.raises(EventError):
        life.tell("offer.sent", amount_fen="a lot")
    assert counts(life) == before


def test_every_decision_can_be_worked_out_again_byte_for_byte(life: Life) -> None:
    life.open({**DEBT, "days_waiting": 2}, language="zh-CN")
    life.tell("offer.sent")
    life.wait(12)
    life.tell("answer.given", fact="credit_report", value=None)
    life.tell("court_paper.received", kind="summons", hearing_on="2027-01-10")
    for row in life.decisions():
        with life.database.read() as session:
            answer = replay(life.shelf.release(session, row.release), row)
        assert hashlib.sha256(answer).hexdigest() == row.answer_sha256
        assert hashlib.sha256(row.facts.encode()).hexdigest() == row.facts_sha256


def test_a_decision_that_was_tampered_with_cannot_be_worked_out_again(life: Life) -> None:
    life.open(DEBT)
    with life.database.write() as session:
        session.execute(
            update(DecisionRow).where(DecisionRow.case_id == life.case_id).values(facts='{"days_overdue":13}')
        )
    with life.database.read() as session, pytest.raises(ReplayError):
        replay(life.shelf.in_force(session, life.now), life.decisions()[0])


def test_a_day_that_rolls_along_with_the_decision_has_not_moved(life: Life) -> None:
    life.open(DEBT)
    life.wait(2)
    recorded = life.tell("help.wanted")
    with life.database.read() as session:
        changes = plan_changes(recorded.made, life.shelf.in_force(session, life.now), "")
    assert changes["moved"] == []


def test_a_rule_that_goes_on_speaking_does_not_ask_again_each_time(life: Life) -> None:
    life.open({**DEBT, "negotiation": "refused"})
    first = {row.dedupe_key for row in life.rows() if row.rule_id == "refused-ask-once-more"}
    life.wait(2)
    life.tell("call.missed")
    assert {row.dedupe_key for row in life.rows() if row.rule_id == "refused-ask-once-more"} == first


def test_a_rule_that_speaks_again_after_a_break_asks_again(life: Life) -> None:
    life.open({**DEBT, "negotiation": "refused"})
    life.tell("offer.sent")
    recorded = life.tell("offer.refused")
    assert [
        row.local_day.isoformat() for row in recorded.promised.created if row.rule_id == "refused-ask-once-more"
    ] == [
        "2026-12-01",
        "2026-12-08",
    ]


def test_the_last_question_of_a_rule_is_repeated_when_it_was_answered(life: Life) -> None:
    life.open({**DEBT, "contact_current": True, "negotiation": "waiting"})
    asked = [row for row in life.rows() if row.rule_id == "details-still-right"]
    recorded = life.answer(asked[-1], True)
    again = [row for row in recorded.promised.created if row.rule_id == "details-still-right"]
    assert [row.local_day - asked[-1].local_day for row in again] == [timedelta(0)]


def test_an_answer_before_the_message_takes_the_message_back(life: Life) -> None:
    life.open(DEBT)
    asked = next(row for row in life.rows() if row.ask == "negotiation")
    life.answer(asked, "waiting")
    row = next(row for row in life.rows() if row.id == asked.id)
    assert row.state is FollowUpState.CANCELLED
    assert row.answered_at == life.now


def test_an_answered_question_may_be_answered_otherwise(life: Life) -> None:
    life.open(DEBT)
    asked = next(row for row in life.rows() if row.ask == "negotiation")
    life.answer(asked, "waiting")
    life.answer(asked, "refused")
    assert life.case().facts["negotiation"] == "refused"


def test_a_cancelled_question_cannot_be_answered(life: Life) -> None:
    life.open(DEBT)
    cancelled = life.tell("offer.refused").promised.cancelled[0]
    with pytest.raises(FollowUpCancelledError):
        life.answer(cancelled, "waiting")


def test_missed_calls_are_counted_over_seven_days(life: Life) -> None:
    life.open({**DEBT, "missed_calls_7d": 2})
    life.tell("call.missed", count=3)
    assert life.case().facts["missed_calls_7d"] == 5
    life.wait(8)
    life.tell("call.missed")
    assert life.case().facts["missed_calls_7d"] == 1


def test_conduct_is_added_to_what_was_known(life: Life) -> None:
    life.open(DEBT)
    life.tell("conduct.seen", conduct=["threat"])
    assert life.case().facts["conduct"] == ["insult", "threat"]


def test_any_fact_may_be_told_on_the_occasion(life: Life) -> None:
    life.open(DEBT)
    life.tell("offer.refused", credit_report="overdue_recorded")
    assert life.case().facts["credit_report"] == "overdue_recorded"


def test_an_income_that_changed_is_reckoned_anew(life: Life) -> None:
    life.open(DEBT)
    life.tell("income.changed", net_income_fen=400_000)
    assert "ability_to_pay" not in life.case().facts


def test_payments_without_an_agreement_promise_nothing(life: Life) -> None:
    life.open(DEBT)
    life.tell("payment.made", amount_fen=5_000)
    assert "promise_status" not in life.case().facts


def test_what_happened_days_ago_counts_from_that_day(life: Life) -> None:
    life.open(DEBT)
    life.tell("offer.sent", life.now - timedelta(days=4))
    assert life.case().anchors["days_waiting"] == "2026-11-20"


def test_midnight_is_that_of_the_person(life: Life) -> None:
    life.now = life.now.replace(hour=17)  # one in the morning of the next day in Shanghai
    life.open(DEBT)
    assert life.decisions()[0].as_of.isoformat() == "2026-11-25"
    assert life.case().anchors["days_overdue"] == "2026-11-13"


def test_a_case_that_was_closed_opens_with_the_next_event(life: Life) -> None:
    life.open(DEBT)
    life.tell("case.closed")
    assert life.case().state is CaseState.SETTLED
    assert life.rows(FollowUpState.SCHEDULED) == []
    life.tell("court_paper.received", kind="summons")
    assert life.case().state is CaseState.OPEN
    assert life.rows(FollowUpState.SCHEDULED)


def test_events_are_only_added(life: Life) -> None:
    life.open(DEBT)
    with life.database.read() as session:
        first = session.query(EventRow).filter_by(case_id=life.case_id).one()
    life.tell("facts.corrected", facts={"days_overdue": 20})
    with life.database.read() as session:
        kept = session.get_one(EventRow, first.id)
    assert kept.facts_changed == first.facts_changed
    assert life.case().anchors["days_overdue"] == "2026-11-04"


def test_every_event_type_sets_only_facts_that_the_starter_rulebook_has(life: Life) -> None:
    with life.database.read() as session:
        rulebook: Rulebook = life.shelf.in_force(session, life.now).rulebook
    for kind in EVENT_TYPES.values():
        named = {*kind.sets, *kind.starts, *(spec.fact for spec in kind.fields if spec.fact)}
        assert named <= set(rulebook.facts), kind.id


def test_due_moments_are_in_the_persons_own_time_zone(life: Life) -> None:
    life.open(DEBT, time_zone="Europe/Berlin")
    asked = [row for row in life.rows() if row.rule_id is not None and row.hour is None]
    assert {row.due_at.hour for row in asked} <= {8, 9}


def test_replay_needs_the_same_release(life: Life) -> None:
    life.open(DEBT)
    with life.database.read() as session:
        release = life.shelf.in_force(session, life.now)
    other = replace(release, rulebook=replace(release.rulebook, fingerprint="0" * 64))
    with pytest.raises(ReplayError):
        replay(other, life.decisions()[0])


def test_a_follow_up_is_promised_once_however_often_the_rules_run(life: Life) -> None:
    life.open(DEBT)
    for _ in range(3):
        life.tell("help.wanted")
    keys = [row.dedupe_key for row in life.rows()]
    assert len(keys) == len(set(keys))
    assert isinstance(life.rows()[0], FollowUpRow)


def test_events_told_at_the_same_time_wait_for_each_other(life: Life) -> None:
    life.open(DEBT)
    threads = [Thread(target=life.tell, args=("call.missed",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert life.case().version == 7
    assert life.case().facts["missed_calls_7d"] == 6
