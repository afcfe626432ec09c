"""Counts that follow from the events of a case."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.events import ReadEvent
from services.casebook.tables import CaseRow, EventRow

WEEK = timedelta(days=7)
MOST_CALLS = 1000


def count_missed_calls(session: Session, case: CaseRow, event: ReadEvent, now: datetime) -> int:
    """Calls missed in the last seven days: what was reported since the person last said the number itself."""
    total = event.counts if event.occurred_at > now - WEEK else 0
    recent = (
        select(EventRow)
        .where(EventRow.case_id == case.id, EventRow.occurred_at > now - WEEK)
        .order_by(EventRow.id.desc())
    )
    for row in session.scalars(recent):
        if row.type == event.type.id:
            total += int(row.data.get("count", 1))
        elif "missed_calls_7d" in row.facts_changed:
            total += int(row.facts_changed["missed_calls_7d"]["to"] or 0)
            break
    return min(total, MOST_CALLS)
