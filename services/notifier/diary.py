"""When which chore is to be done: cases whose time has come at once, tidying every hour, reconciliation every night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.casebook.heartbeats import Beat, last_beat
from services.casebook.watching import cases_to_look_at
from services.notifier.job_queue import Chore

TIDY_EVERY = timedelta(hours=1)
RECONCILE_EVERY = timedelta(hours=20)
NIGHT = range(2, 6)
"""Hours in which the reconciliation disturbs nobody."""


@dataclass(slots=True)
class Diary:
    """A sweeper's own: several sweepers may ask for the same chore, and it is done once or finds nothing to do."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    _tidied_at: datetime | None = None

    def due(self, session: Session, now: datetime) -> tuple[Chore, ...]:
        return tuple(self._due(session, now))

    def _due(self, session: Session, now: datetime) -> Iterator[Chore]:
        if cases_to_look_at(session, now, 1):
            yield Chore.LOOK_AFTER_CASES
        if self._tidied_at is None or now - self._tidied_at >= TIDY_EVERY:
            self._tidied_at = now
            yield Chore.TIDY
        if now.astimezone(self.zone).hour in NIGHT and self._is_time_to_reconcile(session, now):
            yield Chore.RECONCILE

    def _is_time_to_reconcile(self, session: Session, now: datetime) -> bool:
        last = last_beat(session, Beat.RECONCILIATION)
        return last is None or now - last >= RECONCILE_EVERY
