"""Links that work once: what is kept is that one was opened, never what it shows."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.casebook.tables import OpenedLinkRow


def open_once(session: Session, token: str, expires_at: datetime, now: datetime) -> bool:
    """Whether this is the first time that the link is opened. Of two at once, one is told no."""
    session.execute(delete(OpenedLinkRow).where(OpenedLinkRow.expires_at < now))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(OpenedLinkRow)
        .values(link_hash=hashlib.sha256(token.encode()).hexdigest(), expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(OpenedLinkRow.link_hash)
    )
    return session.scalar(statement) is not None
