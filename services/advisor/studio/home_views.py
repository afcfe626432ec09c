"""The first page of the studio: what waits for whom, and what the rules rest on today."""

from __future__ import annotations

from flask import Response

from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.rendering import studio_page


@blueprint.get("/")
def home() -> Response:
    return studio_page("home.html", section="home")
