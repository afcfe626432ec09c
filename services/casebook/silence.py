"""What happens when a person does not answer: one smaller try, a last word, a counsellor if they agreed, then quiet.

Silence never raises the pressure. It is counted from the first message that the person could have answered; a sign of
life of theirs ends it. Reminders of fixed days (an instalment, a hearing) and court deadlines go on all the while.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.model import FollowUpKind
from services.casebook.outbox import Message, pending, promise_message, take_back
from services.casebook.tables import CaseRow, CounsellorQueueRow, FollowUpRow

SMALLER_TRY_AFTER = timedelta(days=7)
LAST_WORD_AFTER = timedelta(days=21)
TRIES = {FollowUpKind.SMALLER_TRY: SMALLER_TRY_AFTER, FollowUpKind.LAST_WORD: LAST_WORD_AFTER}
HEARD = "the person was heard of"
CONSENT = "counsellor"
"""The consent with which a counsellor may look at the case of somebody who fell silent."""


class Silence(StrEnum):
    """How long the person has not been heard of."""

    NONE = "none"
    LONG = "long"
    """The smaller try is due: everything but fixed days and court deadlines is held back."""
    ENOUGH = "enough"
    """The last word is due: the case falls quiet."""


def silence_of(session: Session, case: CaseRow, now: datetime) -> Silence:
    due = {row.kind: row.due_at for row in _tries(session, case)}
    if now >= due.get(FollowUpKind.LAST_WORD, now + LAST_WORD_AFTER):
        return Silence.ENOUGH
    if now >= due.get(FollowUpKind.SMALLER_TRY, now + LAST_WORD_AFTER):
        return Silence.LONG
    return Silence.NONE


def next_turn(session: Session, case: CaseRow, now: datetime) -> datetime | None:
    """When silence means something else next."""
    coming = [row.due_at for row in _tries(session, case) if row.state.is_pending and row.due_at > now]
    return min(coming, default=None)


def promise_tries(session: Session, case: CaseRow, now: datetime) -> tuple[FollowUpRow, ...]:
    """The smaller try and the last word, counted from the first check-in to come; once for each sign of life."""
    if _tries(session, case):
        return ()
    coming = [row.due_at for row in pending(session, case.id) if row.rule_id is not None and row.due_at > now]
    first = min(coming, default=now)
    made = [
        promise_message(session, case, Message(kind, str(case.version), first + after), now)
        for kind, after in TRIES.items()
    ]
    return tuple(row for row in made if row is not None)


def forget_tries(session: Session, case_id: str) -> tuple[FollowUpRow, ...]:
    """The person was heard of: nothing is said about silence any more."""
    rows = [row.id for row in pending(session, case_id) if row.kind in TRIES]
    _leave_queue(session, case_id)
    return take_back(session, rows, HEARD)


def call_counsellor(session: Session, case: CaseRow, now: datetime) -> bool:
    """Put the case into the queue of the counsellors, once, if the person agreed to that."""
    if not case.consent.get(CONSENT) or _waiting(session, case.id):
        return False
    session.add(CounsellorQueueRow(case_id=case.id, reason="silence", created_at=now))
    return True


def _tries(session: Session, case: CaseRow) -> Sequence[FollowUpRow]:
    """Those that belong to the present silence."""
    return session.scalars(
        select(FollowUpRow).where(
            FollowUpRow.case_id == case.id,
            FollowUpRow.kind.in_(TRIES),
            FollowUpRow.created_at >= case.last_heard_at,
            FollowUpRow.cancelled_because.is_distinct_from(HEARD),
        )
    ).all()


def _waiting(session: Session, case_id: str) -> Sequence[CounsellorQueueRow]:
    return session.scalars(
        select(CounsellorQueueRow).where(CounsellorQueueRow.case_id == case_id, CounsellorQueueRow.done_at.is_(None))
    ).all()


def _leave_queue(session: Session, case_id: str) -> None:
    rows: Iterable[CounsellorQueueRow] = _waiting(session, case_id)
    for row in rows:
        session.delete(row)
