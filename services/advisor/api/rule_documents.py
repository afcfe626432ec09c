"""How endpoints about drafts and releases are documented and read: the key, versions, bodies that may be left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Request, request
from marshmallow import Schema

from services.advisor.api.case_documents import SECURITY
from services.advisor.reading import BODY_ERRORS, Decorator, StrictBlueprint, View, load_with, read_body

Header = Mapping[str, Any]
IDEMPOTENCY_KEY: Header = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A new value for every request, the same value for a retry; the first answer is given again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
IF_MATCH: Header = {
    "in": "header",
    "name": "If-Match",
    "description": 'The ETag of the draft as you know it, such as "draft-7-v3"; 412 if it has changed since.',
    "schema": {"type": "string"},
}
IF_MATCH_NEEDED: Header = {**IF_MATCH, "required": True}
ETAG = {"ETag": {"description": 'The draft and its version: "draft-7-v3".', "schema": {"type": "string"}}}
READING = (401, 403, 503)
CHANGING = (400, 401, 403, 409, 422, 503)


class RulesBlueprint(StrictBlueprint):
    """Endpoints for organisations that may work on the rules."""

    def reads(self, *more: int) -> Decorator:
        """An endpoint that changes nothing; `more` are further ways to refuse."""
        return lambda view: self.doc(security=SECURITY)(self._refusing(view, (*READING, *more)))

    def changes(self, *more: int, headers: Sequence[Header] = (IDEMPOTENCY_KEY, IF_MATCH)) -> Decorator:
        """An endpoint that changes something, and which headers it heeds."""
        document = self.doc(security=SECURITY, parameters=list(headers))
        return lambda view: document(self._refusing(view, (*CHANGING, *more)))

    def optional_arguments(self, schema: Schema) -> Decorator:
        """Like `arguments`, of a body that may be left out altogether."""
        document = super(StrictBlueprint, self).arguments(schema, location="json", required=False)

        def decorate(view: View) -> View:
            for status in BODY_ERRORS:
                view = self.alt_response(status, HTTPStatus(status).name)(view)
            return _documented_as(document(view), _reads_body_if_any(view, schema))

        return decorate

    def _refusing(self, view: View, statuses: tuple[int, ...]) -> View:
        for status in statuses:
            view = self.alt_response(status, HTTPStatus(status).name)(view)
        return view


def _reads_body_if_any(view: View, schema: Schema) -> View:
    @wraps(view)
    def read(*args: Any, **kwargs: Any) -> Any:
        body = read_body(request) if _has_body(request) else {}
        return view(*args, load_with(schema, body), **kwargs)

    return read


def _has_body(request: Request) -> bool:
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


def _documented_as(documented: View, view: View) -> View:
    view._apidoc = documented._apidoc  # type: ignore[attr-defined]
    return view
