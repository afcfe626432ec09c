"""The impact of a draft: who is told something else by it, and first of all whether anybody loses a step."""

from __future__ import annotations

from flask import Response

from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404
from services.advisor.studio.impact_shown import MOST_CASES, find_impact
from services.advisor.studio.rendering import studio_page
from services.advisor.studio.steps import steps_of
from services.advisor.studio.waiting import at_once_or_now


@blueprint.get("/drafts/<int:number>/impact")
def impact(number: int) -> Response:
    draft = draft_or_404(number)
    return at_once_or_now(draft, "impact", lambda: _impact(draft))


def _impact(draft: OpenDraft) -> Response:
    return studio_page(
        "impact.html", draft=draft, tab="impact", shown=find_impact(draft), steps=steps_of(draft), most=MOST_CASES
    )  # fmt: skip
