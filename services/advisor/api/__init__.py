"""The endpoints, one module per noun; `register_blueprints` is the list of all of them."""

from __future__ import annotations

from flask import Flask

from services.advisor.api import (
    advice,
    case_channels,
    case_messages,
    case_reading,
    cases,
    counsellors,
    documents,
    draft_changes,
    draft_proofs,
    draft_steps,
    draft_versions,
    drafts,
    health,
    releases,
    vocabulary,
)
from services.advisor.openapi import AshoreApi
from services.advisor.pages.registration import register_pages
from services.advisor.studio.registration import register_studio

FOR_EVERYBODY = (advice, vocabulary)
ABOUT_CASES = (cases, case_reading, case_messages, case_channels, counsellors)
ABOUT_RULES = (drafts, draft_versions, draft_changes, draft_proofs, draft_steps, releases)


def register_blueprints(api: AshoreApi, app: Flask) -> None:
    """Documented endpoints go to `api`, pages straight to `app`."""
    for module in (*FOR_EVERYBODY, *ABOUT_CASES, *ABOUT_RULES, health):
        api.register_blueprint(module.blueprint)
    app.register_blueprint(documents.blueprint)
    register_pages(app)
    register_studio(app)
