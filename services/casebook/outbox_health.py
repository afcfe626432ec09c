"""How the promised messages are doing: for `/readyz`, `/metrics`, `ashore doctor` and the operator's alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.casebook.heartbeats import Beat, last_beat
from services.casebook.model import PENDING, FollowUpState
from services.casebook.outbox import UNTIL_VERIFIED
from services.casebook.tables import FollowUpRow

SWEEP_IS_LATE = timedelta(seconds=30)
MESSAGE_IS_LATE = timedelta(minutes=15)
"""A message that is due and allowed to go out, and has not gone out for so long, means that something is broken."""


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """`oldest_due` is how long the message waits that has been due the longest. `unknown` ones need a person."""

    oldest_due: timedelta
    since_last_sweep: timedelta | None
    by_state: dict[FollowUpState, int]
    shown_only: int
    """Messages of cases without a confirmed channel: shown on the page, sent to nobody."""

    @property
    def is_swept(self) -> bool:
        return self.since_last_sweep is not None and self.since_last_sweep <= SWEEP_IS_LATE

    @property
    def is_late(self) -> bool:
        return self.oldest_due > MESSAGE_IS_LATE

    @property
    def need_a_person(self) -> int:
        return self.by_state.get(FollowUpState.FAILED, 0) + self.by_state.get(FollowUpState.UNKNOWN, 0)


def look_at_outbox(session: Session, now: datetime) -> OutboxHealth:
    """Four small queries on indexes."""
    swept_at = last_beat(session, Beat.SWEEPER)
    counted = select(FollowUpRow.state, func.count()).group_by(FollowUpRow.state)
    shown = select(func.count()).where(
        FollowUpRow.state == FollowUpState.SCHEDULED, FollowUpRow.next_try_at == UNTIL_VERIFIED
    )
    return OutboxHealth(
        oldest_due=oldest_due(session, now),
        since_last_sweep=now - swept_at if swept_at is not None else None,
        by_state={state: int(count) for state, count in session.execute(counted)},
        shown_only=session.scalar(shown) or 0,
    )


def oldest_due(session: Session, now: datetime) -> timedelta:
    """How long the message waits that might have been sent first."""
    waiting = (*PENDING, FollowUpState.SENDING)
    query = select(func.min(FollowUpRow.next_try_at)).where(FollowUpRow.state.in_(waiting))
    earliest = session.scalar(query)
    return max(now - earliest, timedelta()) if earliest is not None else timedelta()
