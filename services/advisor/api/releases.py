"""`/v1/releases`: every release of the rules, which is in force, back to an earlier one, a planned one withdrawn."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from services.advisor.api.rule_documents import IDEMPOTENCY_KEY, RulesBlueprint
from services.advisor.case_desk import row_number
from services.advisor.parts import parts
from services.advisor.problem_json import Refusal
from services.advisor.release_answers import meanwhile_answer, release_answer, release_answers
from services.advisor.rule_pages import newest_first
from services.advisor.rules_desk import Reply, answered, change_rules, read_rules
from services.advisor.schemas.case_request import PageQuery
from services.advisor.schemas.draft_request import IncludeQuery, WhyRequestSchema
from services.advisor.schemas.release_answer import ReleaseSchema, ReleasesPageSchema, RolledBackSchema
from services.casebook.authors import Author
from services.casebook.meanwhile import advised_meanwhile
from services.casebook.model import Role
from services.casebook.publications import scheduled_publications
from services.casebook.releases import release_numbered, roll_back, withdraw
from services.casebook.tables import ReleaseRow
from services.rulebook.model import Text

blueprint = RulesBlueprint("releases", __name__, url_prefix="/v1/releases", description="The rules, as published.")
NOT_SCHEDULED = Text(
    "这个版本没有预定的发布；已经生效的，请用 rollback 回到之前的版本。",
    "No publication of this release is planned; once it is in force, roll back to an earlier one.",
)


@blueprint.route("")
@blueprint.reads(422)
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, ReleasesPageSchema)
def list_releases(asked: dict[str, Any]) -> Response:
    """All releases, the newest first"""

    def view(session: Session, _: Author) -> Reply:
        now, query = parts().clock(), select(ReleaseRow).options(defer(ReleaseRow.files))
        show = lambda rows: release_answers(session, rows, now)  # noqa: E731
        return Reply(200, newest_first(session, query, ReleaseRow.number, asked, show))

    return answered(read_rules(view))


@blueprint.route("/<number>")
@blueprint.reads(404, 422)
@blueprint.arguments(IncludeQuery(), location="query")
@blueprint.response(200, ReleaseSchema)
def get_release(asked: dict[str, Any], number: str) -> Response:
    """One release, on demand with its files"""

    def view(session: Session, _: Author) -> Reply:
        row = release_numbered(session, row_number(number))
        files = {"files": row.files} if "include" in asked else {}
        return Reply(200, {**release_answer(session, row, parts().clock()), **files})

    return answered(read_rules(view))


@blueprint.route("/<number>/rollback", methods=["POST"])
@blueprint.changes(404, headers=[IDEMPOTENCY_KEY])
@blueprint.arguments(WhyRequestSchema())
@blueprint.response(200, RolledBackSchema)
def roll_back_to(asked: dict[str, Any], number: str) -> Response:
    """Back to this release, at once

    The answer says what was advised meanwhile. Every open case is looked at again; what was planned is withdrawn.
    """

    def act(session: Session, author: Author) -> Reply:
        now, wanted = parts().clock(), row_number(number)
        meanwhile = meanwhile_answer(session, advised_meanwhile(session, wanted, now))
        roll_back(session, wanted, author, asked["why"], now)
        row = release_numbered(session, wanted)
        return Reply(200, {**release_answer(session, row, now), "meanwhile": meanwhile})

    return change_rules(asked, act)


@blueprint.route("/<number>/withdraw", methods=["POST"])
@blueprint.changes(404, headers=[IDEMPOTENCY_KEY])
@blueprint.arguments(WhyRequestSchema())
@blueprint.response(200, ReleaseSchema)
def withdraw_planned(asked: dict[str, Any], number: str) -> Response:
    """Take back a publication that has not begun"""

    def act(session: Session, author: Author) -> Reply:
        author.need(Role.PUBLISHER)
        now, row = parts().clock(), release_numbered(session, row_number(number))
        planned = [one for one in scheduled_publications(session, now) if one.release == row.fingerprint]
        if not planned:
            raise Refusal(409, "not_scheduled", NOT_SCHEDULED)
        for one in planned:
            withdraw(session, one, author, asked["why"], now)
        return Reply(200, release_answer(session, row, now))

    return change_rules(asked, act)
