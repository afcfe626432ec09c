"""The queue of cases whose person fell silent and had agreed that a counsellor may look."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from services.casebook.access import is_case_id
from services.casebook.desk import Desk, Happening, Recorded, write
from services.casebook.event_types import COUNSELLOR_CAME
from services.casebook.model import EventSource
from services.casebook.tables import CaseRow, CounsellorQueueRow, OrganisationKeyRow


def waiting_for(organisation: OrganisationKeyRow) -> Select[CounsellorQueueRow]:
    """Who waits for this organisation: those it accompanies, and those whom nobody accompanies."""
    return (
        select(CounsellorQueueRow)
        .join(CaseRow, CaseRow.id == CounsellorQueueRow.case_id)
        .where(
            CounsellorQueueRow.done_at.is_(None),
            or_(CaseRow.organisation_key_id.is_(None), CaseRow.organisation_key_id == organisation.id),
        )
    )


def find_waiting(session: Session, organisation: OrganisationKeyRow, case_id: str) -> CounsellorQueueRow | None:
    if not is_case_id(case_id):
        return None
    return session.scalar(waiting_for(organisation).where(CounsellorQueueRow.case_id == case_id).limit(1))


def take_up(desk: Desk, organisation: OrganisationKeyRow, waiting: CounsellorQueueRow) -> Recorded:
    """From now on the organisation accompanies the case; nobody else finds it in the queue."""
    case = desk.session.get_one(CaseRow, waiting.case_id, with_for_update=True)
    waiting.done_at = desk.now
    case.organisation_key_id = organisation.id
    return write(desk, case, Happening(COUNSELLOR_CAME, EventSource.COUNSELLOR, desk.now))
