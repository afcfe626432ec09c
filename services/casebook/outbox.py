"""Promised messages, written and taken back in the transaction of the event that is the reason; it never sends.

Everything here works inside the caller's transaction and touches neither Redis nor a provider: when the transaction
is rolled back, nothing was promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.casebook.clock import local_day, local_moment
from services.casebook.model import PENDING, ChannelState, FollowUpKind, FollowUpState
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from services.rulebook.model import Rulebook
from services.rulebook.plan import PlannedFollowUp

USUAL_HOUR = 10
LAST_CARE_ORDER = 2
"""Up to this place in the order of safety (danger to life, self-harm) an action is care."""

UNTIL_VERIFIED = datetime(9999, 1, 1, tzinfo=UTC)
"""`next_try_at` of a message whose case has no verified channel: it is shown on the case's page and sent nowhere.

`channel_verified` brings it back. It counts as scheduled, not as overdue, and nobody is told that it was sent.
"""


UNLESS_SAID: Mapping[str, Any] = {
    "state": FollowUpState.SCHEDULED,
    "attempts": 0,
    "rule_id": None,
    "hour": None,
    "channel_id": None,
    "is_appointment": False,
}
_TABLE = cast("SqlTable", FollowUpRow.__table__)
INSERT_IF_NEW = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(_TABLE.c.id),
    "postgresql": postgresql.insert(_TABLE)
    .on_conflict_do_nothing(index_elements=["dedupe_key"])
    .returning(_TABLE.c.id),
}
"""Made once: making and compiling them for every event took longer than running them."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What a change of plan did to the messages still to come."""

    created: tuple[FollowUpRow, ...]
    cancelled: tuple[FollowUpRow, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message that no rule asked for: care, silence, a new release, a verification.

    `occurrence` tells it from others of its kind in the same case; a verification names its channel.
    """

    kind: FollowUpKind
    occurrence: str
    due_at: datetime
    ask: str | None = None
    channel_id: int | None = None


def promise(
    session: Session,
    case: CaseRow,
    rulebook: Rulebook,
    wishes: Sequence[PlannedFollowUp],
    since: Mapping[str, str],
    now: datetime,
) -> Promised:
    """Make the pending check-ins of a case those that the plan wishes: add what is missing, take back what is not.

    `wishes` are the plan's follow-ups, `since` maps each speaking rule to the day since when it has been speaking
    (`DecisionRow.speaking`), so that a rule that falls silent and speaks again may ask again. Doing it twice changes
    nothing. A message that was already handed to a provider stays what it is.
    """
    wanted = {dedupe_key(case.id, wish.occurrence, since.get(wish.rule.id, "")): wish for wish in wishes}
    today = local_day(now, case.time_zone)
    unwanted = [
        row.id
        for row in pending(session, case.id)
        if row.rule_id is not None and row.dedupe_key not in wanted and not _is_late_but_valid(row, since, today)
    ]
    cancelled = take_back(session, unwanted, "the plan no longer asks for it")
    rows = [_check_in(case, rulebook, wish, key, now) for key, wish in wanted.items()]
    return Promised(_insert_new(session, rows), cancelled)


def promise_message(session: Session, case: CaseRow, message: Message, now: datetime) -> FollowUpRow | None:
    """Promise one message that no rule asked for. None if it was promised before."""
    row: dict[str, Any] = {
        "case_id": case.id,
        "kind": message.kind,
        "dedupe_key": dedupe_key(case.id, f"{message.kind}/{message.occurrence}", ""),
        "ask": message.ask,
        "occurrence": message.occurrence,
        "local_day": local_day(message.due_at, case.time_zone),
        "due_at": message.due_at,
        "is_care": message.kind is FollowUpKind.CARE,
        "channel_id": message.channel_id,
        "next_try_at": max(message.due_at, now),
        "created_at": now,
    }
    created = _insert_new(session, [row])
    return created[0] if created else None


def pending(session: Session, case_id: str) -> Sequence[FollowUpRow]:
    """The messages of a case that are still to come and can be taken back, the next first."""
    query = (
        select(FollowUpRow)
        .where(FollowUpRow.case_id == case_id, FollowUpRow.state.in_(PENDING))
        .order_by(FollowUpRow.due_at, FollowUpRow.id)
    )
    return session.scalars(query).all()


def take_back(session: Session, follow_up_ids: Iterable[int], because: str) -> tuple[FollowUpRow, ...]:
    """Cancel messages that were not handed to a provider yet. A job that already carries one of them finds nothing."""
    ids = tuple(follow_up_ids)
    if not ids:
        return ()
    change = (
        update(FollowUpRow)
        .where(FollowUpRow.id.in_(ids), FollowUpRow.state.in_(PENDING))
        .values(state=FollowUpState.CANCELLED, cancelled_because=because, token=None, lease_until=None)
        .returning(FollowUpRow)
        .execution_options(populate_existing=True)
    )
    return tuple(session.scalars(change).all())


def take_back_all(
    session: Session, case_id: str, because: str, kinds: Sequence[FollowUpKind] = tuple(FollowUpKind)
) -> tuple[FollowUpRow, ...]:
    """Cancel everything that is still to come for a case: it was settled, stopped, or fell quiet."""
    return take_back(session, (row.id for row in pending(session, case_id) if row.kind in kinds), because)


def mark_answered(session: Session, follow_up: FollowUpRow, now: datetime) -> None:
    """The question was answered, so the message is not needed any more if it has not gone out."""
    follow_up.answered_at = now
    session.flush()
    take_back(session, [follow_up.id], "it was answered before it was sent")


def channel_verified(session: Session, case_id: str, now: datetime) -> None:
    """The first verified channel: what was only shown on the page may now be sent (late messages go out as one)."""
    session.execute(
        update(FollowUpRow)
        .where(
            FollowUpRow.case_id == case_id,
            FollowUpRow.state == FollowUpState.SCHEDULED,
            FollowUpRow.next_try_at == UNTIL_VERIFIED,
        )
        .values(next_try_at=now)
    )


def has_verified_channel(session: Session, case_id: str) -> bool:
    query = select(ChannelRow.id).where(ChannelRow.case_id == case_id, ChannelRow.state == ChannelState.VERIFIED)
    return session.scalar(query.limit(1)) is not None


def dedupe_key(case_id: str, occurrence: str, since: str) -> str:
    """One key per case, wish and unbroken time for which the rule has been speaking; UNIQUE in the table."""
    return f"{case_id}/{occurrence}/{since}" if since else f"{case_id}/{occurrence}"


def _is_late_but_valid(row: FollowUpRow, since: Mapping[str, str], today: date) -> bool:
    """A message whose day has passed unsent is not in a plan made today; it stays while its rule goes on speaking."""
    if row.rule_id is None or row.local_day >= today or row.rule_id not in since:
        return False
    return row.dedupe_key == dedupe_key(row.case_id, row.occurrence, since[row.rule_id])


def _check_in(case: CaseRow, rulebook: Rulebook, wish: PlannedFollowUp, key: str, now: datetime) -> dict[str, Any]:
    is_care = rulebook.actions[wish.rule.advise].order <= LAST_CARE_ORDER
    due_at = local_moment(wish.on, USUAL_HOUR if wish.hour is None else wish.hour, case.time_zone)
    return {
        "case_id": case.id,
        "kind": FollowUpKind.CARE if is_care else FollowUpKind.CHECK_IN,
        "dedupe_key": key,
        "rule_id": wish.rule.id,
        "ask": wish.ask,
        "occurrence": wish.occurrence,
        "local_day": wish.on,
        "hour": wish.hour,
        "is_appointment": bool(wish.moment.date_fact),
        "due_at": due_at,
        "is_care": is_care,
        "next_try_at": max(due_at, now),
        "created_at": now,
    }


def _insert_new(session: Session, rows: Sequence[dict[str, Any]]) -> tuple[FollowUpRow, ...]:
    """Insert rows whose key is not taken. The ids are asked back: a row count after a conflict cannot be trusted."""
    keys = [row["dedupe_key"] for row in rows]
    taken = set(session.scalars(select(FollowUpRow.dedupe_key).where(FollowUpRow.dedupe_key.in_(keys)))) if keys else ()
    missing = [row for row in rows if row["dedupe_key"] not in taken]
    if not missing:
        return ()
    session.flush()
    connection = session.connection()
    insert = INSERT_IF_NEW[connection.dialect.name]
    ids = [connection.execute(insert, {**UNLESS_SAID, **row}).scalar() for row in missing]
    return tuple(session.scalars(select(FollowUpRow).where(FollowUpRow.id.in_(ids)).order_by(FollowUpRow.id)).all())
