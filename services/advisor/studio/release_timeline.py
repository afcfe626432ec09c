"""What was in force when: every publication with its release, since when and until when it held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.releases import publication_in_force
from services.casebook.tables import PublicationRow, ReleaseRow


class Standing(StrEnum):
    """Where a publication stands at this moment."""

    PLANNED = "planned"
    IN_FORCE = "in_force"
    OVER = "over"
    WITHDRAWN = "withdrawn"


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
    held = sorted((pair for pair in rows if pair[0].withdrawn_at is None), key=lambda pair: _order(pair[0]))
    withdrawn = [pair for pair in rows if pair[0].withdrawn_at is not None]
    current = publication_in_force(session, now)
    found = []
    for place, (row, number) in enumerate(held):
        following = held[place + 1][0] if place + 1 < len(held) else None
        earlier = {other for _, other in held[:place]}
        found.append(
            _chapter(
                row, number, _standing(row, current, now), following, number in earlier, _number_before(held, place)
            )
        )
    found += [_chapter(row, number, Standing.WITHDRAWN, None, False, None) for row, number in withdrawn]
    return tuple(sorted(found, key=lambda chapter: (chapter.begins_at, chapter.id), reverse=True))


def _standing(row: PublicationRow, current: PublicationRow | None, now: datetime) -> Standing:
    if current is not None and row.id == current.id:
        return Standing.IN_FORCE
    return Standing.PLANNED if row.begins_at is not None and row.begins_at > now else Standing.OVER


def _chapter(
    row: PublicationRow, number: int, standing: Standing, following: PublicationRow | None, is_return: bool,
    before: int | None,
) -> Chapter:  # fmt: skip
    ends_at = _begins(following) if following is not None and standing is not Standing.PLANNED else None
    return Chapter(
        row.id, number, row.release, standing, _begins(row), ends_at, row.published_by, row.why, row.published_at,
        is_return, before,
    )  # fmt: skip


def _number_before(held: list[tuple[PublicationRow, int]], place: int) -> int | None:
    return held[place - 1][1] if place else None


def _begins(row: PublicationRow) -> datetime:
    return row.begins_at or row.published_at


def _order(row: PublicationRow) -> tuple[datetime, int]:
    return _begins(row), row.id
