"""Adds the borrower's pages to an application."""

from __future__ import annotations

from flask import Flask

from services.advisor.pages import (
    case_views,
    error_views,
    follow_views,
    info_views,
    interview_views,
    plan_views,
    share_views,
)
from services.advisor.pages.blueprint import blueprint
from services.advisor.pages.follow_up_links import register_follow_up_links

VIEWS = (interview_views, plan_views, follow_views, case_views, share_views, info_views, error_views)
"""Their views join the blueprint when they are imported."""


def register_pages(app: Flask) -> None:
    app.register_blueprint(blueprint)
    error_views.answer_browsers_that_are_lost(app)
    register_follow_up_links(app)
