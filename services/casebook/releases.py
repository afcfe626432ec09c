"""Releases of the rulebook in the database: immutable snapshots, and which of them is in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from weakref import finalize

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.casebook.audit import one_at_a_time, publication_said, record
from services.casebook.authors import STARTER, Author
from services.casebook.model import CaseState, Role
from services.casebook.publications import publication_in_force, scheduled_publications
from services.casebook.rule_tables import AuditRow
from services.casebook.tables import CaseRow, PublicationRow, ReleaseRow
from services.rulebook.load import load_rulebook
from services.rulebook.model import Rulebook
from services.rulebook.release import Release

FIRST_WHY = "The first start loaded the starter rulebook."
Load = Callable[[Mapping[str, str]], Rulebook]
"""Makes a rulebook of files: `load_rulebook`, or something that remembers what it has made of the same files before."""


class NoReleaseError(Exception):
    """The database holds no release yet, or not the one that was asked for."""


def ensure_first_release(
    session: Session, read_files: Callable[[], Mapping[str, str]], now: datetime, load: Load = load_rulebook
) -> str:
    """The fingerprint in force; on the very first start the given files become release 1 and are published."""
    if session.scalar(select(PublicationRow.id).limit(1)) is None:
        one_at_a_time(session, PublicationRow.__tablename__)  # others may be starting as well
    if session.scalar(select(PublicationRow.id).limit(1)) is None:
        row = add_release(session, read_files(), STARTER, FIRST_WHY, now, load)
        publish(session, row.fingerprint, STARTER, row.why, now)
    elif session.scalar(select(AuditRow.number).limit(1)) is None:
        _begin_audit(session, now)
    return fingerprint_in_force(session, now)


def add_release(
    session: Session, files: Mapping[str, str], author: Author, why: str, now: datetime, load: Load = load_rulebook
) -> ReleaseRow:
    """Keep a snapshot; the same content is the same release. Raises RulebookError when the files cannot be used."""
    fingerprint = load(files).fingerprint
    one_at_a_time(session, ReleaseRow.__tablename__)
    known = session.get(ReleaseRow, fingerprint)
    if known is not None:
        return known
    number = (session.scalar(select(func.max(ReleaseRow.number))) or 0) + 1
    row = ReleaseRow(
        fingerprint=fingerprint, number=number, files=dict(files), created_at=now, created_by=author.name, why=why
    )
    session.add(row)
    session.flush()
    record(session, author, "release.added", f"release:{number}", {"releases": [fingerprint], "why": why}, now)
    return row


def publish(
    session: Session, fingerprint: str, author: Author, why: str, now: datetime, at: datetime | None = None
) -> PublicationRow:
    """Put a release in force, at once or at a time to come. Every open case is then looked at again with it."""
    author.need(Role.PUBLISHER)
    begins_at = at if at is not None and at > now else None
    row = PublicationRow(
        release=fingerprint, published_at=now, published_by=author.name, why=why, begins_at=begins_at, withdrawn_at=None
    )
    session.add(row)
    look_at = begins_at or now
    session.execute(
        update(CaseRow)
        .where(CaseRow.state.in_((CaseState.OPEN, CaseState.QUIET)), CaseRow.next_look_at > look_at)
        .values(next_look_at=look_at)
    )
    session.flush()
    _record(session, author, "release.published", row, why, now)
    return row


def withdraw(session: Session, publication: PublicationRow, author: Author, why: str, now: datetime) -> bool:
    """Take back a publication that has not begun; False if it has, or was taken back before."""
    author.need(Role.PUBLISHER)
    if publication.begins_at is None or publication.begins_at <= now or publication.withdrawn_at is not None:
        return False
    publication.withdrawn_at = now
    session.flush()
    _record(session, author, "release.withdrawn", publication, why, now)
    return True


def roll_back(session: Session, number: int, author: Author, why: str, now: datetime) -> PublicationRow:
    """Put an earlier release in force again, at once. What was to begin later is withdrawn: it would undo this."""
    release = release_numbered(session, number)
    for publication in scheduled_publications(session, now):
        withdraw(session, publication, author, why, now)
    return publish(session, release.fingerprint, author, why, now)


def fingerprint_in_force(session: Session, now: datetime) -> str:
    publication = publication_in_force(session, now)
    if publication is None:
        raise NoReleaseError("no release was published yet; the first start of the advisor does it")
    return publication.release


def release_numbered(session: Session, number: int) -> ReleaseRow:
    """Raises NoReleaseError if there is none with this number."""
    row = session.scalar(select(ReleaseRow).where(ReleaseRow.number == number))
    if row is None:
        raise NoReleaseError(f"there is no release {number}")
    return row


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

    def in_force(self, session: Session, now: datetime) -> Release:
        return self.release(session, fingerprint_in_force(session, now))

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


def _begin_audit(session: Session, now: datetime) -> None:
    """A database older than the audit: what is there already is recorded as found."""
    releases = [row.fingerprint for row in session.scalars(select(ReleaseRow).order_by(ReleaseRow.number))]
    found = {str(row.id): publication_said(row) for row in session.scalars(select(PublicationRow))}
    record(session, STARTER, "audit.begun", "audit", {"releases": releases, "publications": found}, now)


def _record(session: Session, author: Author, what: str, row: PublicationRow, why: str, now: datetime) -> None:
    detail = {"publications": {str(row.id): publication_said(row)}, "why": why}
    record(session, author, what, f"publication:{row.id}", detail, now)
