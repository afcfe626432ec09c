"""Takes what a request carries: content type, size and JSON first, then the schema; all that is wrong at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

import marshmallow
from flask import Request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

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


def read_body(request: Request) -> object:
    """The JSON value of the body. Raises Refusal: 415 for another type or coding, 413 when too large, 400 else."""
    if request.content_encoding not in (None, "", "identity"):
        raise Refusal(415, "unsupported_content_encoding", COMPRESSED, headers={"Accept-Encoding": "identity"})
    charset = request.mimetype_params.get("charset", "utf-8").lower().replace("_", "-")
    if not request.is_json or charset not in ("utf-8", "utf8"):
        raise Refusal(415, "unsupported_media_type", NO_JSON, headers={"Accept-Post": "application/json"})
    try:
        body = read_json(request.get_data(cache=False))
    except JsonError as error:
        raise Refusal(400, "unreadable_json", UNREADABLE, error.problems) from error
    note_language(body)
    return body


class StrictParser(FlaskParser):
    """Reads bodies with `read_body`, and refuses unknown members everywhere."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        "json": None,
        "query": marshmallow.RAISE,
        "headers": marshmallow.EXCLUDE,
        "path": marshmallow.RAISE,
    }

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:  # noqa: ARG002
        return read_body(req)

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> Any:  # noqa: ARG002
        return req.args.to_dict()

    def handle_error(
        self,
        error: marshmallow.ValidationError,
        req: Request,  # noqa: ARG002
        schema: marshmallow.Schema,
        **_: Any,
    ) -> NoReturn:
        location, messages = next(iter(messages_of(error).items()))
        problems = problems_of(messages, schema, error.data)
        if location == "query":
            problems = tuple(replace(problem, pointer=f"?{problem.pointer[1:]}") for problem in problems)
        raise Refusal(422, "invalid_request", INVALID, problems) from error


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class StrictBlueprint(Blueprint):  # type: ignore[misc]
    """A blueprint of flask-smorest whose arguments are read strictly; its decorators have types here."""

    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, **options: Any) -> Decorator:
        decorator: Decorator = super().route(rule, **options)
        return decorator

    def arguments(self, schema: marshmallow.Schema, **options: Any) -> Decorator:
        """`schema` is an instance: one made anew for every request would cost more than the answer."""
        decorator: Decorator = super().arguments(schema, **options)
        return decorator

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Decorator:
        decorator: Decorator = super().response(status_code, schema, **options)
        return decorator

    def alt_response(self, status_code: int, response: str | None = None, **options: Any) -> Decorator:
        decorator: Decorator = super().alt_response(status_code, response, **options)
        return decorator
