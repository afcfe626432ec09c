"""Time as the casebook sees it: moments are aware and in UTC, days are those of the person's own time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

Clock = Callable[[], datetime]
"""What a process asks for the time; tests hand in one that they can move."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@cache
def time_zones() -> frozenset[str]:
    """All IANA names that this machine knows."""
    return frozenset(available_timezones())


def local_day(now: datetime, time_zone: str) -> date:
    """The calendar day on which the person is living."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def local_moment(day: date, hour: int, time_zone: str) -> datetime:
    """That hour of that local day, in UTC. An hour that the clocks skip means the one after it."""
    return datetime.combine(day, time(hour), ZoneInfo(time_zone)).astimezone(UTC)


def day_after(day: date, days: int) -> date:
    """Some days later; at the end of the calendar, its last day."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
