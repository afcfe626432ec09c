"""`/v1/drafts/{id}/changes`: what a draft changes in its release."""

from __future__ import annotations

from flask import Response
from sqlalchemy.orm import Session

from services.advisor.api.rule_documents import ETAG, RulesBlueprint
from services.advisor.change_answers import changes_answer
from services.advisor.draft_answers import base_answer
from services.advisor.draft_in_hand import etag_of, find
from services.advisor.rules_desk import Reply, answered, read_rules
from services.advisor.schemas.draft_answer import ChangesSchema
from services.casebook.authors import Author
from services.casebook.draft_versions import base_files, files_of

blueprint = RulesBlueprint("draft-changes", __name__, url_prefix="/v1/drafts/<number>", description="A draft compared.")


@blueprint.route("/changes")
@blueprint.reads(404)
@blueprint.response(200, ChangesSchema, headers=ETAG)
def list_changes(number: str) -> Response:
    """What the draft changes in its release

    Entry by entry and field by field as written, and as sentences where both can be read.
    """

    def view(session: Session, _: Author) -> tuple[dict[str, str], dict[str, str], Reply]:
        draft = find(session, number)
        head = {"base": base_answer(session, draft), "version": draft.version}
        return base_files(session, draft), files_of(session, draft), Reply(200, head, etag_of(draft))

    old, new, reply = read_rules(view)
    return answered(reply._replace(body={**reply.body, **changes_answer(old, new)}))
