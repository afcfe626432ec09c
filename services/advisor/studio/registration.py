"""Adds the rule studio to an application."""

from __future__ import annotations

from flask import Flask

from services.advisor.studio import (
    draft_views,
    entry_views,
    error_views,
    frame,
    home_views,
    people_views,
    rule_views,
    sign_in_views,
    table_views,
    text_views,
    try_views,
    vocabulary_views,
)
from services.advisor.studio.blueprint import blueprint

VIEWS = (
    sign_in_views, home_views, rule_views, vocabulary_views, draft_views, entry_views, table_views, text_views,
    try_views, people_views, frame, error_views,
)  # fmt: skip
"""Their views join the blueprint when they are imported."""


def register_studio(app: Flask) -> None:
    app.register_blueprint(blueprint)
