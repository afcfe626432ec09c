"""Counts which rules speak and writes it down now and then, so that the studio can say how often a rule is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from threading import Lock
from time import monotonic

from services.casebook.database import Database, DatabaseUnavailableError
from services.casebook.rule_use import add_uses

WRITE_EVERY = timedelta(minutes=1)


class RuleCounts:
    """Kept in memory for a minute: what a process had not written when it ends is lost, and that is all right."""

    def __init__(
        self,
        database: Database,
        today: Callable[[], date],
        every: timedelta = WRITE_EVERY,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        self._today = today
        self._every = every.total_seconds()
        self._seconds = seconds
        self._written_at = seconds()
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def note(self, rules: Iterable[str]) -> None:
        """These rules spoke in one answer."""
        with self._lock:
            self._counts.update(rules)
            now = self._seconds()
            if now - self._written_at < self._every:
                return
            self._written_at = now
            counts, self._counts = self._counts, Counter()
        self._write(counts)

    def _write(self, counts: Counter[str]) -> None:
        try:
            with self._database.write() as session:
                add_uses(session, self._today(), counts)
        except DatabaseUnavailableError:
            with self._lock:
                self._counts.update(counts)
