"""The people of the simulation: what they do and when, by chance; they know nothing of the notifier."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from services.casebook.case_states import resume, snooze, stop
from services.casebook.cases import FollowUpCancelledError, NewCase, answer, open_case, record_event
from services.casebook.clock import local_day
from services.casebook.database import Database
from services.casebook.desk import Desk
from services.casebook.events import EventError, find_type, read_event
from services.casebook.model import ChannelState, EventSource
from services.casebook.releases import Shelf
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from services.rulebook.problems import SituationError
from services.rulebook.situation import read_situation

ZONES = ("Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York")
BETWEEN_EVENTS = 30.0
"""Days between two things that a person does of their own accord, on average."""
ANSWERS = 0.45
"""How likely a message is to be answered."""
EVENTS: tuple[tuple[str, int], ...] = (
    ("lender.contacted", 6), ("offer.sent", 6), ("offer.refused", 6), ("offer.accepted", 6), ("payment.made", 6),
    ("payment.missed", 3), ("agreement.broken", 2), ("mediation.applied", 4), ("mediation.scheduled", 4),
    ("mediation.failed", 2), ("court_paper.received", 4), ("complaint.sent", 3), ("call.missed", 6),
    ("safety.changed", 2), ("case.closed", 1), ("stop", 1), ("snooze", 3), ("resume", 2), ("debt.paid", 1),
)  # fmt: skip
FACTS: tuple[dict[str, object], ...] = (
    {"negotiation": "not_started", "ability_to_pay": "partial", "days_overdue": 12},
    {"negotiation": "waiting", "days_waiting": 0, "ability_to_pay": "partial", "days_overdue": 40},
    {"negotiation": "refused", "ability_to_pay": "none", "days_overdue": 95},
    {"negotiation": "not_started", "ability_to_pay": "full_now", "days_overdue": 1},
    {"negotiation": "not_started", "days_until_due": 9, "ability_to_pay": "partial"},
)


@dataclass(slots=True)
class People:
    """Everybody, and a list of who does what next."""

    database: Database
    shelf: Shelf
    random: Random
    are_awake: bool = True
    done: int = 0
    _next: list[tuple[datetime, int, str, int | None]] = field(default_factory=list)
    _numbers: Any = field(default_factory=count)

    @property
    def next_at(self) -> datetime | None:
        return self._next[0][0] if self._next and self.are_awake else None

    def arrive(self, number: int, now: datetime) -> None:
        for _ in range(number):
            facts = {"product": "jiebei", "safety_state": "ok", **self.random.choice(FACTS)}
            zone = self.random.choice(ZONES)
            with self.database.write() as session:
                desk = Desk(session, self.shelf.in_force(session, now), now)
                situation = read_situation(desk.release.rulebook, facts)
                consent = {"counsellor": now.isoformat()} if self.random.random() < 0.5 else {}
                case = open_case(desk, NewCase(situation, "zh-CN", zone, 730, consent)).case
                session.add(_channel(case.id, zone, now))
            self._plan_event(case.id, now)

    def got(self, case_id: str, follow_up_id: int, now: datetime) -> None:
        """A message arrived; some answer it, sooner or later."""
        if self.random.random() < ANSWERS:
            self._plan(now + timedelta(hours=self.random.uniform(0.2, 72)), case_id, follow_up_id)

    def act(self, now: datetime) -> None:
        while self.are_awake and self._next and self._next[0][0] <= now:
            _, _, case_id, follow_up_id = heappop(self._next)
            with suppress(EventError, SituationError, FollowUpCancelledError), self.database.write() as session:
                desk = Desk(session, self.shelf.in_force(session, now), now)
                case = session.get_one(CaseRow, case_id)
                if follow_up_id is None:
                    self._do_something(desk, case)
                else:
                    self._answer(desk, case, session.get_one(FollowUpRow, follow_up_id))
                self.done += 1
            if follow_up_id is None:
                self._plan_event(case_id, now)

    def _answer(self, desk: Desk, case: CaseRow, row: FollowUpRow) -> None:
        if row.answered_at is not None:
            return
        fact = desk.release.rulebook.facts.get(row.ask or "")
        value: object = self.random.random() < 0.8
        if fact is not None and fact.words:
            value = self.random.choice(fact.words)
        elif fact is not None and fact.kind.is_number:
            value = self.random.randint(fact.minimum, min(fact.maximum, fact.minimum + 30))
        answer(desk, case, row, value, EventSource.ANSWER)

    def _do_something(self, desk: Desk, case: CaseRow) -> None:
        names, weights = zip(*EVENTS, strict=True)
        (name,) = self.random.choices(names, weights)
        if name == "stop":
            stop(desk, case)
        elif name == "resume":
            resume(desk, case)
        elif name == "snooze":
            snooze(desk, case, desk.now + timedelta(days=self.random.choice((1, 3, 7))))
        else:
            data = self._data(name, desk, case)
            event = read_event(desk.release.rulebook, find_type(name), data, desk.now)
            record_event(desk, case, event, EventSource.PERSON)

    def _data(self, name: str, desk: Desk, case: CaseRow) -> dict[str, object]:
        day = local_day(desk.now, case.time_zone) + timedelta(days=self.random.randint(2, 40))
        return {
            "offer.accepted": {"next_instalment_on": day.isoformat(), "agreement_written": self.random.random() < 0.5},
            "payment.made": {"next_instalment_on": day.isoformat()},
            "mediation.scheduled": {"mediation_session_on": day.isoformat()},
            "court_paper.received": {"kind": "summons", "hearing_on": day.isoformat()},
            "safety.changed": {"safety_state": self.random.choice(("ok", "distressed", "self_harm_risk"))},
        }.get(name, {})

    def _plan_event(self, case_id: str, now: datetime) -> None:
        self._plan(now + timedelta(days=self.random.expovariate(1 / BETWEEN_EVENTS)), case_id, None)

    def _plan(self, at: datetime, case_id: str, follow_up_id: int | None) -> None:
        heappush(self._next, (at, next(self._numbers), case_id, follow_up_id))


def _channel(case_id: str, zone: str, now: datetime) -> ChannelRow:
    return ChannelRow(
        case_id=case_id, kind="webhook", address={}, state=ChannelState.VERIFIED, verify_nonce="", verify_until=now,
        time_zone=zone, window_from="09:00", window_until="20:30", per_day=1, per_week=2, created_at=now,
        verified_at=now,
    )  # fmt: skip
