"""`/v1/cases/{id}` read: as it stands, its plan and calendar, what happened and was decided, everything at once."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request
from sqlalchemy import select

from services.advisor.api.case_documents import CaseBlueprint
from services.advisor.case_answers import case_answer, decision_answer, event_answer
from services.advisor.case_calendar import calendar_of_case
from services.advisor.case_desk import Visit, read_case, respond
from services.advisor.case_pages import by_number
from services.advisor.schemas.advice_answer import AdviceSchema
from services.advisor.schemas.case_answer import CaseSchema, DecisionsPageSchema, EventsPageSchema
from services.advisor.schemas.case_request import PageQuery
from services.casebook.case_facts import situation_on
from services.casebook.erasure import export
from services.casebook.idempotency import Answer
from services.casebook.outbox import pending
from services.casebook.tables import DecisionRow, EventRow
from services.rulebook.advice import advise

blueprint = CaseBlueprint("case-reading", __name__, url_prefix="/v1/cases/<case_id>", description="A case, read.")


@blueprint.route("")
@blueprint.reads()
@blueprint.response(200, CaseSchema)
def get_case(case_id: str) -> Response:
    """The case as it stands today"""

    def view(visit: Visit) -> Response:
        body = case_answer(visit.case, visit.desk.release.rulebook, visit.desk.day(visit.case))
        return respond(Answer(200, orjson.dumps(body)), etag=str(visit.case.version))

    return _unless_known(read_case(case_id, view))


@blueprint.route("/events")
@blueprint.reads()
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, EventsPageSchema)
def list_events(asked: dict[str, Any], case_id: str) -> Response:
    """Everything that happened, in order"""
    query = select(EventRow).where(EventRow.case_id == case_id)
    return read_case(case_id, lambda visit: by_number(visit.desk.session, query, EventRow.id, asked, event_answer))


@blueprint.route("/decisions")
@blueprint.reads()
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, DecisionsPageSchema)
def list_decisions(asked: dict[str, Any], case_id: str) -> Response:
    """Every decision, with its receipt"""
    query = select(DecisionRow).where(DecisionRow.case_id == case_id)
    return read_case(
        case_id, lambda visit: by_number(visit.desk.session, query, DecisionRow.id, asked, decision_answer)
    )


@blueprint.route("/plan")
@blueprint.reads()
@blueprint.response(200, AdviceSchema)
def get_plan(case_id: str) -> Response:
    """The plan as of today

    Worked out now, so that facts that move by themselves have moved.
    """

    def view(visit: Visit) -> Response:
        plan = _plan(visit)
        etag = f"{visit.case.version}-{plan['receipt']['as_of']}-{plan['receipt']['release'][:12]}"
        return respond(Answer(200, orjson.dumps(plan)), etag=etag)

    return _unless_known(read_case(case_id, view))


@blueprint.route("/calendar.ics")
@blueprint.reads()
@blueprint.response(200, {"type": "string"}, content_type="text/calendar")
def get_calendar(case_id: str) -> Response:
    """The plan as a calendar file"""

    def view(visit: Visit) -> Response:
        facts = visit.desk.release.rulebook.facts.values()
        questions = {fact.id: fact.question.in_language(visit.case.language) for fact in facts}
        coming = pending(visit.desk.session, visit.case.id)
        content = calendar_of_case(visit.case, _plan(visit), coming, questions, visit.desk.now)
        headers = {"Content-Disposition": "attachment; filename=plan.ics", "Cache-Control": "no-store"}
        return Response(content, mimetype="text/calendar", headers=headers)

    return read_case(case_id, view)


@blueprint.route("/export")
@blueprint.reads()
@blueprint.response(200, {"type": "object"})
def export_a_case(case_id: str) -> Response:
    """Everything that is kept about the case"""

    def view(visit: Visit) -> Response:
        everything = export(visit.desk.session, visit.case)
        everything["plan"] = _plan(visit)
        return respond(Answer(200, orjson.dumps(everything)))

    return read_case(case_id, view)


def _plan(visit: Visit) -> dict[str, Any]:
    """The advice for the facts as they are today; the same document as `POST /v1/advice` gives."""
    desk, case = visit.desk, visit.case
    today = desk.day(case)
    return advise(desk.release, situation_on(case, desk.release.rulebook, today), today, case.language)


def _unless_known(response: Response) -> Response:
    """304 when the client has this version already."""
    response.make_conditional(request)
    return response
