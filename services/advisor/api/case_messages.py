"""`/v1/cases/{id}/follow-ups` and `/channels`: messages that were promised, and the ways they take."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response, request
from sqlalchemy import select

from services.advisor.api.case_documents import CaseBlueprint
from services.advisor.case_answers import channel_answer, follow_up_answer, recorded_answer
from services.advisor.case_desk import Reply, Visit, change_case, not_found, read_case
from services.advisor.case_pages import by_due_day, by_number
from services.advisor.language import language_of_errors
from services.advisor.parts import parts
from services.advisor.problem_json import Refusal, problem_document
from services.advisor.reading import INVALID
from services.advisor.schemas.case_answer import (
    ChannelSchema,
    ChannelsPageSchema,
    FollowUpsPageSchema,
    RecordedSchema,
)
from services.advisor.schemas.case_request import (
    AnswerRequestSchema,
    ChannelRequestSchema,
    EmptyRequestSchema,
    FollowUpQuery,
    PageQuery,
    SnoozeRequestSchema,
    VerifyRequestSchema,
)
from services.casebook.case_states import resume, snooze, stop
from services.casebook.cases import FollowUpCancelledError, answer
from services.casebook.channel_kinds import KINDS, AddressError, read_address
from services.casebook.channels import (
    NewChannel,
    TooManyChannelsError,
    VerificationError,
    add_channel,
    stop_channel,
    verify,
)
from services.casebook.desk import Recorded
from services.casebook.events import EventError
from services.casebook.model import ChannelRole, FollowUpKind
from services.casebook.tables import ChannelRow, FollowUpRow
from services.rulebook.model import Text
from services.rulebook.problems import Problem, SituationError, did_you_mean

blueprint = CaseBlueprint(
    "case-messages", __name__, url_prefix="/v1/cases/<case_id>", description="Messages, and the ways they take."
)
USUAL_PAGE = 50
LONGEST_SNOOZE = timedelta(days=90)
LONGEST_ID = 18
SAID = {
    "follow_up_not_found": Text("没有这个提醒。", "There is no such follow-up."),
    "channel_not_found": Text("没有这个联系方式。", "There is no such channel."),
    "follow_up_cancelled": Text(
        "这个问题已经不用回答了，计划有了变化。", "This question is no longer open; the plan has changed."
    ),
    "too_many_channels": Text("联系方式太多了，先停用一些。", "These are too many channels; stop some first."),
    "wrong_code": Text("验证码不对。", "This is not the code."),
    "code_is_over": Text("这个验证码已失效，请重新添加。", "This code cannot be used any more; add the channel again."),
    "window_is_empty": Text("开始时间要早于结束时间，且不晚于 20:30。", "It has to end after it begins, by 20:30."),
    "snooze_out_of_range": Text("推迟最多 90 天，且要在以后。", "Put off by at most 90 days, and into the future."),
    "missing": Text("缺少这一项。", "This is missing."),
    "malformed": Text("这一项的写法不对。", "This is not written as it has to be."),
    "unknown": Text("没有这一项。", "There is no such field."),
}


@blueprint.route("/follow-ups")
@blueprint.reads()
@blueprint.arguments(FollowUpQuery(), location="query")
@blueprint.response(200, FollowUpsPageSchema)
def list_follow_ups(asked: dict[str, Any], case_id: str) -> Response:
    """The messages that were promised, in the order in which they are due"""

    def view(visit: Visit) -> Response:
        rulebook = visit.desk.release.rulebook
        return by_due_day(
            visit.desk.session, case_id, _page(asked), lambda row: follow_up_answer(row, visit.case, rulebook)
        )

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
        row = visit.desk.session.get(FollowUpRow, _number(follow_up_id))
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


@blueprint.route("/channels", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(ChannelRequestSchema(), example={"kind": "email", "address": {"address": "xiao@example.org"}})
@blueprint.response(201, ChannelSchema)
def add_a_channel(asked: dict[str, Any], case_id: str) -> Response:
    """Add a way to be reached

    A code is sent there. Until it comes back through `verify`, nothing else is sent.
    """
    new = _new_channel(asked)

    def act(visit: Visit) -> Reply:
        zone = asked.get("time_zone") or visit.case.time_zone
        try:
            channel = add_channel(visit.desk.session, visit.case, replace(new, time_zone=zone), visit.desk.now)
        except TooManyChannelsError as error:
            raise Refusal(409, "too_many_channels", SAID["too_many_channels"]) from error
        return Reply(201, channel_answer(channel), visit.case.id)

    return change_case(case_id, asked, act)


@blueprint.route("/channels")
@blueprint.reads()
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, ChannelsPageSchema)
def list_channels(asked: dict[str, Any], case_id: str) -> Response:
    """The channels of the case; addresses are covered"""
    query = select(ChannelRow).where(ChannelRow.case_id == case_id)
    return read_case(
        case_id, lambda visit: by_number(visit.desk.session, query, ChannelRow.id, _page(asked), channel_answer)
    )


@blueprint.route("/channels/<channel_id>/verify", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(VerifyRequestSchema(), example={"code": "482913"})
@blueprint.response(200, ChannelSchema)
def verify_a_channel(asked: dict[str, Any], case_id: str, channel_id: str) -> Response:
    """Prove that the channel is yours

    Five wrong codes, or a day without the right one, and the channel has to be added again (409).
    """

    def act(visit: Visit) -> Reply:
        channel = _channel(visit, channel_id)
        try:
            is_right = verify(visit.desk.session, channel, asked["code"], parts().settings.secret_key, visit.desk.now)
        except VerificationError as error:
            raise Refusal(409, "code_is_over", SAID["code_is_over"]) from error
        if is_right:
            return Reply(200, channel_answer(channel), visit.case.id)
        # An answer, not a refusal: the guess has to be counted.
        problem = Problem("wrong_code", SAID["wrong_code"], pointer="/code")
        body = problem_document(422, "wrong_code", SAID["wrong_code"], (problem,), language_of_errors(request))
        return Reply(422, body, visit.case.id)

    return change_case(case_id, asked, act)


@blueprint.route("/channels/<channel_id>/stop", methods=["POST"])
@blueprint.changes()
@blueprint.arguments(EmptyRequestSchema())
@blueprint.response(200, ChannelSchema)
def stop_a_channel(asked: dict[str, Any], case_id: str, channel_id: str) -> Response:
    """No more messages to this channel"""

    def act(visit: Visit) -> Reply:
        channel = _channel(visit, channel_id)
        stop_channel(visit.desk.session, channel, visit.desk.now)
        return Reply(200, channel_answer(channel), visit.case.id)

    return change_case(case_id, asked, act)


def _new_channel(asked: dict[str, Any]) -> NewChannel:
    try:
        address = read_address(KINDS[asked["kind"]], asked["address"])
    except AddressError as error:
        names = KINDS[asked["kind"]].field_names
        problems = tuple(_address_problem(name, what, names) for name, what in error.problems.items())
        raise Refusal(422, "invalid_address", INVALID, problems) from error
    window = asked.get("window", {"from_": "09:00", "until": "20:30"})
    if not window["from_"] < window["until"] <= "20:30":
        raise _refused("window_is_empty", "/window")
    return NewChannel(
        kind=asked["kind"],
        address=address,
        time_zone="",
        role=ChannelRole(asked["role"]),
        window_from=window["from_"],
        window_until=window["until"],
        per_week=asked["per_week"],
    )


def _address_problem(name: str, what: str, known: tuple[str, ...]) -> Problem:
    suggestion = did_you_mean(name, known) if what == "unknown" else None
    code = {"missing": "missing", "malformed": "malformed", "unknown": "unknown_field"}[what]
    return Problem(code, SAID[what], pointer=f"/address/{name[:60]}", allowed=known, suggestion=suggestion)


def _refused(code: str, pointer: str) -> Refusal:
    return Refusal(422, code, SAID[code], (Problem(code, SAID[code], pointer=pointer),))


def _recorded(visit: Visit, recorded: Recorded, status: int = 201) -> Reply:
    return Reply(status, recorded_answer(recorded, visit.case, visit.desk.release), visit.case.id)


def _channel(visit: Visit, channel_id: str) -> ChannelRow:
    channel = visit.desk.session.get(ChannelRow, _number(channel_id))
    if channel is None or channel.case_id != visit.case.id:
        raise not_found("channel_not_found", SAID["channel_not_found"])
    return channel


def _number(text: str) -> int:
    """A row number; what is none belongs to no row."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0


def _at_value(problem: Problem) -> Problem:
    return replace(problem, pointer="/value")


def _page(asked: dict[str, Any]) -> dict[str, Any]:
    return {"limit": USUAL_PAGE, **asked}
