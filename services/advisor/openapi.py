"""The OpenAPI 3.1 document: what the blueprints say of themselves, and the facts of the release in force."""

from __future__ import annotations

import http
from typing import Any

from apispec.ext.marshmallow.field_converter import FieldConverterMixin
from flask import Flask
from flask_smorest import Api
from marshmallow import fields

from services.advisor.problem_json import PROBLEM_JSON, handle_refusals
from services.advisor.schemas.advice_request import DeclinedFacts, Facts, RawSituation
from services.advisor.schemas.batch_answer import ProblemSchema
from services.advisor.schemas.case_request import Moment, YesNo
from services.advisor.schemas.strict import Day
from services.advisor.vocabulary import facts_schema
from services.rulebook.model import Rulebook

API_VERSION = "1.0.0"
ABOUT = """Post the situation of an overdue borrower, get the next step with its reason and its source.

Facts that are left out are unknown, never false. Money is whole fen. Errors are `application/problem+json`.
All of it is general information, not legal advice."""


class AshoreApi(Api):  # type: ignore[misc]
    """flask-smorest with our errors: it documents and answers problem documents."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        handle_refusals(self._app)

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            self.spec.components.response(status.name, _response(status.phrase, status.value), lazy=True)
        self.spec.components.response("DEFAULT_ERROR", _response("Any other error", 500), lazy=True)


def make_api(app: Flask) -> AshoreApi:
    """The API of `app`, without any endpoint yet."""
    app.config.update(API_TITLE="Ashore", API_VERSION=API_VERSION, OPENAPI_VERSION="3.1.0")
    api = AshoreApi(app, spec_kwargs={"info": {"description": ABOUT, "license": {"name": "Apache-2.0"}}})
    api.register_field(Day, "string", "date")
    for ours in (Facts, DeclinedFacts, RawSituation, Moment, YesNo):
        api.register_field(ours, None, None)
    api.ma_plugin.converter.add_attribute_function(_what_ours_hold)
    api.spec.components.schema("Facts", {"type": "object"})
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    return api


def openapi_document(api: AshoreApi, rulebook: Rulebook) -> dict[str, Any]:
    """The document for one release: `Facts` lists its facts, `Declined` their names."""
    document: dict[str, Any] = api.spec.to_dict()
    document["components"]["schemas"]["Facts"] = facts_schema(rulebook)
    return document


def _what_ours_hold(
    converter: FieldConverterMixin,  # noqa: ARG001
    field: fields.Field[Any],
    **_: object,
) -> dict[str, Any]:
    if isinstance(field, Moment):
        return {"type": "string", "format": "date-time"}
    if isinstance(field, YesNo):
        return {"type": "boolean"}
    if isinstance(field, Facts):
        return {"$ref": "#/components/schemas/Facts"}
    if isinstance(field, RawSituation):
        return {"$ref": "#/components/schemas/AdviceRequest"}
    if isinstance(field, DeclinedFacts):
        return {"type": "array", "items": {"type": "string"}}
    return {}


def _response(description: str, status: int) -> dict[str, Any]:
    if status < http.HTTPStatus.BAD_REQUEST:
        return {"description": description}
    return {"description": description, "content": {PROBLEM_JSON: {"schema": ProblemSchema}}}
