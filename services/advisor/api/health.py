"""`/healthz`, `/readyz` and `/metrics`: for those who run the service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST

from services.advisor.follow_up_watch import OutboxCollector
from services.advisor.parts import parts
from services.advisor.readiness import Component, Status, Work, overall
from services.advisor.reading import StrictBlueprint
from services.advisor.schemas.health_answer import AdviceReadinessSchema, HealthSchema, ReadinessSchema

blueprint = StrictBlueprint("health", __name__, description="For those who run the service.")


@blueprint.route("/healthz")
@blueprint.response(200, HealthSchema)
def healthz() -> Response:
    """Does the process answer?

    Looks at nothing else: a failure here means that a restart helps.
    """
    return _answer({"status": "ok"}, 200)


@blueprint.route("/readyz")
@blueprint.response(200, ReadinessSchema)
@blueprint.alt_response(503, schema=ReadinessSchema, description="Something is missing; the body says what.")
def readyz() -> Response:
    """Can the service do all of its work?

    200 when all is there. 503 otherwise: with `degraded` follow-ups wait while advice goes on.
    """
    components = [probe() for probe in parts().probes]
    status = overall(components)
    body = {
        "status": status,
        "advice": _of(Work.ADVICE, components),
        "follow_ups": _of(Work.FOLLOW_UPS, components),
        "components": [_entry(component) for component in components],
    }
    return _answer(body, 200 if status is Status.OK else 503)


@blueprint.route("/readyz/advice")
@blueprint.response(200, AdviceReadinessSchema)
@blueprint.alt_response(503, schema=AdviceReadinessSchema, description="No advice can be given; the body says why.")
def readyz_advice() -> Response:
    """Can the service give advice?

    For load balancers: 200 as long as `POST /v1/advice` answers, whatever happens to follow-ups.
    """
    components = [
        component for component in (probe() for probe in parts().probes) if component.needed_for is Work.ADVICE
    ]
    status = overall(components)
    body = {"status": status, "advice": status, "components": [_entry(component) for component in components]}
    return _answer(body, 200 if status is Status.OK else 503)


@blueprint.route("/metrics")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
def metrics() -> Response:
    """Counters in the text format of Prometheus"""
    with parts().releases.borrow() as release:
        outbox = OutboxCollector(parts().database, parts().clock)
        response = Response(parts().metrics.exposition(release, outbox))
    response.headers["Content-Type"] = CONTENT_TYPE_LATEST
    response.headers["Cache-Control"] = "no-store"
    return response


def _of(work: Work, components: Iterable[Component]) -> Status:
    return overall(component for component in components if component.needed_for is work)


def _entry(component: Component) -> dict[str, Any]:
    return {
        "name": component.name,
        "status": component.status,
        "needed_for": component.needed_for,
        "detail": component.detail,
    }


def _answer(body: dict[str, Any], status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(body), status=status, mimetype="application/json", headers=headers)
