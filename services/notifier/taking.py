"""Takes one dispatched message, in one transaction: looks at the live case again, and says what to hand over."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from services.casebook.clock import local_day
from services.casebook.model import DeliveryState, FollowUpKind, FollowUpState
from services.casebook.outbox import take_back
from services.casebook.tables import CaseRow, ChannelRow, DeliveryRow, FollowUpRow
from services.notifier.caps import WEEK
from services.notifier.channels.letter import Channel, OnDoubt
from services.notifier.claims import LEASE
from services.notifier.look_again import CaseNow, PutOff, Send, TakeBack, look_again
from services.notifier.messages import Occasion, Writer
from services.notifier.statements import (
    CHANNELS,
    HELD,
    MESSAGES_AROUND,
    PARK,
    PUT_OFF,
    START_DELIVERY,
    START_SENDING,
    TAKE_BACK,
)
from services.notifier.ticket import Ticket
from services.notifier.wanted import Advice, find_wish
from services.rulebook.decide import Decision
from services.rulebook.model import Contact, Rulebook, Situation
from services.rulebook.release import Release

LOOK_BACK = WEEK + timedelta(days=1)


class LeaseLostError(Exception):
    """Another sweep has claimed the message while we were looking at it; whoever holds it now will send it."""


@dataclass(frozen=True, slots=True)
class Taker:
    """What is needed to look at a case again and to write to its person.

    `release_in_force`, `situation_on` and `code_of` are the casebook's: the release that advises now, the facts of a
    case as they are on a day, and the code that proves a channel.
    """

    writer: Writer
    channels: Mapping[str, Channel]
    release_in_force: Callable[[Session, datetime], Release]
    situation_on: Callable[[CaseRow, Rulebook, date], Situation]
    code_of: Callable[[ChannelRow], str]
    lease: timedelta = LEASE

    def take(self, session: Session, follow_up_id: int, token: str, now: datetime) -> Ticket | None:
        """`dispatched -> sending`, if the token still holds and the message is still wanted; else nothing to send.

        Everything that is decided is written in this transaction. A stale job finds no row and changes nothing.
        """
        held = session.execute(HELD, {"id": follow_up_id, "token": token}).one_or_none()
        if held is None:
            return None
        case, row = held
        case_now = self._look(session, case, row, now)
        verdict = look_again(row, case_now)
        if isinstance(verdict, PutOff):
            change_held(session, row, PUT_OFF, next_try_at=verdict.until)
        elif isinstance(verdict, TakeBack):
            change_held(session, row, TAKE_BACK, cancelled_because=verdict.because)
        elif self._is_left_in_doubt(session, row, verdict.channel):
            change_held(session, row, PARK)
        else:
            return self._hand_out(session, row, verdict, case_now)
        return None

    def _look(self, session: Session, case: CaseRow, row: FollowUpRow, now: datetime) -> CaseNow:
        release = self.release_in_force(session, now)

        def decide_on(day: date) -> Decision:
            return release.decide_by_reference(self.situation_on(case, release.rulebook, day), day)

        today = local_day(now, case.time_zone)
        decision = release.decide(self.situation_on(case, release.rulebook, today), today)
        channels = session.scalars(CHANNELS, {"case_id": case.id}).all()
        usable = [channel for channel in channels if channel.id not in _refused_by(session, row)]
        around = {"case_id": case.id, "id": row.id, "merged": f"merged into {row.id}", "since": now - LOOK_BACK}
        others = session.scalars(MESSAGES_AROUND, around).all()
        return CaseNow(case, [row, *others], usable, Advice(release.rulebook, decision, decide_on), now)

    def _is_left_in_doubt(self, session: Session, row: FollowUpRow, channel: ChannelRow) -> bool:
        """It may have gone out before by a channel on which a repeat would harm."""
        way_out = self.channels.get(channel.kind)
        if way_out is None or way_out.on_doubt is OnDoubt.RESEND:
            return False
        delivery = session.scalar(_delivery(row.id, channel.id))
        if delivery is None or delivery.state is not DeliveryState.SENDING:
            return False
        delivery.state = DeliveryState.UNKNOWN
        return True

    def _hand_out(self, session: Session, row: FollowUpRow, send: Send, now: CaseNow) -> Ticket:
        take_back(session, [other.id for other in send.merged], f"merged into {row.id}")
        delivery = _start_delivery(session, row, send.channel, now.now)
        lease_until = now.now + self.lease
        change_held(
            session, row, START_SENDING, delivery_id=delivery.id, attempts=row.attempts + 1, lease_until=lease_until
        )
        letter = self.writer.write(self._occasion(row, send, now, delivery.id), now.now)
        return Ticket(
            follow_up_id=row.id,
            token=row.token or "",
            channel_id=send.channel.id,
            channel_kind=send.channel.kind,
            address=send.channel.address,
            letter=letter,
            attempts=delivery.attempts,
            first_tried_at=delivery.started_at,
        )

    def _occasion(self, row: FollowUpRow, send: Send, now: CaseNow, key: str) -> Occasion:
        rulebook = now.advice.rulebook
        wish = find_wish(row, now.advice) if row.rule_id is not None else None
        before = sum(1 for other in now.rows if other.state is FollowUpState.CANCELLED)
        return Occasion(
            kind=row.kind,
            key=key,
            follow_up_id=row.id,
            channel_id=send.channel.id,
            language=now.case.language,
            today=now.today,
            planned_for=row.local_day,
            role=send.channel.role,
            fact=rulebook.facts.get(row.ask or ""),
            say=wish.follow_up.say if wish is not None else None,
            event_day=send.event_day,
            merged=before + len(send.merged),
            code=self.code_of(send.channel) if row.kind is FollowUpKind.VERIFICATION else "",
            contacts=_care_contacts(rulebook) if row.kind is FollowUpKind.CARE else (),
        )


def change_held(session: Session, row: FollowUpRow, change: ReturningUpdate[int], **values: object) -> None:
    """Change a message that this job still holds. If it was claimed anew meanwhile, nothing of this must be written."""
    held: dict[str, object] = {"held_id": row.id, "held_token": row.token}
    named = {f"new_{name}": value for name, value in values.items()}
    if session.connection().execute(change, held | named).scalar() is None:
        raise LeaseLostError(row.id)


def _delivery(follow_up_id: int, channel_id: int) -> Select[DeliveryRow]:
    return select(DeliveryRow).where(DeliveryRow.follow_up_id == follow_up_id, DeliveryRow.channel_id == channel_id)


def _start_delivery(session: Session, row: FollowUpRow, channel: ChannelRow, now: datetime) -> DeliveryRow:
    """The same delivery as before if there was one: its id is the key by which the other side knows a repeat."""
    delivery = session.scalar(_delivery(row.id, channel.id)) if row.attempts else None
    if delivery is not None:
        delivery.state = DeliveryState.SENDING
        delivery.attempts += 1
        session.flush()
        return delivery
    values = {
        "id": secrets.token_hex(16),
        "follow_up_id": row.id,
        "channel_id": channel.id,
        "state": DeliveryState.SENDING,
        "attempts": 1,
        "response_code": None,
        "started_at": now,
        "finished_at": None,
    }
    session.connection().execute(START_DELIVERY, values)
    return DeliveryRow(**values)


def _refused_by(session: Session, row: FollowUpRow) -> set[int]:
    """Channels that have refused this message for good."""
    if not row.attempts:
        return set()
    refused = select(DeliveryRow.channel_id).where(
        DeliveryRow.follow_up_id == row.id,
        DeliveryRow.state == DeliveryState.FAILED,
        DeliveryRow.finished_at.is_not(None),
    )
    return set(session.scalars(refused))


def _care_contacts(rulebook: Rulebook) -> tuple[Contact, ...]:
    return tuple(contact for contact in rulebook.contacts if contact.emergency)
