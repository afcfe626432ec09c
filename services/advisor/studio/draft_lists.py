"""Lists of drafts: those that are being worked on, and all of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.model import DraftState
from services.casebook.rule_tables import DraftRow

MOST_SHOWN = 200


def open_drafts(session: Session) -> Sequence[DraftRow]:
    """Those that are not over, the one changed last first."""
    over = [state for state in DraftState if state.is_over]
    query = select(DraftRow).where(DraftRow.state.not_in(over)).order_by(DraftRow.changed_at.desc(), DraftRow.id.desc())
    return session.scalars(query.limit(MOST_SHOWN)).all()


def finished_drafts(session: Session) -> Sequence[DraftRow]:
    over = [state for state in DraftState if state.is_over]
    query = select(DraftRow).where(DraftRow.state.in_(over)).order_by(DraftRow.changed_at.desc(), DraftRow.id.desc())
    return session.scalars(query.limit(MOST_SHOWN)).all()
