"""One clock for all processes: that of the database, so that a host whose clock is wrong harms nobody."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from services.casebook.clock import Clock, utc_now
from services.casebook.database import Database

SET_EVERY = 60.0
"""Seconds after which the clock is set again; in between it runs by itself and cannot jump."""


class SharedClock:
    """A clock that is set by PostgreSQL. An embedded database has no clock of its own: there the host's counts."""

    def __init__(
        self, database: Database, host: Clock = utc_now, running: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._host = host
        self._running = running
        self._set_at = float("-inf")
        self._moment = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        if self._running() - self._set_at >= SET_EVERY:
            self._moment = self._ask()
            self._set_at = self._running()
        return self._moment + timedelta(seconds=self._running() - self._set_at)

    def _ask(self) -> datetime:
        if not self._database.is_postgresql:
            return self._host()
        with self._database.read() as session:
            moment: datetime = session.scalars(select(func.clock_timestamp())).one()
        return moment.astimezone(UTC)
