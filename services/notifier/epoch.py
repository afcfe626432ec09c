"""Whether Redis still is the Redis that the queued jobs were put into."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.casebook.heartbeats import Beat
from services.casebook.tables import HeartbeatRow


def is_new_epoch(session: Session, epoch: str) -> bool:
    """True when Redis has lost its data since anybody looked last, and so all jobs that waited in it are gone."""
    row = session.get(HeartbeatRow, Beat.EPOCH.value)
    return row is None or row.detail.get("epoch") != epoch
