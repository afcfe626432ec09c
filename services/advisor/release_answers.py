"""Releases and their publications as the JSON of answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.advisor.answer_words import moment_or_none, moment_said
from services.casebook.meanwhile import Meanwhile
from services.casebook.publications import publication_in_force, standing_of
from services.casebook.tables import PublicationRow, ReleaseRow

Json = dict[str, Any]


def release_answers(session: Session, releases: Sequence[ReleaseRow], now: datetime) -> list[Json]:
    """Each with everything that was ever published of it, the latest first."""
    in_force = publication_in_force(session, now)
    wanted = {row.fingerprint for row in releases}
    query = select(PublicationRow).where(PublicationRow.release.in_(wanted)).order_by(PublicationRow.id.desc())
    publications = session.scalars(query).all()
    return [
        {
            "number": row.number,
            "fingerprint": row.fingerprint,
            "created_at": moment_said(row.created_at),
            "created_by": row.created_by,
            "why": row.why,
            "is_in_force": in_force is not None and in_force.release == row.fingerprint,
            "publications": [
                _publication(one, in_force, now) for one in publications if one.release == row.fingerprint
            ],
        }
        for row in releases
    ]


def release_answer(session: Session, release: ReleaseRow, now: datetime) -> Json:
    return release_answers(session, [release], now)[0]


def meanwhile_answer(session: Session, found: Sequence[Meanwhile]) -> Json:
    """In all, and release by release."""
    numbers = release_numbers(session, (one.release for one in found))
    return {
        "since": moment_said(found[0].since) if found else None,
        "decisions": sum(one.decisions for one in found),
        "cases": sum(one.cases for one in found),
        "releases": [
            {
                "number": numbers[one.release],
                "fingerprint": one.release,
                "decisions": one.decisions,
                "cases": one.cases,
            }
            for one in found
        ],
    }


def release_numbers(session: Session, fingerprints: Iterable[str]) -> dict[str, int]:
    """Without the files: these are half a million characters each."""
    query = select(ReleaseRow.fingerprint, ReleaseRow.number).where(ReleaseRow.fingerprint.in_(set(fingerprints)))
    return {row.fingerprint: row.number for row in session.execute(query)}


def _publication(row: PublicationRow, in_force: PublicationRow | None, now: datetime) -> Json:
    return {
        "id": str(row.id),
        "state": standing_of(row, in_force, now),
        "at": moment_said(row.published_at),
        "by": row.published_by,
        "why": row.why,
        "begins_at": moment_said(row.in_force_from),
        "withdrawn_at": moment_or_none(row.withdrawn_at),
    }
