"""Records what became of a message: sent, to be tried again, or failed and shown to the operator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.model import ChannelRole, ChannelState, DeliveryState, FollowUpState
from services.casebook.tables import ChannelRow, DeliveryRow, FollowUpRow
from services.notifier.channels.letter import DeliveryError, OnDoubt
from services.notifier.retry import Random, next_try
from services.notifier.statements import FINISH_DELIVERY, MARK_SENT
from services.notifier.ticket import Outcome, Ticket


def record(
    session: Session, outcome: Outcome, on_doubt: OnDoubt, now: datetime, random: Random
) -> FollowUpState | None:
    """`sending -> sent` or whatever else became of it; None if the lease ran out meanwhile and the row is another's."""
    ticket, error = outcome.ticket, outcome.error
    if error is None:
        if not _mark_sent(session, ticket, now):
            return None
        _finish(session, ticket, DeliveryState.SENT, outcome.code, now)
        return FollowUpState.SENT
    row = _own(session, ticket)
    if row is None:
        return None
    row.token, row.lease_until = None, None
    if error.is_ambiguous and on_doubt is OnDoubt.PARK:
        row.state = FollowUpState.UNKNOWN
        _finish(session, ticket, DeliveryState.UNKNOWN, error.code, now)
    else:
        _try_again_or_fail(session, row, ticket, error, now, random)
    return row.state


def put_aside(session: Session, follow_up_id: int, token: str, now: datetime, random: Random) -> None:
    """A fault of ours kept it from being looked at: try again later, and in the end show it to the operator."""
    held = select(FollowUpRow).where(FollowUpRow.id == follow_up_id, FollowUpRow.token == token)
    row = session.scalars(held.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
    if row is None or row.state is not FollowUpState.DISPATCHED:
        return
    row.attempts += 1
    again = next_try(row.attempts, row.due_at, now, None, random)
    row.token, row.lease_until = None, None
    row.state, row.next_try_at = (FollowUpState.SCHEDULED, again) if again else (FollowUpState.FAILED, row.next_try_at)


def _mark_sent(session: Session, ticket: Ticket, now: datetime) -> bool:
    own = {"held_id": ticket.follow_up_id, "held_token": ticket.token, "new_sent_at": now}
    return session.connection().execute(MARK_SENT, own).scalar() is not None


def _own(session: Session, ticket: Ticket) -> FollowUpRow | None:
    owned = select(FollowUpRow).where(
        FollowUpRow.id == ticket.follow_up_id,
        FollowUpRow.token == ticket.token,
        FollowUpRow.state == FollowUpState.SENDING,
    )
    return session.scalars(owned.with_for_update(), execution_options={"populate_existing": True}).one_or_none()


def _try_again_or_fail(
    session: Session, row: FollowUpRow, ticket: Ticket, error: DeliveryError, now: datetime, random: Random
) -> None:
    """A message that may have arrived keeps its delivery open, so that the next try is known to be a repeat."""
    if error.permanent:
        _finish(session, ticket, DeliveryState.FAILED, error.code, now)
        again = now if _has_other_channel(session, row, ticket) else None
    else:
        again = next_try(ticket.attempts, ticket.first_tried_at, now, error.retry_after, random)
        state = DeliveryState.SENDING if error.is_ambiguous and again is not None else DeliveryState.FAILED
        _finish(session, ticket, state, error.code, None if again is not None else now)
    if again is None:
        row.state = FollowUpState.FAILED
    else:
        row.state, row.next_try_at = FollowUpState.SCHEDULED, again


def _has_other_channel(session: Session, row: FollowUpRow, ticket: Ticket) -> bool:
    """Whether another confirmed channel of the same person has not refused this message yet."""
    refused = select(DeliveryRow.channel_id).where(
        DeliveryRow.follow_up_id == row.id,
        DeliveryRow.state == DeliveryState.FAILED,
        DeliveryRow.finished_at.is_not(None),
    )
    other = select(ChannelRow.id).where(
        ChannelRow.case_id == row.case_id,
        ChannelRow.role == ChannelRole.SELF,
        ChannelRow.state == ChannelState.VERIFIED,
        ChannelRow.id != ticket.channel_id,
        ChannelRow.id.not_in(refused),
    )
    return row.channel_id is None and session.scalar(other.limit(1)) is not None


def _finish(session: Session, ticket: Ticket, state: DeliveryState, code: str, at: datetime | None) -> None:
    """`at` is empty while the delivery goes on: it is tried again."""
    values = {"key": ticket.letter.key, "new_state": state, "new_code": code[:40], "new_finished_at": at}
    session.connection().execute(FINISH_DELIVERY, values)
