"""Adds the rule studio to an application."""

from __future__ import annotations

from flask import Flask

from services.advisor.studio import (
    audit_views,
    case_views,
    change_views,
    check_views,
    draft_views,
    entry_views,
    error_views,
    frame,
    home_views,
    impact_views,
    people_views,
    proof_frame,
    publish_views,
    release_views,
    rule_views,
    settle_views,
    sheet_views,
    sign_in_views,
    step_views,
    table_views,
    text_views,
    try_views,
    vocabulary_views,
)
from services.advisor.studio.blueprint import blueprint

VIEWS = (
    sign_in_views, home_views, rule_views, vocabulary_views, draft_views, entry_views, table_views, text_views,
    sheet_views, try_views, check_views, case_views, impact_views, change_views, step_views, publish_views,
    settle_views, release_views, people_views, audit_views, frame, proof_frame, error_views,
)  # fmt: skip
"""Their views join the blueprint when they are imported."""


def register_studio(app: Flask) -> None:
    app.register_blueprint(blueprint)
