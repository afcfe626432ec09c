"""The changes of a draft, for whoever has to say yes to them: in sentences, and below as they stand in the files."""

from __future__ import annotations

from flask import Response

from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.change_groups import change_groups
from services.advisor.studio.draft_desk import draft_or_404
from services.advisor.studio.rendering import studio_page
from services.advisor.studio.steps import steps_of
from services.advisor.studio.text_differences import text_differences


@blueprint.get("/drafts/<int:number>/changes")
def changes(number: int) -> Response:
    draft = draft_or_404(number)
    return studio_page(
        "changes.html", draft=draft, tab="changes", groups=change_groups(draft.base_files, draft.files),
        differences=text_differences(draft.base_files, draft.files), steps=steps_of(draft),
    )  # fmt: skip
