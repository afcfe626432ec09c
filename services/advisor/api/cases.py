"""`/v1/cases`: a case is opened, told what happens, read, exported and erased."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from flask import Response, request
from sqlalchemy import select

from services.advisor.api.case_documents import CaseBlueprint
from services.advisor.case_answers import case_answer, opened_answer, recorded_answer
from services.advisor.case_desk import (
    Reply,
    Visit,
    answer_once,
    bearer,
    change_case,
    check_version,
    counsellors,
    find_own,
    organisation,
    respond,
    saying_when_busy,
)
from services.advisor.case_pages import by_opening
from services.advisor.language import language_of
from services.advisor.parts import parts
from services.advisor.problem_json import Refusal
from services.advisor.reading import INVALID
from services.advisor.schemas.case_answer import (
    CasesPageSchema,
    ErasureReceiptSchema,
    OpenedSchema,
    RecordedSchema,
    RetrievedSchema,
)
from services.advisor.schemas.case_request import (
    CaseRequestSchema,
    EventRequestSchema,
    PageQuery,
    RetrieveRequestSchema,
)
from services.casebook.access import find_by_code, renew_token
from services.casebook.cases import NewCase, open_case, record_event
from services.casebook.clock import local_day
from services.casebook.desk import Desk
from services.casebook.erasure import erase
from services.casebook.events import EventError, check_time, find_type, read_event
from services.casebook.idempotency import Answer
from services.casebook.tables import CaseRow
from services.rulebook.model import Text
from services.rulebook.problems import Problem, SituationError
from services.rulebook.situation import read_situation

blueprint = CaseBlueprint("cases", __name__, url_prefix="/v1/cases", description="Followed until it is settled.")
NO_CONSENT = Text(
    "要同意保存（consent.store_case: true）才能跟进；不保存也可以用 POST /v1/advice。",
    "A case can only be followed if it may be stored (consent.store_case: true); POST /v1/advice stores nothing.",
)
NO_SUCH_CODE = Text("没有这个找回码。", "There is no such retrieval code.")
EXAMPLE = {
    "facts": {"product": "jiebei", "days_overdue": 12, "ability_to_pay": "partial", "negotiation": "not_started"},
    "consent": {"store_case": True},
    "language": "en",
    "time_zone": "Asia/Shanghai",
}


@blueprint.route("", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(CaseRequestSchema(), example=EXAMPLE)
@blueprint.response(201, OpenedSchema)
def open_a_case(asked: dict[str, Any]) -> Response:
    """Open a case

    The token is shown once; keep it. The retrieval code brings a person back who has lost it.
    """
    if not asked["consent"]["store_case"]:
        problem = Problem("consent_needed", NO_CONSENT, pointer="/consent/store_case", read="false")
        raise Refusal(422, "consent_needed", NO_CONSENT, (problem,))

    def act(desk: Desk) -> Reply:
        opened = open_case(desk, _new_case(desk, asked))
        return Reply(201, opened_answer(opened, desk.release), opened.case.id)

    response = answer_once("new", asked, act)
    response.headers["Location"] = f"/v1/cases/{orjson.loads(response.data)['id']}"
    return response


@blueprint.route("")
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, CasesPageSchema)
def list_cases(asked: dict[str, Any]) -> Response:
    """The cases of an organisation"""
    with saying_when_busy(), parts().database.read() as session, parts().releases.borrow() as release:
        owner = counsellors(session)
        now = parts().clock()
        query = select(CaseRow).where(CaseRow.organisation_key_id == owner.id)
        return by_opening(
            session, query, asked, lambda row: case_answer(row, release.rulebook, local_day(now, row.time_zone))
        )


@blueprint.route("/retrieve", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(RetrieveRequestSchema())
@blueprint.response(200, RetrievedSchema)
def retrieve_a_case(asked: dict[str, Any]) -> Response:
    """Come back with the retrieval code

    The case gets a new token; the old one no longer opens it.
    """

    def act(desk: Desk) -> Reply:
        case = find_by_code(desk.session, asked["retrieval_code"])
        if case is None:
            raise Refusal(404, "code_not_found", NO_SUCH_CODE)
        return Reply(200, {"id": case.id, "token": renew_token(case)}, case.id)

    return answer_once("retrieve", asked, act)


@blueprint.route("/<case_id>", methods=["DELETE"])
@blueprint.reads()
@blueprint.response(200, ErasureReceiptSchema)
def erase_a_case(case_id: str) -> Response:
    """Erase everything about the case

    Afterwards it answers like one that never was. The receipt leads back to nobody.
    """
    secret, now = bearer(), parts().clock()
    with saying_when_busy(), parts().database.write() as session:
        case = find_own(session, case_id, secret)
        check_version(case)
        receipt = erase(session, case, now)
    parts().database.scrub()
    body = {"receipt": receipt.receipt, "erased_at": receipt.erased_at.isoformat(), "rows": receipt.rows}
    return respond(Answer(200, orjson.dumps(body)))


@blueprint.route("/<case_id>/events", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(EventRequestSchema(), example={"type": "offer.refused"})
@blueprint.response(201, RecordedSchema)
def record(asked: dict[str, Any], case_id: str) -> Response:
    """Tell what happened

    The rules run again; the answer says what that changed in the plan and in the messages to come.
    """

    def act(visit: Visit) -> Reply:
        desk, case = visit.desk, visit.case
        try:
            kind = find_type(asked["type"])
            occurred_at = asked.get("occurred_at", desk.now)
            check_time(occurred_at, desk.now)
            event = read_event(desk.release.rulebook, kind, asked.get("data", {}), occurred_at)
            recorded = record_event(desk, case, event, visit.source)
        except EventError as error:
            raise Refusal(422, "invalid_event", INVALID, error.problems) from error
        except SituationError as error:
            raise Refusal(422, "invalid_event", INVALID, _below_data(error)) from error
        return Reply(201, recorded_answer(recorded, case, desk.release), case.id)

    return change_case(case_id, asked, act)


def _new_case(desk: Desk, asked: dict[str, Any]) -> NewCase:
    owner = organisation(desk.session)
    try:
        situation = read_situation(desk.release.rulebook, asked["facts"], asked.get("declined", ()))
    except SituationError as error:
        raise Refusal(422, "invalid_situation", INVALID, error.problems) from error
    return NewCase(
        situation=situation,
        language=asked.get("language") or language_of(request),
        time_zone=asked.get("time_zone") or parts().settings.time_zone.key,
        retention_days=asked["retention_days"],
        consent={name: desk.now.isoformat() for name, agreed in asked["consent"].items() if agreed},
        organisation_key_id=None if owner is None else owner.id,
    )


def _below_data(error: SituationError) -> tuple[Problem, ...]:
    """What an event contradicts is said of its data."""
    return tuple(
        replace(problem, pointer="/data" + problem.pointer.removeprefix("/facts")) for problem in error.problems
    )
