"""What was in force when: every publication with its release, since when and until when it held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.publications import Standing, publication_in_force, standing_of
from services.casebook.tables import PublicationRow, ReleaseRow


@dataclass(frozen=True, slots=True)
class Chapter:
    """One publication. `is_return`: its release had been in force before; `before` is the number it took over from."""

    id: int
    number: int
    release: str
    standing: Standing
    begins_at: datetime
    ends_at: datetime | None
    by: str
    why: str
    published_at: datetime
    is_return: bool
    before: int | None


def chapters(session: Session, now: datetime) -> tuple[Chapter, ...]:
    """The newest first, what is planned at the top."""
    query = select(PublicationRow, ReleaseRow.number).join(ReleaseRow, ReleaseRow.fingerprint == PublicationRow.release)
    rows = [(row, number) for row, number in session.execute(query)]
    held = sorted(
        (pair for pair in rows if pair[0].withdrawn_at is None), key=lambda pair: (pair[0].in_force_from, pair[0].id)
    )
    withdrawn = [pair for pair in rows if pair[0].withdrawn_at is not None]
    current = publication_in_force(session, now)
    found = []
    for place, (row, number) in enumerate(held):
        following = held[place + 1][0] if place + 1 < len(held) else None
        earlier = {other for _, other in held[:place]}
        found.append(
            _chapter(
                row, number, standing_of(row, current, now), following, number in earlier, _number_before(held, place)
            )
        )
    found += [_chapter(row, number, Standing.WITHDRAWN, None, False, None) for row, number in withdrawn]
    return tuple(sorted(found, key=lambda chapter: (chapter.begins_at, chapter.id), reverse=True))


def _chapter(
    row: PublicationRow, number: int, standing: Standing, following: PublicationRow | None, is_return: bool,
    before: int | None,
) -> Chapter:  # fmt: skip
    ends_at = following.in_force_from if following is not None and standing is not Standing.SCHEDULED else None
    return Chapter(
        row.id, number, row.release, standing, row.in_force_from, ends_at, row.published_by, row.why, row.published_at,
        is_return, before,
    )  # fmt: skip


def _number_before(held: list[tuple[PublicationRow, int]], place: int) -> int | None:
    return held[place - 1][1] if place else None
