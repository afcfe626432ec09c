"""Twenty made-up people at all stages of the way, for `ashore demo`. Nobody here exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Facts = Mapping[str, object]


class Happening(NamedTuple):
    """What happened so many days after the case was opened. A value such as `+5` is a day that long afterwards."""

    day: int
    event: str
    data: Facts = {}


@dataclass(frozen=True, slots=True)
class Story:
    """One person: when the case was opened, what was known then, and what has happened since."""

    name: str
    days_ago: int
    facts: Facts
    happened: tuple[Happening, ...] = ()
    consent: tuple[str, ...] = ()
    is_silent: bool = field(default=False)
    """They did not answer any message after the last happening."""


_DEBT: Facts = {"product": "jiebei", "debt_status": "agreed", "safety_state": "ok", "age_group": "adult"}
_PARTLY: Facts = {**_DEBT, "days_overdue": 12, "ability_to_pay": "partial", "negotiation": "not_started"}
_WAITING: Facts = {**_PARTLY, "days_overdue": 20, "negotiation": "waiting", "days_waiting": 1}
_REFUSED: Facts = {**_PARTLY, "days_overdue": 45, "negotiation": "refused", "records_kept": "some"}
_PHONED: Facts = {**_PARTLY, "days_overdue": 35, "negotiation": "waiting", "days_waiting": 2}
_PLAN: Facts = {"agreement_written": True, "agreement_affordable": True, "next_instalment_on": "+10"}

STORIES = (
    Story("before the due date", 2, {**_DEBT, "days_until_due": 9, "ability_to_pay": "none"}),
    Story("forgot to pay", 0, {**_DEBT, "days_overdue": 3, "ability_to_pay": "full_now"}),
    Story("the freelancer on the first day", 0, {**_PARTLY, "missed_calls_7d": 9, "income_outlook": "irregular"}),
    Story("nothing known yet", 0, {}),
    Story("waiting for a first answer", 2, _PARTLY, (Happening(1, "offer.sent", {"amount_fen": 80_000}),)),
    Story("waiting for a week", 9, _PARTLY, (Happening(1, "offer.sent"), Happening(4, "call.missed", {"count": 3}))),
    Story("refused yesterday", 8, _WAITING, (Happening(7, "offer.refused", {"reason": "too little"}),)),
    Story("applied for mediation", 20, _REFUSED, (Happening(14, "mediation.applied"),)),
    Story(
        "the session is in four days",
        25,
        _REFUSED,
        (Happening(5, "mediation.applied"), Happening(20, "mediation.scheduled", {"session_on": "+9"})),
    ),
    Story(
        "settled in mediation",
        40,
        _REFUSED,
        (Happening(5, "mediation.applied"), Happening(30, "mediation.settled", {"next_instalment_on": "+20"})),
    ),
    Story("mediation has failed", 40, _REFUSED, (Happening(5, "mediation.applied"), Happening(36, "mediation.failed"))),
    Story("agreed by phone", 3, _PHONED, (Happening(2, "offer.accepted"),)),
    Story(
        "paying by the plan",
        70,
        _PHONED,
        (
            Happening(3, "agreement.received_in_writing", _PLAN),
            Happening(13, "payment.made", {"amount_fen": 100_000, "next_instalment_on": "+30"}),
            Happening(43, "payment.made", {"amount_fen": 100_000, "next_instalment_on": "+30"}),
        ),
    ),
    Story(
        "missed an instalment",
        15,
        _PHONED,
        (Happening(3, "agreement.received_in_writing", _PLAN), Happening(14, "payment.missed")),
    ),
    Story(
        "a payment order came",
        30,
        {**_REFUSED, "days_overdue": 150, "ability_to_pay": "none"},
        (Happening(26, "court_paper.received", {"kind": "payment_order", "legal_doc_verified": True}),),
    ),
    Story(
        "summoned to court",
        30,
        {**_REFUSED, "days_overdue": 200},
        (Happening(28, "court_paper.received", {"kind": "summons", "answer_by_on": "+12", "hearing_on": "+30"}),),
    ),
    Story(
        "needs support first",
        1,
        {**_PARTLY, "days_overdue": 60},
        (Happening(1, "safety.changed", {"safety_state": "self_harm_risk"}),),
    ),
    Story("never borrowed", 4, {**_DEBT, "debt_status": "not_mine", "days_overdue": 30}),
    Story("fell silent, a counsellor may look", 50, _PARTLY, consent=("counsellor",), is_silent=True),
    Story(
        "paid off",
        60,
        _PHONED,
        (Happening(3, "agreement.received_in_writing", _PLAN), Happening(50, "debt.paid", {"amount_fen": 500_000})),
    ),
)
