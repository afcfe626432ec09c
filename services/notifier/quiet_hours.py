"""When a person may be written to: the hours of their own day, in their own time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS = time(9)
CLOSES = time(20, 30)
"""Stricter than the 22:00-08:00 that collectors must keep (industry standard on debt collection, 2024)."""


@dataclass(frozen=True, slots=True)
class Window:
    """The hours in which messages may arrive; it closes at `closes`, not after it."""

    zone: ZoneInfo
    opens: time = OPENS
    closes: time = CLOSES

    @classmethod
    def read(cls, opens: str, closes: str, zone: str) -> Window:
        """From `HH:MM` words. A window that is never open would swallow every message: the usual hours count then."""
        first, last = time.fromisoformat(opens), time.fromisoformat(closes)
        return cls(ZoneInfo(zone), first, last) if first < last else cls(ZoneInfo(zone))

    def is_open(self, moment: datetime) -> bool:
        return self.opens <= moment.astimezone(self.zone).time() < self.closes

    def next_opening(self, moment: datetime) -> datetime:
        """`moment` itself if the window is open, else the next time at which it opens, in UTC."""
        if self.is_open(moment):
            return moment
        local = moment.astimezone(self.zone)
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        opening = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
        return opening if opening > moment else moment + timedelta(hours=1)
