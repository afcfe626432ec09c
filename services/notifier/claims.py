"""Takes due messages for the queue: in one transaction, each under a token and a lease, never twice at a time.

A lease is renewed by whoever holds the work (the sweeper while the job waits, the worker while it goes through its
batch), so it need not outlast a backlog; it only has to be longer than one message takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from services.casebook.model import FollowUpState
from services.casebook.tables import FollowUpRow

LEASE = timedelta(seconds=90)
"""Longer than the slowest channel may take for one message (60 s) and the commits around it."""
RENEW_AFTER = 0.25
"""A lease is renewed when this part of it has passed."""
BATCH = 25
"""Messages in one job: fewer make Redis the bottleneck, more are waiting when a worker is killed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages that belong to one job. The token is its name in the queue, too."""

    token: str
    follow_up_ids: tuple[int, ...]


def claim_due(
    session: Session, now: datetime, room: int, new_token: Callable[[], str], lease: timedelta = LEASE
) -> tuple[Claim, ...]:
    """Claim up to `room` messages: first those whose lease ran out, then those that are due, the oldest first."""
    ids = list(session.scalars(_skipping_locked(_with_expired_lease(now, room))))
    if len(ids) < room:
        ids += session.scalars(_skipping_locked(_due(now, room - len(ids))))
    claims = [Claim(new_token(), tuple(ids[start : start + BATCH])) for start in range(0, len(ids), BATCH)]
    for claim in claims:
        _write(session, FollowUpRow.id.in_(claim.follow_up_ids), claim.token, now + lease)
    return tuple(claims)


def has_work(session: Session, now: datetime) -> bool:
    """Whether `claim_due` would find anything: asked first, because a claim takes the write lock of SQLite."""
    return any(session.scalar(query) is not None for query in (_with_expired_lease(now, 1), _due(now, 1)))


def renew(session: Session, tokens: Iterable[str], now: datetime, lease: timedelta = LEASE) -> None:
    """Their jobs are still waiting in the queue, or still being worked on: the leases begin anew."""
    known = tuple(tokens)
    if known:
        session.execute(
            update(FollowUpRow)
            .where(FollowUpRow.token.in_(known), FollowUpRow.state == FollowUpState.DISPATCHED)
            .values(lease_until=now + lease)
            .execution_options(synchronize_session=False)
        )


def give_back(session: Session, tokens: Iterable[str]) -> None:
    """Their jobs could not be put into the queue: whoever sweeps next may claim them again."""
    session.execute(
        update(FollowUpRow)
        .where(FollowUpRow.token.in_(tuple(tokens)), FollowUpRow.state == FollowUpState.DISPATCHED)
        .values(lease_until=FollowUpRow.next_try_at)
        .execution_options(synchronize_session=False)
    )


def expire_dispatched(session: Session, now: datetime) -> int:
    """Redis lost its data: whatever was only queued is claimed again at once. What is being sent is not touched."""
    expired = session.scalars(
        update(FollowUpRow)
        .where(FollowUpRow.state == FollowUpState.DISPATCHED, FollowUpRow.lease_until > now)
        .values(lease_until=now)
        .returning(FollowUpRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(expired.all())


def _with_expired_lease(now: datetime, limit: int) -> Select[int]:
    held = (FollowUpState.DISPATCHED, FollowUpState.SENDING)
    return (
        select(FollowUpRow.id)
        .where(FollowUpRow.state.in_(held), FollowUpRow.lease_until <= now)
        .order_by(FollowUpRow.lease_until)
        .limit(limit)
    )


def _due(now: datetime, limit: int) -> Select[int]:
    return (
        select(FollowUpRow.id)
        .where(FollowUpRow.state == FollowUpState.SCHEDULED, FollowUpRow.next_try_at <= now)
        .order_by(FollowUpRow.next_try_at)
        .limit(limit)
    )


def _skipping_locked(query: Select[int]) -> Select[int]:
    """On PostgreSQL two sweepers pass each other by; on SQLite there is one writer, and this says nothing."""
    return query.with_for_update(skip_locked=True)


def _write(session: Session, which: ColumnElement[bool], token: str, lease_until: datetime) -> None:
    session.execute(
        update(FollowUpRow)
        .where(which)
        .values(state=FollowUpState.DISPATCHED, token=token, lease_until=lease_until)
        .execution_options(synchronize_session=False)
    )
