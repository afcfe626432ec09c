"""`/v1/counsellor-queue`: silent people who had agreed that a counsellor may look, for organisations."""

from __future__ import annotations

from typing import Any

from flask import Response

from services.advisor.api.case_documents import CaseBlueprint
from services.advisor.case_answers import recorded_answer, waiting_answer
from services.advisor.case_desk import Reply, answer_once, counsellors, not_found, saying_when_busy
from services.advisor.case_pages import by_number
from services.advisor.parts import parts
from services.advisor.schemas.case_answer import RecordedSchema, WaitingCasesPageSchema
from services.advisor.schemas.case_request import EmptyRequestSchema, PageQuery
from services.casebook.counsellors import find_waiting, take_up, waiting_for
from services.casebook.desk import Desk
from services.casebook.tables import CaseRow, CounsellorQueueRow

blueprint = CaseBlueprint(
    "counsellors", __name__, url_prefix="/v1/counsellor-queue", description="For organisations with a key."
)


@blueprint.route("")
@blueprint.reads(403)
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, WaitingCasesPageSchema)
def list_waiting(asked: dict[str, Any]) -> Response:
    """The cases that wait for a counsellor, the longest waiting first"""
    with saying_when_busy(), parts().database.read() as session:
        query = waiting_for(counsellors(session))
        return by_number(session, query, CounsellorQueueRow.id, asked, waiting_answer)


@blueprint.route("/<case_id>/take", methods=["POST"])
@blueprint.changes(403)
@blueprint.arguments(EmptyRequestSchema())
@blueprint.response(200, RecordedSchema)
def take_a_case(asked: dict[str, Any], case_id: str) -> Response:
    """Accompany a case that waits

    From now on the organisation's key opens it.
    """

    def act(desk: Desk) -> Reply:
        organisation = counsellors(desk.session)
        waiting = find_waiting(desk.session, organisation, case_id)
        if waiting is None:
            raise not_found()
        recorded = take_up(desk, organisation, waiting)
        case = desk.session.get_one(CaseRow, case_id)
        return Reply(200, recorded_answer(recorded, case, desk.release), case_id)

    return answer_once("counsellor-queue", asked, act)
