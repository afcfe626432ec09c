"""Picks up what was published: looks into the database at most four times a second, between two requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from time import monotonic

from services.advisor.release_in_force import ReleaseInForce
from services.casebook.clock import Clock
from services.casebook.database import Database, DatabaseUnavailableError
from services.casebook.releases import build_release, fingerprint_in_force

LOOK_EVERY = timedelta(seconds=0.25)


class NewestRelease:
    """Keeps one holder on the release that the database says is in force.

    The database is the truth and the only messenger. While it cannot be read, the release in hand stays in force. One
    thread at a time looks and builds; the others go on answering with the release in hand.
    """

    def __init__(
        self, releases: ReleaseInForce, database: Database, clock: Clock, seconds: Callable[[], float] = monotonic
    ) -> None:
        self._releases = releases
        self._database = database
        self._clock = clock
        self._seconds = seconds
        self._looked_at = seconds()
        self._lock = Lock()

    def look(self) -> None:
        if self._seconds() - self._looked_at < LOOK_EVERY.total_seconds() or not self._lock.acquire(blocking=False):
            return
        try:
            self._looked_at = self._seconds()
            self._swap_if_newer()
        except DatabaseUnavailableError:
            return
        finally:
            self._lock.release()

    def _swap_if_newer(self) -> None:
        with self._database.read() as session:
            newest = fingerprint_in_force(session, self._clock())
            if newest != self._releases.fingerprint:
                self._releases.swap(build_release(session, newest))
