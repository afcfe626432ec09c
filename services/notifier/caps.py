"""How many messages are too many: so many a day and a week, counted on the person's own calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Caps:
    """At most `per_day` messages on one day and `per_week` on any seven days in a row."""

    per_day: int = 1
    per_week: int = 2

    def next_free_day(self, sent: Iterable[datetime], now: datetime, zone: ZoneInfo) -> date:
        """The first day, today or later, on which one more message may be sent after those already sent."""
        days = [moment.astimezone(zone).date() for moment in sent]
        day = now.astimezone(zone).date()
        while not self._has_room(days, day):
            day += timedelta(days=1)
        return day

    def room_this_week(self, sent: Iterable[datetime], now: datetime, zone: ZoneInfo) -> int:
        """How many more messages the seven days that end today have room for."""
        today = now.astimezone(zone).date()
        recent = sum(1 for moment in sent if today - WEEK < moment.astimezone(zone).date() <= today)
        return max(0, self.per_week - recent)

    def _has_room(self, days: list[date], day: date) -> bool:
        on_the_day = sum(1 for other in days if other == day)
        in_the_week = sum(1 for other in days if day - WEEK < other <= day)
        return on_the_day < max(1, self.per_day) and in_the_week < max(1, self.per_week)
