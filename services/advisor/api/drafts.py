"""`/v1/drafts`: changes of the rules, begun, listed, read, edited and put away."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.advisor.api.rule_documents import ETAG, IDEMPOTENCY_KEY, IF_MATCH, IF_MATCH_NEEDED, RulesBlueprint
from services.advisor.draft_answers import draft_answer, draft_answers
from services.advisor.draft_edits import edited, said
from services.advisor.draft_in_hand import (
    etag_of,
    find,
    find_to_change,
    saying_when_stale,
    stale,
    version_edited,
)
from services.advisor.parts import parts
from services.advisor.problem_json import PROBLEM_JSON
from services.advisor.rule_pages import newest_first
from services.advisor.rules_desk import Reply, answered, change_rules, read_rules
from services.advisor.schemas.draft_answer import DraftSchema, DraftsPageSchema, StaleSchema
from services.advisor.schemas.draft_request import (
    DraftChangeSchema,
    DraftRequestSchema,
    DraftsQuery,
    IncludeQuery,
)
from services.casebook.authors import Author
from services.casebook.draft_versions import files_of
from services.casebook.drafts import Edit, change_draft, create_draft, discard, rename_draft
from services.casebook.model import Role
from services.casebook.rule_tables import DraftRow
from services.rulebook.editing.merging import merge

blueprint = RulesBlueprint("drafts", __name__, url_prefix="/v1/drafts", description="The rules, changed without code.")
NEW = {"title": "A week of grace", "why": "Jiebei now grants seven days."}
CHANGE = {"entries": [{"kind": "rules", "id": "reach-out-first", "set": {"urgency": "today"}}]}
EDITS = ("files", "rename", "entries")


@blueprint.route("", methods=["POST"])
@blueprint.changes(headers=[IDEMPOTENCY_KEY])
@blueprint.arguments(DraftRequestSchema(), example=NEW)
@blueprint.response(201, DraftSchema, headers=ETAG)
def begin_a_draft(asked: dict[str, Any]) -> Response:
    """Begin a draft

    It starts with the newest release.
    """

    def act(session: Session, author: Author) -> Reply:
        draft = create_draft(session, author, asked["title"], asked["why"], parts().clock(), asked.get("files"))
        return _reply(session, draft, 201)

    response = change_rules(asked, act)
    response.headers["Location"] = f"/v1/drafts/{orjson.loads(response.data)['id']}"
    return response


@blueprint.route("")
@blueprint.reads(422)
@blueprint.arguments(DraftsQuery(), location="query")
@blueprint.response(200, DraftsPageSchema)
def list_drafts(asked: dict[str, Any]) -> Response:
    """The drafts, the newest first"""

    def view(session: Session, _: Author) -> Reply:
        query = select(DraftRow)
        if "state" in asked:
            query = query.where(DraftRow.state == asked["state"])
        return Reply(200, newest_first(session, query, DraftRow.id, asked, lambda rows: draft_answers(session, rows)))

    return answered(read_rules(view))


@blueprint.route("/<number>")
@blueprint.reads(404, 422)
@blueprint.arguments(IncludeQuery(), location="query")
@blueprint.response(200, DraftSchema, headers=ETAG)
def get_draft(asked: dict[str, Any], number: str) -> Response:
    """One draft, on demand with its files"""

    def view(session: Session, _: Author) -> Reply:
        draft = find(session, number)
        reply = _reply(session, draft)
        if "include" not in asked:
            return reply
        return reply._replace(body={**reply.body, "files": files_of(session, draft)})

    return answered(read_rules(view))


@blueprint.route("/<number>", methods=["PATCH"])
@blueprint.alt_response(412, schema=StaleSchema, content_type=PROBLEM_JSON, description="It was changed meanwhile.")
@blueprint.changes(404, 428, headers=[IF_MATCH_NEEDED])
@blueprint.arguments(DraftChangeSchema(), example=CHANGE)
@blueprint.response(200, DraftSchema, headers=ETAG)
def change_a_draft(asked: dict[str, Any], number: str) -> Response:
    """Change a draft

    Whole files, entries, fields, or a new name that is carried everywhere. What is not named stays letter by letter.
    Needs If-Match. Where somebody saved in between nothing is written, and the answer says who changed what.
    """
    edit = read_rules(lambda session, author: _edit(session, author, number, asked))

    def act(session: Session, author: Author) -> Reply:
        draft, now = find(session, number, to_change=True), parts().clock()
        if edit is None:
            version_edited(draft)
        else:
            with saying_when_stale(draft.id):
                change_draft(session, draft, edit, author, now)
        if "title" in asked or "why" in asked:
            title, why = asked.get("title", draft.title), asked.get("why", draft.why)
            rename_draft(session, draft, title, why, author, now)
        return _reply(session, draft)

    return change_rules(asked, act)


@blueprint.route("/<number>", methods=["DELETE"])
@blueprint.changes(404, 412, headers=[IF_MATCH])
@blueprint.response(200, DraftSchema, headers=ETAG)
def discard_a_draft(number: str) -> Response:
    """Put a draft away

    It can still be read, and no longer changed.
    """

    def act(session: Session, author: Author) -> Reply:
        draft = find_to_change(session, number)
        discard(session, draft, author, parts().clock())
        return _reply(session, draft)

    return change_rules({}, act)


def _edit(session: Session, author: Author, number: str, asked: dict[str, Any]) -> Edit | None:
    """All files as the client wants them, worked out from those that it saw; None if it changes none.

    Outside any write: the merge of a stale edit, too, is made here, unless somebody saves at this very moment.
    """
    author.need(Role.EDITOR)
    draft = find(session, number)
    version = version_edited(draft)
    if not any(kind in asked for kind in EDITS):
        return None
    seen = files_of(session, draft, version)
    files = edited(seen, asked)
    if version != draft.version:
        raise stale(draft.id, draft.version, merge(seen, files_of(session, draft), files))
    return Edit(version, files, said(asked))


def _reply(session: Session, draft: DraftRow, status: int = 200) -> Reply:
    session.flush()
    return Reply(status, draft_answer(session, draft), etag_of(draft))
