"""Releases of the rulebook in the database: immutable snapshots, and which of them is in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from weakref import finalize

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from services.casebook.model import CaseState
from services.casebook.tables import CaseRow, PublicationRow, ReleaseRow
from services.rulebook.load import load_rulebook
from services.rulebook.model import Rulebook
from services.rulebook.release import Release

STARTER = "starter rulebook"
Load = Callable[[Mapping[str, str]], Rulebook]
"""Makes a rulebook of files: `load_rulebook`, or something that remembers what it has made of the same files before."""


class NoReleaseError(Exception):
    """The database holds no release yet, or not the one that was asked for."""


def ensure_first_release(
    session: Session, read_files: Callable[[], Mapping[str, str]], now: datetime, load: Load = load_rulebook
) -> str:
    """The fingerprint in force; on the very first start the given files become release 1 and are published."""
    in_force = _newest(session)
    if in_force is None and session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE publication IN EXCLUSIVE MODE"))  # others may be starting as well
        in_force = _newest(session)
    if in_force is not None:
        return in_force
    row = add_release(session, read_files(), STARTER, "The first start loaded the starter rulebook.", now, load)
    publish(session, row.fingerprint, STARTER, row.why, now)
    return row.fingerprint


def add_release(
    session: Session, files: Mapping[str, str], by: str, why: str, now: datetime, load: Load = load_rulebook
) -> ReleaseRow:
    """Keep a snapshot; the same content is the same release. Raises RulebookError when the files cannot be used."""
    fingerprint = load(files).fingerprint
    known = session.get(ReleaseRow, fingerprint)
    if known is not None:
        return known
    number = (session.scalar(select(func.max(ReleaseRow.number))) or 0) + 1
    row = ReleaseRow(fingerprint=fingerprint, number=number, files=dict(files), created_at=now, created_by=by, why=why)
    session.add(row)
    session.flush()
    return row


def publish(session: Session, fingerprint: str, by: str, why: str, now: datetime) -> PublicationRow:
    """Put a release in force. Every open case is looked at again with it, as soon as somebody comes to it."""
    row = PublicationRow(release=fingerprint, published_at=now, published_by=by, why=why)
    session.add(row)
    session.execute(
        update(CaseRow)
        .where(CaseRow.state.in_((CaseState.OPEN, CaseState.QUIET)), CaseRow.next_look_at > now)
        .values(next_look_at=now)
    )
    session.flush()
    return row


def fingerprint_in_force(session: Session) -> str:
    fingerprint = _newest(session)
    if fingerprint is None:
        raise NoReleaseError("no release was published yet; the first start of the advisor does it")
    return fingerprint


def build_release(session: Session, fingerprint: str, load: Load = load_rulebook) -> Release:
    """Both engines of a stored release, ready to decide. The caller closes it."""
    row = session.get(ReleaseRow, fingerprint)
    if row is None:
        raise NoReleaseError(f"there is no release {fingerprint}")
    return Release.build(load(row.files))


@dataclass(slots=True)
class Shelf:
    """The releases that one process has built, each once; the ones used least recently are closed.

    Whoever holds a release that is put away meanwhile still may use it: it is closed when nobody refers to it.
    """

    most: int = 3
    load: Load = load_rulebook
    _built: dict[str, Release] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def in_force(self, session: Session) -> Release:
        return self.release(session, fingerprint_in_force(session))

    def release(self, session: Session, fingerprint: str) -> Release:
        with self._lock:
            release = self._built.pop(fingerprint, None) or self._build(session, fingerprint)
            self._built[fingerprint] = release
            while len(self._built) > self.most:
                self._built.pop(next(iter(self._built)))
        return release

    def _build(self, session: Session, fingerprint: str) -> Release:
        release = build_release(session, fingerprint, self.load)
        finalize(release, release.matcher.close)
        return release

    def close(self) -> None:
        with self._lock:
            for release in self._built.values():
                release.close()
            self._built.clear()


def _newest(session: Session) -> str | None:
    return session.scalar(select(PublicationRow.release).order_by(PublicationRow.id.desc()).limit(1))
