"""Publications: which of them is in force, which are planned, and where each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from services.casebook.tables import PublicationRow


class Standing(StrEnum):
    """Where a publication stands at a moment."""

    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    PAST = "past"
    WITHDRAWN = "withdrawn"


def publication_in_force(session: Session, now: datetime) -> PublicationRow | None:
    """The newest that has begun."""
    return session.scalar(_valid(_has_begun(now)).limit(1))


def newest_publication(session: Session) -> PublicationRow | None:
    """The one that will be in force when all that is planned has begun."""
    return session.scalar(_valid().limit(1))


def scheduled_publications(session: Session, now: datetime) -> Sequence[PublicationRow]:
    """What is to begin, the last first."""
    return session.scalars(_valid(PublicationRow.begins_at > now)).all()


def begun_publications(session: Session, now: datetime) -> Sequence[PublicationRow]:
    """Everything that is or was in force, the latest first."""
    return session.scalars(_valid(_has_begun(now))).all()


def standing_of(row: PublicationRow, in_force: PublicationRow | None, now: datetime) -> Standing:
    """`in_force` is what `publication_in_force` says of the same moment."""
    if row.withdrawn_at is not None:
        return Standing.WITHDRAWN
    if in_force is not None and row.id == in_force.id:
        return Standing.IN_FORCE
    return Standing.SCHEDULED if row.begins_at is not None and row.begins_at > now else Standing.PAST


def _has_begun(now: datetime) -> ColumnElement[bool]:
    """A publication that begins at once has begun, whatever the clocks of others show."""
    return or_(PublicationRow.begins_at.is_(None), PublicationRow.begins_at <= now)


def _valid(*conditions: ColumnElement[bool]) -> Select[PublicationRow]:
    """Those that were not taken back; the one that begins last comes first."""
    begins = func.coalesce(PublicationRow.begins_at, PublicationRow.published_at)
    chosen = select(PublicationRow).where(PublicationRow.withdrawn_at.is_(None), *conditions)
    return chosen.order_by(begins.desc(), PublicationRow.id.desc())
