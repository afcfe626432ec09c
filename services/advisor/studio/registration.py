"""Adds the rule studio to an application."""

from __future__ import annotations

from flask import Flask

from services.advisor.studio import (
    error_views,
    home_views,
    people_views,
    sign_in_views,
    table_views,
    text_views,
    try_views,
)
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.draft_tabs import next_step, tabs_of
from services.advisor.studio.navigation import navigation

VIEWS = (sign_in_views, home_views, people_views, table_views, text_views, try_views, error_views)
"""Their views join the blueprint when they are imported."""


@blueprint.context_processor
def frame() -> dict[str, object]:
    """What the frame around every page asks for."""
    return {"navigation": navigation, "tabs_of": tabs_of, "next_step": next_step}


def register_studio(app: Flask) -> None:
    app.register_blueprint(blueprint)
