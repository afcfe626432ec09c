"""`/v1/cases/{id}/follow-ups` and `/channels`: messages that were promised, and the ways they take."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response

from services.advisor.api.case_documents import CaseBlueprint
from services.advisor.case_answers import follow_up_answer, recorded_answer
from services.advisor.case_desk import Reply, Visit, change_case, not_found, read_case, row_number
from services.advisor.case_pages import by_due_day
from services.advisor.problem_json import Refusal
from services.advisor.reading import INVALID
from services.advisor.schemas.case_answer import (
    FollowUpsPageSchema,
    RecordedSchema,
)
from services.advisor.schemas.case_request import (
    AnswerRequestSchema,
    EmptyRequestSchema,
    FollowUpQuery,
    SnoozeRequestSchema,
)
from services.casebook.case_states import resume, snooze, stop
from services.casebook.cases import FollowUpCancelledError, answer
from services.casebook.desk import Recorded
from services.casebook.events import EventError
from services.casebook.model import FollowUpKind
from services.casebook.tables import FollowUpRow
from services.rulebook.model import Text
from services.rulebook.problems import Problem, SituationError

blueprint = CaseBlueprint(
    "case-messages", __name__, url_prefix="/v1/cases/<case_id>", description="Messages, and the ways they take."
)
LONGEST_SNOOZE = timedelta(days=90)
LONGEST_ID = 18
SAID = {
    "follow_up_not_found": Text("没有这个提醒。", "There is no such follow-up."),
    "follow_up_cancelled": Text(
        "这个问题已经不用回答了，计划有了变化。", "This question is no longer open; the plan has changed."
    ),
    "snooze_out_of_range": Text("推迟最多 90 天，且要在以后。", "Put off by at most 90 days, and into the future."),
}


@blueprint.route("/follow-ups")
@blueprint.reads()
@blueprint.arguments(FollowUpQuery(), location="query")
@blueprint.response(200, FollowUpsPageSchema)
def list_follow_ups(asked: dict[str, Any], case_id: str) -> Response:
    """The messages that were promised, in the order in which they are due"""

    def view(visit: Visit) -> Response:
        rulebook = visit.desk.release.rulebook
        return by_due_day(visit.desk.session, case_id, asked, lambda row: follow_up_answer(row, visit.case, rulebook))

    return read_case(case_id, view)


@blueprint.route("/follow-ups/<follow_up_id>/answer", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(AnswerRequestSchema(), example={"value": "refused"})
@blueprint.response(201, RecordedSchema)
def answer_follow_up(asked: dict[str, Any], case_id: str, follow_up_id: str) -> Response:
    """Answer the question of a follow-up

    The answer is an event like any other: the rules run again. 409 when the question is no longer open.
    """

    def act(visit: Visit) -> Reply:
        row = visit.desk.session.get(FollowUpRow, row_number(follow_up_id))
        if row is None or row.case_id != visit.case.id or row.kind is FollowUpKind.VERIFICATION:
            raise not_found("follow_up_not_found", SAID["follow_up_not_found"])
        try:
            recorded = answer(visit.desk, visit.case, row, asked["value"], visit.source)
        except FollowUpCancelledError as error:
            raise Refusal(409, "follow_up_cancelled", SAID["follow_up_cancelled"]) from error
        except (EventError, SituationError) as error:
            raise Refusal(422, "invalid_answer", INVALID, tuple(_at_value(p) for p in error.problems)) from error
        return _recorded(visit, recorded)

    return change_case(case_id, asked, act)


@blueprint.route("/stop", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(EmptyRequestSchema())
@blueprint.response(200, RecordedSchema)
def stop_messages(asked: dict[str, Any], case_id: str) -> Response:
    """No more messages"""
    return change_case(case_id, asked, lambda visit: _recorded(visit, stop(visit.desk, visit.case), 200))


@blueprint.route("/resume", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(EmptyRequestSchema())
@blueprint.response(200, RecordedSchema)
def resume_messages(asked: dict[str, Any], case_id: str) -> Response:
    """Messages again, counted from now"""
    return change_case(case_id, asked, lambda visit: _recorded(visit, resume(visit.desk, visit.case), 200))


@blueprint.route("/snooze", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(SnoozeRequestSchema(), example={"until": "2026-12-01T09:00:00+08:00"})
@blueprint.response(200, RecordedSchema)
def snooze_messages(asked: dict[str, Any], case_id: str) -> Response:
    """No messages for a while, but those about fixed days"""

    def act(visit: Visit) -> Reply:
        if not visit.desk.now < asked["until"] <= visit.desk.now + LONGEST_SNOOZE:
            raise _refused("snooze_out_of_range", "/until")
        return _recorded(visit, snooze(visit.desk, visit.case, asked["until"]), 200)

    return change_case(case_id, asked, act)


def _refused(code: str, pointer: str) -> Refusal:
    return Refusal(422, code, SAID[code], (Problem(code, SAID[code], pointer=pointer),))


def _recorded(visit: Visit, recorded: Recorded, status: int = 201) -> Reply:
    return Reply(status, recorded_answer(recorded, visit.case, visit.desk.release), visit.case.id)


def _at_value(problem: Problem) -> Problem:
    return replace(problem, pointer="/value")
