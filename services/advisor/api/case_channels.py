"""`/v1/cases/{id}/channels`: ways to reach the person, each proved by a code before it is used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request
from sqlalchemy import select

from services.advisor.api.case_documents import CaseBlueprint
from services.advisor.case_answers import channel_answer
from services.advisor.case_desk import Reply, Visit, change_case, not_found, read_case, row_number
from services.advisor.case_pages import by_number
from services.advisor.language import language_of_errors
from services.advisor.parts import parts
from services.advisor.problem_json import Refusal, problem_document
from services.advisor.reading import INVALID
from services.advisor.schemas.case_answer import ChannelSchema, ChannelsPageSchema
from services.advisor.schemas.case_request import (
    ChannelRequestSchema,
    EmptyRequestSchema,
    PageQuery,
    VerifyRequestSchema,
)
from services.casebook.channel_kinds import KINDS, AddressError, read_address
from services.casebook.channels import (
    NewChannel,
    TooManyChannelsError,
    VerificationError,
    add_channel,
    stop_channel,
    verify,
)
from services.casebook.model import ChannelRole
from services.casebook.tables import ChannelRow
from services.rulebook.model import Text
from services.rulebook.problems import Problem, did_you_mean

blueprint = CaseBlueprint(
    "case-channels", __name__, url_prefix="/v1/cases/<case_id>/channels", description="Ways to reach the person."
)
SAID = {
    "channel_not_found": Text("没有这个联系方式。", "There is no such channel."),
    "too_many_channels": Text("联系方式太多了，先停用一些。", "These are too many channels; stop some first."),
    "wrong_code": Text("验证码不对。", "This is not the code."),
    "code_is_over": Text("这个验证码已失效，请重新添加。", "This code cannot be used any more; add the channel again."),
    "window_is_empty": Text("开始时间要早于结束时间，且不晚于 20:30。", "It has to end after it begins, by 20:30."),
    "missing": Text("缺少这一项。", "This is missing."),
    "malformed": Text("这一项的写法不对。", "This is not written as it has to be."),
    "unknown": Text("没有这一项。", "There is no such field."),
}


@blueprint.route("", methods=["POST"])
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


@blueprint.route("")
@blueprint.reads()
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, ChannelsPageSchema)
def list_channels(asked: dict[str, Any], case_id: str) -> Response:
    """The channels of the case; addresses are covered"""
    query = select(ChannelRow).where(ChannelRow.case_id == case_id)
    return read_case(case_id, lambda visit: by_number(visit.desk.session, query, ChannelRow.id, asked, channel_answer))


@blueprint.route("/<channel_id>/verify", methods=["POST"])
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


@blueprint.route("/<channel_id>/stop", methods=["POST"])
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


def _channel(visit: Visit, channel_id: str) -> ChannelRow:
    channel = visit.desk.session.get(ChannelRow, row_number(channel_id))
    if channel is None or channel.case_id != visit.case.id:
        raise not_found("channel_not_found", SAID["channel_not_found"])
    return channel
