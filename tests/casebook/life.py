"""The life of a case on a clock that a test moves: the person does things, time passes, and we look at what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from services.casebook.authors import Author
from services.casebook.cases import NewCase, Opened, answer, open_case, record_event
from services.casebook.database import Database
from services.casebook.desk import Desk, Recorded
from services.casebook.events import find_type, read_event
from services.casebook.model import EventSource, FollowUpKind, FollowUpState, Role
from services.casebook.outbox import UNTIL_VERIFIED
from services.casebook.releases import Shelf
from services.casebook.tables import CaseRow, CounsellorQueueRow, DecisionRow, EventRow, FollowUpRow
from services.casebook.upkeep import look_after
from services.rulebook.situation import read_situation

START = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""Noon in Shanghai, a Tuesday."""
ZONE = "Asia/Shanghai"
LAWYER = Author("account:1", "a lawyer", Role.PUBLISHER)


@dataclass(slots=True)
class Life:
    """One person, their case, and a stand-in for the notifier that sends every message on time."""

    database: Database
    shelf: Shelf
    now: datetime = START
    case_id: str = ""
    token: str = ""
    sent: list[FollowUpRow] = field(default_factory=list)

    def open(self, facts: Mapping[str, object], **more: Any) -> Opened:
        with self.database.write() as session:
            desk = Desk(session, self.shelf.in_force(session, self.now), self.now)
            situation = read_situation(desk.release.rulebook, dict(facts))
            given: dict[str, Any] = {"language": "en", "time_zone": ZONE, "retention_days": 730, "consent": {}, **more}
            opened = open_case(desk, NewCase(situation=situation, **given))
        self.case_id, self.token = opened.case.id, opened.token
        return opened

    def tell(self, event: str, occurred_at: datetime | None = None, **data: object) -> Recorded:
        with self.database.write() as session:
            desk = Desk(session, self.shelf.in_force(session, self.now), self.now)
            case = session.get_one(CaseRow, self.case_id, with_for_update=True)
            told = read_event(desk.release.rulebook, find_type(event), data, occurred_at or self.now)
            return record_event(desk, case, told, EventSource.PERSON)

    def answer(self, row: FollowUpRow, value: object) -> Recorded:
        with self.database.write() as session:
            desk = Desk(session, self.shelf.in_force(session, self.now), self.now)
            case = session.get_one(CaseRow, self.case_id, with_for_update=True)
            return answer(desk, case, session.get_one(FollowUpRow, row.id), value, EventSource.PERSON)

    def do(self, act: Any, *arguments: object) -> Any:
        with self.database.write() as session:
            desk = Desk(session, self.shelf.in_force(session, self.now), self.now)
            return act(desk, session.get_one(CaseRow, self.case_id, with_for_update=True), *arguments)

    def wait(self, days: float) -> list[FollowUpRow]:
        """Let time pass; gives the messages that went out meanwhile. Cases are looked after, messages sent when due."""
        end, before = self.now + timedelta(days=days), len(self.sent)
        while (moment := self._next_moment()) is not None and moment <= end:
            self.now = max(self.now, moment)
            self.look_after()
            self._send()
        self.now = end
        return self.sent[before:]

    def look_after(self) -> None:
        if self.case().next_look_at <= self.now:
            self.do(lambda desk, case: look_after(desk, self.shelf, case))

    def case(self) -> CaseRow:
        with self.database.read() as session:
            return session.get_one(CaseRow, self.case_id)

    def rows(self, *states: FollowUpState) -> Sequence[FollowUpRow]:
        query = select(FollowUpRow).where(FollowUpRow.case_id == self.case_id)
        if states:
            query = query.where(FollowUpRow.state.in_(states))
        with self.database.read() as session:
            return session.scalars(query.order_by(FollowUpRow.due_at, FollowUpRow.id)).all()

    def coming(self, ask: str = "") -> list[str]:
        """The local days and hours of the messages still to come from the plan, and what each asks."""
        rows = self.rows(FollowUpState.SCHEDULED)
        return [said(row) for row in rows if row.rule_id is not None and (not ask or row.ask == ask)]

    def kinds(self) -> list[FollowUpKind]:
        return [row.kind for row in self.rows(FollowUpState.SCHEDULED)]

    def actions(self) -> list[str]:
        """The plan as it was decided last."""
        return [step["action"] for step in self.decisions()[-1].steps]

    def decisions(self) -> Sequence[DecisionRow]:
        with self.database.read() as session:
            return session.scalars(
                select(DecisionRow).where(DecisionRow.case_id == self.case_id).order_by(DecisionRow.id)
            ).all()

    def events(self) -> list[str]:
        with self.database.read() as session:
            query = select(EventRow.type).where(EventRow.case_id == self.case_id).order_by(EventRow.id)
            return list(session.scalars(query))

    def queue(self) -> Sequence[CounsellorQueueRow]:
        with self.database.read() as session:
            return session.scalars(select(CounsellorQueueRow).where(CounsellorQueueRow.case_id == self.case_id)).all()

    def _next_moment(self) -> datetime | None:
        with self.database.read() as session:
            looks = select(CaseRow.next_look_at).where(CaseRow.id == self.case_id)
            dues = select(FollowUpRow.next_try_at).where(
                FollowUpRow.case_id == self.case_id,
                FollowUpRow.state == FollowUpState.SCHEDULED,
                FollowUpRow.next_try_at < UNTIL_VERIFIED,
            )
            return min([*session.scalars(looks), *session.scalars(dues)], default=None)

    def _send(self) -> None:
        with self.database.write() as session:
            due = select(FollowUpRow).where(
                FollowUpRow.case_id == self.case_id,
                FollowUpRow.state == FollowUpState.SCHEDULED,
                FollowUpRow.next_try_at <= self.now,
            )
            for row in session.scalars(due.order_by(FollowUpRow.due_at, FollowUpRow.id)):
                row.state, row.sent_at = FollowUpState.SENT, self.now
                self.sent.append(row)


def said(row: FollowUpRow) -> str:
    """`2026-11-27 10 negotiation`: the local day and hour, and the fact that is asked."""
    local = row.due_at + timedelta(hours=8)
    return f"{local:%Y-%m-%d %H} {row.ask or row.kind}"
