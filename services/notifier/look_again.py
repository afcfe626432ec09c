"""Looks at the live case once more before a message goes out: send it, put it off, or take it back; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.casebook.clock import local_day
from services.casebook.model import ChannelRole, ChannelState, FollowUpKind
from services.casebook.outbox import UNTIL_VERIFIED
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from services.notifier.caps import WEEK, Caps
from services.notifier.quiet_hours import Window
from services.notifier.statements import MAY_HAVE_ARRIVED
from services.notifier.wanted import Advice, find_wish, reason_to_cancel

NO_WEEKLY_CAP = 10**6
ANSWERS_AT_ONCE = timedelta(minutes=30)
"""A verification answers what a person asked for a moment ago and comes at any hour; later it waits for the day."""


@dataclass(frozen=True, slots=True)
class CaseNow:
    """A case at this moment. `rows` are its messages that are pending or went out within the last week."""

    case: CaseRow
    rows: Sequence[FollowUpRow]
    channels: Sequence[ChannelRow]
    advice: Advice
    now: datetime

    @property
    def today(self) -> date:
        return local_day(self.now, self.case.time_zone)


@dataclass(frozen=True, slots=True)
class Send:
    """It goes out by this channel, and stands for the late ones in `merged`, too."""

    channel: ChannelRow
    event_day: date | None
    merged: tuple[FollowUpRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PutOff:
    """It is still wanted, but not now."""

    until: datetime
    because: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """It is not wanted any more."""

    because: str


Verdict = Send | PutOff | TakeBack


def look_again(row: FollowUpRow, now: CaseNow) -> Verdict:
    """What is to become of a message that is due, from what is true at this moment."""
    own = _channel_named_by(row, now)
    if reason := reason_to_cancel(row, now.case, own, now.advice, now.now):
        return TakeBack(reason)
    if row.kind is FollowUpKind.VERIFICATION:
        return _verify(row, own, now)
    channel = own or _choose_channel(row, now)
    if channel is None:
        return _without_channel(row, now)
    if (until := _rest_until(row, channel, now)) is not None:
        return PutOff(until, "the person asked for rest")
    window = Window.read(channel.window_from, channel.window_until, channel.time_zone)
    if not window.is_open(now.now):
        return PutOff(window.next_opening(now.now), "quiet hours")
    return _merge_or_cap(row, channel, window, now)


def _channel_named_by(row: FollowUpRow, now: CaseNow) -> ChannelRow | None:
    return next((channel for channel in now.channels if channel.id == row.channel_id), None)


def _verify(row: FollowUpRow, channel: ChannelRow | None, now: CaseNow) -> Verdict:
    assert channel is not None
    window = Window.read(channel.window_from, channel.window_until, channel.time_zone)
    if now.now - row.created_at <= ANSWERS_AT_ONCE or window.is_open(now.now):
        return Send(channel, None)
    return PutOff(window.next_opening(now.now), "quiet hours")


def _choose_channel(row: FollowUpRow, now: CaseNow) -> ChannelRow | None:
    """The channel of their own that was confirmed last; while they need care, a trusted person hears of fixed days."""
    wanted = ChannelRole.TRUSTED if row.is_appointment and _needs_care(now) else ChannelRole.SELF
    fit = [c for c in now.channels if c.role is wanted and c.state is ChannelState.VERIFIED]
    return max(fit, key=lambda channel: (channel.verified_at or channel.created_at, channel.id), default=None)


def _without_channel(row: FollowUpRow, now: CaseNow) -> Verdict:
    if row.is_appointment and _needs_care(now) and now.case.care_until is not None:
        return PutOff(now.case.care_until, "only care messages for now")
    return PutOff(UNTIL_VERIFIED, "no channel is confirmed: shown on the page only")


def _rest_until(row: FollowUpRow, channel: ChannelRow, now: CaseNow) -> datetime | None:
    """Until when they are left alone: only care after a sign of self-harm; only fixed days while they snooze."""
    if row.is_care or channel.role is ChannelRole.TRUSTED:
        return None
    if _needs_care(now):
        return now.case.care_until
    snoozed = now.case.snoozed_until
    return snoozed if snoozed is not None and snoozed > now.now and not row.is_appointment else None


def _needs_care(now: CaseNow) -> bool:
    return now.case.care_until is not None and now.case.care_until > now.now


def _merge_or_cap(row: FollowUpRow, channel: ChannelRow, window: Window, now: CaseNow) -> Verdict:
    others = [other for other in now.rows if other.id != row.id and _is_rival(other, row, now)]
    first = max([row, *others], key=_weight)
    if first is not row and _is_stood_for(row, first, now):
        return TakeBack(f"merged into {first.id}")
    merged = tuple(other for other in others if first is row and _is_stood_for(other, row, now))
    free = _free_day(row, first, channel, window.zone, now)
    if free > now.today:
        opening = datetime.combine(free, time(), window.zone)
        return PutOff(window.next_opening(opening), "enough messages for now")
    wish = find_wish(row, now.advice) if row.rule_id is not None else None
    return Send(channel, wish.event_day if wish is not None else None, merged)


def _is_rival(other: FollowUpRow, row: FollowUpRow, now: CaseNow) -> bool:
    """Another message to the same person that is due, or asks the same later today, and that is wanted as well.

    Care stands alone.
    """
    is_due = other.due_at <= now.now or (other.local_day <= now.today and _asks_the_same(other, row))
    return (
        is_due
        and other.state.is_pending
        and other.kind is not FollowUpKind.VERIFICATION
        and other.is_care == row.is_care
        and not reason_to_cancel(other, now.case, None, now.advice, now.now)
    )


def _asks_the_same(row: FollowUpRow, other: FollowUpRow) -> bool:
    return row.ask is not None and row.ask == other.ask


def _weight(row: FollowUpRow) -> tuple[bool, datetime, int]:
    """A fixed day before everything; then what was due last, as it is about the present."""
    return (row.is_appointment, row.due_at, row.id)


def _is_stood_for(row: FollowUpRow, first: FollowUpRow, now: CaseNow) -> bool:
    """A late check-in is not sent as well when another message goes out, and nobody is asked the same thing twice."""
    is_late = row.local_day < now.today and not row.is_appointment
    return is_late or _asks_the_same(row, first)


def _free_day(row: FollowUpRow, first: FollowUpRow, channel: ChannelRow, zone: ZoneInfo, now: CaseNow) -> date:
    """The first day with room for this message. Check-ins leave room for the fixed days of the coming week.

    The weekly cap delays a reminder no longer than to the eve of its day, and care not at all; the daily cap holds.
    """
    sent = [other.sent_at or now.now for other in now.rows if other.id != row.id and _counts(other)]
    if not row.is_appointment and not row.is_care:
        sent += _reserved(row, first, now)
    apart = 2 if _is_distressed(now) and not row.is_appointment and not row.is_care else 1
    free = Caps(channel.per_day, channel.per_week, apart).next_free_day(sent, now.now, zone)
    latest = now.today if row.is_care else _eve(row, now)
    if free <= latest:
        return free
    return max(latest, Caps(channel.per_day, NO_WEEKLY_CAP).next_free_day(sent, now.now, zone))


def _is_distressed(now: CaseNow) -> bool:
    """They are asked something on every other day at most (follow-up schedule, E25)."""
    return now.advice.today.situation.values.get("safety_state") == "distressed"


def _eve(row: FollowUpRow, now: CaseNow) -> date:
    """The last day on which a reminder is of much use."""
    wish = find_wish(row, now.advice) if row.is_appointment else None
    if wish is None or wish.event_day is None or wish.follow_up.moment.offset >= 0:
        return date.max
    return max(wish.event_day - timedelta(days=1), now.today)


def _counts(row: FollowUpRow) -> bool:
    return row.kind is not FollowUpKind.VERIFICATION and row.state in MAY_HAVE_ARRIVED


def _reserved(row: FollowUpRow, first: FollowUpRow, now: CaseNow) -> list[datetime]:
    fixed = [other.due_at for other in now.rows if other.is_appointment and other.state.is_pending]
    return [*(max(due, now.now) for due in fixed if due < now.now + WEEK), *([now.now] if first is not row else [])]
