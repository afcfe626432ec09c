"""Counts and logs every request: its route, status and duration, never its content or its query."""

from __future__ import annotations

import re
from time import perf_counter
from uuid import uuid4

from flask import Flask, Response, g, request
from structlog.typing import FilteringBoundLogger

from services.advisor.metrics import NO_ROUTE, Metrics

REQUEST_ID = "X-Request-ID"
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def watch_requests(app: Flask, logger: FilteringBoundLogger, metrics: Metrics) -> None:
    """Every answer of `app` gets a request id, is counted, and leaves one line in the log."""

    def begin() -> None:
        g.began = perf_counter()
        asked = request.headers.get(REQUEST_ID, "")
        g.request_id = asked if _USABLE_ID.fullmatch(asked) else uuid4().hex

    def end(response: Response) -> Response:
        seconds = perf_counter() - g.began
        route = request.url_rule.rule if request.url_rule else NO_ROUTE
        status = response.status_code
        response.headers[REQUEST_ID] = g.request_id
        metrics.count_request(route, status, seconds)
        log = logger.info if status < 500 else logger.error
        log(
            "request",
            id=g.request_id,
            method=request.method if status != 405 else "other",
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
        )
        return response

    app.before_request(begin)
    app.after_request(end)
