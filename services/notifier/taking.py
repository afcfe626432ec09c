"""Takes one dispatched message, in one transaction: looks at the live case again, and says what to hand over."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from services.casebook.clock import local_day
from services.casebook.model import PENDING, DeliveryState, FollowUpKind, FollowUpState
from services.casebook.tables import CaseRow, ChannelRow, DeliveryRow, FollowUpRow
from services.notifier.caps import WEEK
from services.notifier.channels.letter import Channel, OnDoubt
from services.notifier.claims import LEASE
from services.notifier.look_again import MAY_HAVE_ARRIVED, CaseNow, PutOff, Send, TakeBack, look_again
from services.notifier.messages import Occasion, Writer
from services.notifier.ticket import Ticket
from services.notifier.wanted import Advice, find_wish
from services.rulebook.decide import Decision
from services.rulebook.model import Contact, Rulebook, Situation
from services.rulebook.release import Release


@dataclass(frozen=True, slots=True)
class Taker:
    """What is needed to look at a case again and to write to its person.

    `release_in_force`, `situation_on` and `code_of` are the casebook's: the release that advises now, the facts of a
    case as they are on a day, and the code that proves a channel.
    """

    writer: Writer
    channels: Mapping[str, Channel]
    release_in_force: Callable[[Session], Release]
    situation_on: Callable[[CaseRow, Rulebook, date], Situation]
    code_of: Callable[[ChannelRow], str]

    def take(self, session: Session, follow_up_id: int, token: str, now: datetime) -> Ticket | None:
        """`dispatched -> sending`, if the token still holds and the message is still wanted; else nothing to send.

        Everything that is decided is written in this transaction. A stale job finds no row and changes nothing.
        """
        case = _lock_case(session, follow_up_id, token)
        row = _start_sending(session, follow_up_id, token, now) if case is not None else None
        if case is None or row is None:
            return None
        case_now = self._look(session, case, row, now)
        verdict = look_again(row, case_now)
        if isinstance(verdict, PutOff):
            _put_off(row, verdict)
        elif isinstance(verdict, TakeBack):
            _take_back(row, verdict.because)
        elif self._is_left_in_doubt(session, row, verdict.channel):
            _park(row)
        else:
            return self._hand_out(session, row, verdict, case_now)
        return None

    def _look(self, session: Session, case: CaseRow, row: FollowUpRow, now: datetime) -> CaseNow:
        release = self.release_in_force(session)

        def decide_on(day: date) -> Decision:
            return release.decide_by_reference(self.situation_on(case, release.rulebook, day), day)

        today = local_day(now, case.time_zone)
        decision = release.decide(self.situation_on(case, release.rulebook, today), today)
        channels = session.scalars(select(ChannelRow).where(ChannelRow.case_id == case.id)).all()
        usable = [channel for channel in channels if channel.id not in _refused_by(session, row)]
        others = session.scalars(_messages_of(case.id, row.id, now)).all()
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
        for other in send.merged:
            _take_back(other, f"merged into {row.id}")
        session.flush()
        delivery = _start_delivery(session, row, send.channel, now.now)
        row.delivery_id = delivery.id
        row.attempts += 1
        letter = self.writer.write(self._occasion(session, row, send, now), now.now)
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

    def _occasion(self, session: Session, row: FollowUpRow, send: Send, now: CaseNow) -> Occasion:
        rulebook = now.advice.rulebook
        wish = find_wish(row, now.advice) if row.rule_id is not None else None
        merged = session.scalar(select(func.count()).where(FollowUpRow.cancelled_because == f"merged into {row.id}"))
        return Occasion(
            kind=row.kind,
            key=row.delivery_id or "",
            follow_up_id=row.id,
            channel_id=send.channel.id,
            language=now.case.language,
            today=now.today,
            planned_for=row.local_day,
            role=send.channel.role,
            fact=rulebook.facts.get(row.ask or ""),
            say=wish.follow_up.say if wish is not None else None,
            event_day=send.event_day,
            merged=merged or 0,
            code=self.code_of(send.channel) if row.kind is FollowUpKind.VERIFICATION else "",
            contacts=_care_contacts(rulebook) if row.kind is FollowUpKind.CARE else (),
        )


def _lock_case(session: Session, follow_up_id: int, token: str) -> CaseRow | None:
    """The case of a message that this job still holds. Whoever changes the case waits until we have decided."""
    held = select(FollowUpRow.case_id).where(
        FollowUpRow.id == follow_up_id,
        FollowUpRow.token == token,
        FollowUpRow.state == FollowUpState.DISPATCHED,
    )
    case_id = session.scalar(held)
    if case_id is None:
        return None
    return session.get(CaseRow, case_id, with_for_update=True, populate_existing=True)


def _start_sending(session: Session, follow_up_id: int, token: str, now: datetime) -> FollowUpRow | None:
    taken = (
        update(FollowUpRow)
        .where(
            FollowUpRow.id == follow_up_id,
            FollowUpRow.token == token,
            FollowUpRow.state == FollowUpState.DISPATCHED,
        )
        .values(state=FollowUpState.SENDING, lease_until=now + LEASE)
        .returning(FollowUpRow)
    )
    return session.scalars(taken, execution_options={"populate_existing": True}).one_or_none()


def _messages_of(case_id: str, but: int, now: datetime) -> Select[FollowUpRow]:
    """What is still to come, and what may have arrived within the days that the caps look back on."""
    recent = FollowUpRow.sent_at.is_(None) | (FollowUpRow.sent_at > now - WEEK - timedelta(days=1))
    return select(FollowUpRow).where(
        FollowUpRow.case_id == case_id,
        FollowUpRow.id != but,
        or_(FollowUpRow.state.in_(PENDING), FollowUpRow.state.in_(MAY_HAVE_ARRIVED) & recent),
    )


def _delivery(follow_up_id: int, channel_id: int) -> Select[DeliveryRow]:
    return select(DeliveryRow).where(DeliveryRow.follow_up_id == follow_up_id, DeliveryRow.channel_id == channel_id)


def _start_delivery(session: Session, row: FollowUpRow, channel: ChannelRow, now: datetime) -> DeliveryRow:
    """The same delivery as before if there was one: its id is the key by which the other side knows a repeat."""
    delivery = session.scalar(_delivery(row.id, channel.id)) if row.attempts else None
    if delivery is None:
        delivery = DeliveryRow(
            id=secrets.token_hex(16), follow_up_id=row.id, channel_id=channel.id, attempts=0, started_at=now
        )
        session.add(delivery)
    delivery.state = DeliveryState.SENDING
    delivery.attempts += 1
    return delivery


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


def _put_off(row: FollowUpRow, verdict: PutOff) -> None:
    row.state, row.next_try_at = FollowUpState.SCHEDULED, verdict.until
    row.token, row.lease_until = None, None


def _take_back(row: FollowUpRow, because: str) -> None:
    row.state, row.cancelled_because = FollowUpState.CANCELLED, because
    row.token, row.lease_until = None, None


def _park(row: FollowUpRow) -> None:
    row.state, row.token, row.lease_until = FollowUpState.UNKNOWN, None, None


def _care_contacts(rulebook: Rulebook) -> tuple[Contact, ...]:
    return tuple(contact for contact in rulebook.contacts if contact.emergency)
