"""The answers of `/healthz` and `/readyz`."""

from __future__ import annotations

from marshmallow import fields

from services.advisor.readiness import Status
from services.advisor.schemas.answer_part import AnswerPart, parts, string

STATUSES = [status.value for status in Status]


def a_status(description: str = "") -> fields.String:
    return fields.String(required=True, metadata={"enum": STATUSES, "description": description})


class HealthSchema(AnswerPart):
    """The process answers."""

    status = string()


class ComponentSchema(AnswerPart):
    """One thing that the service needs."""

    name = string()
    status = a_status()
    needed_for = fields.String(required=True, metadata={"enum": ["advice", "follow_ups"]})
    detail = string("For the operator.")


class AdviceReadinessSchema(AnswerPart):
    """Whether the service can give advice."""

    status = a_status("The worst of all.")
    advice = a_status("Whether `POST /v1/advice` can answer.")
    components = parts(ComponentSchema)


class ReadinessSchema(AdviceReadinessSchema):
    """Whether the service can do all of its work."""

    follow_ups = a_status("Whether messages that were promised go out.")
