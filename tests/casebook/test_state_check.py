"""From every state that a case can reach there is a next contact or a deliberate end.

A case is followed through every kind of event, one after the other and in random order; after each of them an open
case has a message to come, and whatever was told, silence ends in peace.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from services.casebook.event_types import EVENT_TYPES
from services.casebook.model import CaseState, FollowUpState
from services.casebook.upkeep import erase_old_cases
from tests.casebook.life import Life

DATA: Mapping[str, Mapping[str, object]] = {
    "conduct.seen": {"conduct": ["threat"]},
    "payment.made": {"next_instalment_on": "2027-01-10"},
    "payment.at_risk": {"ability_to_pay": "none"},
    "mediation.scheduled": {"session_on": "2026-12-20"},
    "court_paper.received": {"kind": "summons", "hearing_on": "2027-01-20"},
    "court_paper.dated": {"answer_by_on": "2026-12-05"},
    "safety.changed": {"safety_state": "self_harm_risk"},
    "credit_report.checked": {"result": "error_found"},
    "answer.given": {"fact": "negotiation", "value": None},
    "facts.corrected": {"facts": {"days_overdue": 200, "ability_to_pay": "full_now"}},
    "income.changed": {"income_outlook": "stopped"},
}
STARTS: Mapping[str, Mapping[str, object]] = {
    "nothing known": {},
    "not due yet": {"days_until_due": 5, "ability_to_pay": "none"},
    "overdue": {"product": "jiebei", "days_overdue": 12, "ability_to_pay": "partial", "negotiation": "not_started"},
    "agreed": {"days_overdue": 70, "negotiation": "agreed", "agreement_written": True, "promise_status": "on_track"},
    "not theirs": {"debt_status": "not_mine", "days_overdue": 30},
    "a minor": {"age_group": "minor", "days_overdue": 10},
    "can pay": {"days_overdue": 3, "ability_to_pay": "full_now", "debt_status": "agreed"},
    "paid off": {"days_overdue": 90, "promise_status": "completed", "negotiation": "agreed"},
}


def assert_there_is_a_way_on(life: Life) -> None:
    if life.case().state is CaseState.OPEN:
        assert life.rows(FollowUpState.SCHEDULED), life.events()
    else:
        assert life.case().state_because
    assert life.actions(), life.events()


@pytest.mark.parametrize("start", STARTS)
def test_after_the_opening_there_is_a_way_on(start: str, life: Life) -> None:
    life.open(STARTS[start])
    assert_there_is_a_way_on(life)


@pytest.mark.parametrize("start", ["nothing known", "overdue", "agreed"])
def test_after_every_event_there_is_a_way_on(start: str, life: Life) -> None:
    for event in EVENT_TYPES:
        life.open(STARTS[start])
        life.tell(event, **DATA.get(event, {}))
        assert_there_is_a_way_on(life)
        erase_old_cases(life.database, life.now.replace(year=2040))


@pytest.mark.parametrize("seed", range(6))
def test_after_any_events_in_any_order_there_is_a_way_on_and_in_the_end_peace(seed: int, life: Life) -> None:
    dice = random.Random(seed)
    life.open(dice.choice(list(STARTS.values())))
    for event in dice.choices(list(EVENT_TYPES), k=8):
        life.tell(event, **DATA.get(event, {}))
        assert_there_is_a_way_on(life)
        life.wait(dice.choice([0, 1, 6, 20]))
        assert_there_is_a_way_on(life)
    life.wait(400)
    assert life.case().state in (CaseState.QUIET, CaseState.SETTLED)
    assert life.wait(400) == []
