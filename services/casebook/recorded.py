"""The situations of the cases that are still followed, as they were when something was last decided about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.casebook.model import CaseState
from services.casebook.tables import CaseRow, DecisionRow
from services.rulebook.recorded import Recorded

FOLLOWED = (CaseState.OPEN, CaseState.QUIET)


def recorded_situations(session: Session) -> list[Recorded]:
    """One of each case, under the id of the case."""
    newest = (
        select(func.max(DecisionRow.id))
        .join(CaseRow, CaseRow.id == DecisionRow.case_id)
        .where(CaseRow.state.in_(FOLLOWED))
        .group_by(DecisionRow.case_id)
    )
    query = select(DecisionRow.case_id, DecisionRow.facts).where(DecisionRow.id.in_(newest)).order_by(DecisionRow.id)
    return [Recorded(case_id, facts) for case_id, facts in session.execute(query)]


def advised_under(session: Session, release: str, since: datetime) -> tuple[int, int]:
    """Decisions made with a release from a moment on, and cases whose newest decision is one of them."""
    newest = select(func.max(DecisionRow.id)).group_by(DecisionRow.case_id)
    made = (DecisionRow.release == release, DecisionRow.decided_at >= since)
    decisions = session.scalar(select(func.count()).select_from(DecisionRow).where(*made)) or 0
    cases = session.scalar(select(func.count()).where(*made, DecisionRow.id.in_(newest))) or 0
    return decisions, cases
