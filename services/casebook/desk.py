"""The desk at which a case is changed: one transaction, one release, one moment; whatever happens is written whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.casebook.clock import local_day
from services.casebook.decisions import Made, make_decision
from services.casebook.model import CaseState, EventSource
from services.casebook.outbox import Promised
from services.casebook.promising import promise_what_holds
from services.casebook.silence import forget_tries
from services.casebook.tables import CaseRow, EventRow
from services.casebook.watching import next_look
from services.rulebook.release import Release


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit of work: a transaction, the release that advises in it, and the moment at which it happens."""

    session: Session
    release: Release
    now: datetime

    def day(self, case: CaseRow) -> date:
        return local_day(self.now, case.time_zone)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event and all that it did."""

    event: EventRow
    made: Made
    promised: Promised


@dataclass(frozen=True, slots=True)
class Happening:
    """An event on its way into the case."""

    type: str
    source: EventSource
    occurred_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    facts_changed: Mapping[str, Any] = field(default_factory=dict)
    follow_up_id: int | None = None
    restarted: frozenset[str] = frozenset()


def write(desk: Desk, case: CaseRow, happening: Happening) -> Recorded:
    """The event, the decision, the promises and when to look again: always all of them together."""
    session, release, now = desk.session, desk.release, desk.now
    case.version += 1
    case.changed_at = now
    event = EventRow(
        case_id=case.id,
        type=happening.type,
        source=happening.source,
        data=dict(happening.data),
        facts_changed=dict(happening.facts_changed),
        occurred_at=happening.occurred_at,
        recorded_at=now,
        follow_up_id=happening.follow_up_id,
    )
    session.add(event)
    session.flush()
    made = make_decision(session, release, case, event, now, happening.restarted)
    promised = promise_what_holds(session, release, case, made, now)
    case.next_look_at = next_look(session, case, made.next_change, now)
    session.flush()
    return Recorded(event, made, promised)


def hear(desk: Desk, case: CaseRow) -> None:
    case.last_heard_at = desk.now
    case.erase_after = desk.now + timedelta(days=case.retention_days)
    if case.state in (CaseState.QUIET, CaseState.SETTLED):
        move_to(case, CaseState.OPEN, None)
    forget_tries(desk.session, case.id)


def move_to(case: CaseRow, state: CaseState, because: str | None) -> None:
    case.state, case.state_because = state, because
