"""Signs of life that processes leave in the database, so that others can see whether they are at work."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.casebook.tables import HeartbeatRow

FORGOTTEN_AFTER = timedelta(days=1)


class Beat(StrEnum):
    """Who leaves a sign, or what it is a sign of."""

    SWEEPER = "sweeper"
    WORKER = "worker"
    RECONCILIATION = "reconciliation"
    EPOCH = "epoch"
    """Which life of Redis was seen last; see the notifier."""


def beat(session: Session, kind: Beat, name: str, now: datetime, detail: dict[str, Any] | None = None) -> None:
    """Leave a sign. Each process has a name of its own; signs of processes long gone are cleared away."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"kind": kind.value, "at": now, "detail": detail or {}}
    session.execute(
        insert(HeartbeatRow).values(name=name, **values).on_conflict_do_update(index_elements=["name"], set_=values)
    )
    session.execute(delete(HeartbeatRow).where(HeartbeatRow.at < now - FORGOTTEN_AFTER, HeartbeatRow.kind == kind))


def last_beat(session: Session, kind: Beat) -> datetime | None:
    """When anybody of that kind last left a sign."""
    return session.scalar(select(func.max(HeartbeatRow.at)).where(HeartbeatRow.kind == kind))
