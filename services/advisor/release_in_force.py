"""Holds the release that answers requests, and changes it between two requests: no answer mixes two releases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from types import TracebackType

from services.rulebook.release import Release


@dataclass(slots=True)
class _Lent:
    """A release and how many requests are working with it."""

    release: Release
    borrowers: int = 0
    is_retired: bool = False


class ReleaseInForce:
    """`with in_force.borrow() as release:` gives one request one release, whatever is published meanwhile."""

    def __init__(self, release: Release) -> None:
        self._current = _Lent(release)
        self._lock = Lock()
        self.before_lending: Callable[[], None] | None = None
        """Called before a release is lent; it may swap."""

    @property
    def fingerprint(self) -> str:
        return self._current.release.fingerprint

    def borrow(self) -> Loan:
        return Loan(self)

    def swap(self, release: Release) -> None:
        """From now on requests get `release`, proved by its caller; the old one is closed after its last request."""
        with self._lock:
            retired, self._current = self._current, _Lent(release)
            retired.is_retired = True
            is_free = retired.borrowers == 0
        if is_free:
            retired.release.close()

    def _lend(self) -> _Lent:
        if self.before_lending is not None:
            self.before_lending()
        with self._lock:
            lent = self._current
            lent.borrowers += 1
        return lent

    def _take_back(self, lent: _Lent) -> None:
        with self._lock:
            lent.borrowers -= 1
            is_last = lent.is_retired and lent.borrowers == 0
        if is_last:
            lent.release.close()


class Loan:
    """One release for the length of a `with` block."""

    __slots__ = ("_holder", "_lent")

    def __init__(self, holder: ReleaseInForce) -> None:
        self._holder = holder

    def __enter__(self) -> Release:
        self._lent = self._holder._lend()
        return self._lent.release

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._holder._take_back(self._lent)
