"""Counts and logs every request: its route, status and duration, never its content or its query."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import uuid4

from structlog.typing import FilteringBoundLogger

from services.advisor.metrics import NO_ROUTE, Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID = "ashore.request_id"
"""Where the environment of a request holds its id."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def watched(application: WSGIApplication, logger: FilteringBoundLogger, metrics: Metrics) -> WSGIApplication:
    """`application`, whose every answer gets a request id, is counted, and leaves one line in the log."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()
        request_id = environ[REQUEST_ID] = _request_id(environ)

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> Callable[[bytes], object]:
            _note(environ, int(status[:3]), perf_counter() - began)
            return start_response(status, [*headers, ("X-Request-ID", request_id)], *rest)  # type: ignore[arg-type]

        return application(environ, start)

    def _note(environ: WSGIEnvironment, status: int, seconds: float) -> None:
        route = _route(environ)
        metrics.count_request(route, status, seconds)
        log = logger.info if status < 500 else logger.error
        method = environ["REQUEST_METHOD"]
        log(
            "request",
            id=environ[REQUEST_ID],
            method=method if method in METHODS else "other",
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
        )

    return answer


def _request_id(environ: WSGIEnvironment) -> str:
    """The caller's own, if it is one that a log can hold."""
    asked: str = environ.get("HTTP_X_REQUEST_ID", "")
    return asked if _USABLE_ID.fullmatch(asked) else uuid4().hex


def _route(environ: WSGIEnvironment) -> str:
    """The pattern of the address, never the address: it may hold what identifies a case."""
    request = environ.get("werkzeug.request")
    rule = request.url_rule if request is not None else None
    return rule.rule if rule is not None else NO_ROUTE
