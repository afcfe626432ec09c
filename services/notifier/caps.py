"""How many messages are too many: so many a day and a week, counted on the person's own calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Caps:
    """At most `per_day` messages on one day and `per_week` on any seven days in a row, some days apart."""

    per_day: int = 1
    per_week: int = 2
    days_apart: int = 1
    """2 leaves a day without a message between two days with one."""

    def next_free_day(self, sent: Iterable[datetime], now: datetime, zone: ZoneInfo) -> date:
        """The first day, today or later, on which one more message leaves room for all in `sent`.

        `sent` may hold moments to come: messages for which the room is kept.
        """
        days = [moment.astimezone(zone).date() for moment in sent]
        day = now.astimezone(zone).date()
        while not self._has_room(days, day):
            day += timedelta(days=1)
        return day

    def _has_room(self, days: list[date], day: date) -> bool:
        """No seven days in a row that hold this day may hold too many."""
        if sum(1 for other in days if other == day) >= max(1, self.per_day):
            return False
        if any(0 < abs((day - other).days) < self.days_apart for other in days):
            return False
        ends = (day + timedelta(days=offset) for offset in range(WEEK.days))
        return all(sum(1 for other in days if end - WEEK < other <= end) < max(1, self.per_week) for end in ends)
