"""`/v1/drafts/{id}/versions`: every save of a draft."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.advisor.api.rule_documents import RulesBlueprint
from services.advisor.draft_answers import version_answer
from services.advisor.draft_in_hand import find
from services.advisor.rule_pages import newest_first
from services.advisor.rules_desk import Reply, answered, read_rules
from services.advisor.schemas.case_request import PageQuery
from services.advisor.schemas.draft_answer import VersionsPageSchema
from services.casebook.authors import Author
from services.casebook.rule_tables import DraftRevisionRow

blueprint = RulesBlueprint("draft-versions", __name__, url_prefix="/v1/drafts/<number>", description="A draft's saves.")


@blueprint.route("/versions")
@blueprint.reads(404, 422)
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, VersionsPageSchema)
def list_versions(asked: dict[str, Any], number: str) -> Response:
    """Every save, the newest first"""

    def view(session: Session, _: Author) -> Reply:
        query = select(DraftRevisionRow).where(DraftRevisionRow.draft_id == find(session, number).id)
        show = lambda rows: [version_answer(row) for row in rows]  # noqa: E731
        return Reply(200, newest_first(session, query, DraftRevisionRow.version, asked, show))

    return answered(read_rules(view))
