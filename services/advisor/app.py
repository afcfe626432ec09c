"""The application: `create_app` puts the parts together; granian, tests and the command line start here."""

from __future__ import annotations

import sys
from functools import partial
from types import TracebackType
from typing import TextIO

from flask import Flask, has_request_context, request
from structlog.typing import FilteringBoundLogger

from services.advisor.api import register_blueprints
from services.advisor.follow_up_watch import follow_up_probes
from services.advisor.headers import with_security_headers
from services.advisor.logs import make_logger
from services.advisor.metrics import Metrics
from services.advisor.newest_release import NewestRelease
from services.advisor.openapi import make_api
from services.advisor.parts import NAME, Parts, today_in
from services.advisor.proofs import Proofs
from services.advisor.published import database_component, published_release
from services.advisor.readiness import Component, Work
from services.advisor.release_in_force import ReleaseInForce
from services.advisor.rule_counts import RuleCounts
from services.advisor.sessions import PageSessions
from services.advisor.watching import REQUEST_ID, watched
from services.casebook.clock import Clock, utc_now
from services.casebook.database import open_database
from services.casebook.settings import Settings, SettingsError, read_settings
from services.rulebook.release import Release

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes; 1,000 situations with every fact stated are about half of it."""

LARGEST = {"MAX_CONTENT_LENGTH": LARGEST_BODY, "MAX_FORM_MEMORY_SIZE": LARGEST_BODY}
"""A form may be as large: a file of rules is edited in one text area."""

COOKIES = {"SESSION_COOKIE_NAME": "ashore", "SESSION_COOKIE_SAMESITE": "Lax", "SESSION_COOKIE_HTTPONLY": True}


class Advisor(Flask):
    """Flask, with its own faults logged as one line each; tracebacks hold code and never values."""

    logger_of_faults: FilteringBoundLogger

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        request_id = request.environ.get(REQUEST_ID) if has_request_context() else None
        self.logger_of_faults.error("fault", id=request_id, exc_info=exc_info)


def create_app(
    settings: Settings | None = None,
    clock: Clock = utc_now,
    release: Release | None = None,
    log_to: TextIO = sys.stdout,
) -> Advisor:
    """The whole advisor. Without arguments it reads the environment, and stops the start if that is wrong."""
    settings = settings or _settings_or_stop()
    database = open_database(settings.database_url)
    releases = ReleaseInForce(release or published_release(settings, database, clock))
    if release is None:
        releases.before_lending = NewestRelease(releases, database, clock).look
    metrics = Metrics()
    today = partial(today_in, settings, clock)
    logger = make_logger(settings.log_level, settings.log_format, log_to)
    app = Advisor(__name__)
    app.logger_of_faults = logger
    app.config.update(SECRET_KEY=settings.secret_key, **LARGEST, **COOKIES)
    app.session_interface = PageSessions()
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions[NAME] = Parts(
        settings,
        releases,
        clock,
        metrics,
        database,
        RuleCounts(database, today),
        Proofs(today),
        [
            lambda: _release_component(releases),
            lambda: database_component(database),
            *follow_up_probes(settings.redis_url, database, clock),
        ],
    )
    secure = with_security_headers(app.wsgi_app)
    app.wsgi_app = watched(secure, logger, metrics)  # type: ignore[assignment, method-assign]
    register_blueprints(make_api(app), app)
    return app


def _settings_or_stop() -> Settings:
    try:
        return read_settings()
    except SettingsError as error:
        sys.exit("\n".join(error.lines))


def _release_component(releases: ReleaseInForce) -> Component:
    return Component("release", True, Work.ADVICE, f"release {releases.fingerprint[:12]} is in force")
