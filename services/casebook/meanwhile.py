"""What was advised since a release was last in force: what a rollback to it has to answer for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy.orm import Session

from services.casebook.publications import begun_publications
from services.casebook.recorded import advised_under
from services.casebook.releases import release_numbered


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What one other release decided from a moment on, and the cases whose newest decision is still one of these."""

    release: str
    since: datetime
    decisions: int
    cases: int


def advised_meanwhile(session: Session, number: int, now: datetime) -> tuple[Meanwhile, ...]:
    """One entry for each release that was in force since, the latest first. NoReleaseError for an unknown number."""
    wanted = release_numbered(session, number).fingerprint
    begun = begun_publications(session, now)
    if wanted not in {row.release for row in begun}:
        return ()
    later = list(takewhile(lambda row: row.release != wanted, begun))
    if not later:
        return ()
    since = later[-1].in_force_from
    return tuple(
        Meanwhile(release, since, *advised_under(session, release, since))
        for release in dict.fromkeys(row.release for row in later)
    )
