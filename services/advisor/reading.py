"""Takes what a request carries: content type, size and JSON first, then the schema; all that is wrong at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Request, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from werkzeug import Response
from werkzeug.exceptions import RequestEntityTooLarge

from services.advisor.json_reading import JsonError, read_json
from services.advisor.language import note_language
from services.advisor.problem_json import Refusal
from services.advisor.schemas.strict import messages_of, problems_of
from services.rulebook.model import Text

UNREADABLE = Text("内容不是我们能读的 JSON。", "The content is not JSON that can be read.")
INVALID = Text("内容有误，请按 errors 逐条改正。", "The content has errors; mend what errors lists.")
NO_JSON = Text(
    "请用 Content-Type: application/json 发送 JSON（UTF-8）。", "Send JSON (UTF-8) with Content-Type: application/json."
)
COMPRESSED = Text("请发送未压缩的内容。", "Send the content uncompressed.")

View = Callable[..., Any]
Decorator = Callable[[View], View]

BODY_ERRORS = (400, 413, 415)


def read_body(request: Request) -> object:
    """The JSON value of the body. Raises Refusal: 415 for another type or coding, 413 when too large, 400 else."""
    if request.content_encoding not in (None, "", "identity"):
        raise Refusal(415, "unsupported_content_encoding", COMPRESSED, headers={"Accept-Encoding": "identity"})
    if request.content_type != "application/json" and not _is_json(request):
        raise Refusal(415, "unsupported_media_type", NO_JSON, headers={"Accept-Post": "application/json"})
    data = request.get_data(cache=False)
    if request.content_length is None and len(data) >= (request.max_content_length or math.inf):
        raise RequestEntityTooLarge  # a body in chunks is cut off at the limit without a word
    try:
        body = read_json(data)
    except JsonError as error:
        raise Refusal(400, "unreadable_json", UNREADABLE, error.problems) from error
    note_language(body)
    return body


def read_query(request: Request) -> dict[str, str]:
    """The query parameters; the first one counts where one is given twice."""
    return request.args.to_dict() if request.query_string else {}


def load_with(schema: Schema, data: Any, *, is_query: bool = False) -> Any:
    """What `schema` makes of `data`. Raises Refusal 422 with everything that it objects to."""
    try:
        return schema.load(data)
    except ValidationError as error:
        problems = problems_of(messages_of(error), schema, data)
        if is_query:
            problems = tuple(replace(problem, pointer=f"?{problem.pointer[1:]}") for problem in problems)
        raise Refusal(422, "invalid_request", INVALID, problems) from error


class StrictBlueprint(Blueprint):  # type: ignore[misc]
    """A blueprint of flask-smorest: it documents as there, reads strictly, and costs a request next to nothing.

    Views usually return a Response; what else they return is made one by flask-smorest.
    """

    def route(self, rule: str, **options: Any) -> Decorator:
        decorator: Decorator = super().route(rule, **options)
        return decorator

    def arguments(self, schema: Schema, location: str = "json", **options: Any) -> Decorator:
        """Hand the view what `schema` makes of the body (`json`) or the `query`, after those of decorators above."""
        document = super().arguments(schema, location=location, **options)

        def decorate(view: View) -> View:
            if location == "query":
                return _documented_as(document(view), _reads_query(view, schema))
            for status in BODY_ERRORS:
                view = self.alt_response(status, HTTPStatus(status).name)(view)
            return _documented_as(document(view), _reads_body(view, schema))

        return decorate

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Decorator:
        document = super().response(status_code, schema, **options)
        make_response = document(lambda result: result)

        def decorate(view: View) -> View:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Any:
                result = view(*args, **kwargs)
                return result if isinstance(result, Response) else make_response(result)

            return _documented_as(document(view), answer)

        return decorate

    def alt_response(self, status_code: int, response: str | None = None, **options: Any) -> Decorator:
        document = super().alt_response(status_code, response, **options)
        return lambda view: _documented_as(document(view), view)


def _is_json(request: Request) -> bool:
    charset = request.mimetype_params.get("charset", "utf-8").lower().replace("_", "-")
    return request.is_json and charset in ("utf-8", "utf8")


def _reads_body(view: View, schema: Schema) -> View:
    @wraps(view)
    def read(*args: Any, **kwargs: Any) -> Any:
        return view(*args, load_with(schema, read_body(request)), **kwargs)

    return read


def _reads_query(view: View, schema: Schema) -> View:
    @wraps(view)
    def read(*args: Any, **kwargs: Any) -> Any:
        query = read_query(request)
        return view(*args, load_with(schema, query, is_query=True) if query else {}, **kwargs)

    return read


def _documented_as(documented: View, view: View) -> View:
    view._apidoc = documented._apidoc  # type: ignore[attr-defined]
    return view
