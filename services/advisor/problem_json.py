"""Every error that leaves the service, as `application/problem+json` (RFC 9457) in the language of the request."""

from __future__ import annotations

import http
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug import Response as AnyResponse
from werkzeug.exceptions import HTTPException

from services.advisor.json_reading import MOST_PROBLEMS
from services.advisor.language import language_of_errors
from services.advisor.proofs import COME_BACK, ProofsBusyError
from services.rulebook.model import Text
from services.rulebook.problems import Problem, quoted

PROBLEM_JSON = "application/problem+json"


class Refusal(Exception):
    """An answer that is no: raised anywhere below a view, it becomes a problem document with this status and code."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: Text,
        problems: tuple[Problem, ...] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        """`more` are further members of the document, about this code alone."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.problems = problems
        self.headers = dict(headers or {})
        self.more = dict(more or {})


def handle_refusals(app: Flask) -> None:
    """Answer refusals and all HTTP errors of `app`, its own faults included, with problem documents."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(ProofsBusyError, answer_busy)


def answer_refusal(refusal: Refusal) -> Response:
    language = language_of_errors(request)
    body = problem_document(refusal.status, refusal.code, refusal.detail, refusal.problems, language)
    return _respond({**body, **refusal.more}, refusal.status, language, refusal.headers)


def answer_busy(_error: ProofsBusyError) -> Response:
    """Others wait for proofs already: nothing was done."""
    return answer_refusal(
        Refusal(503, "proofs_busy", _PROOFS_BUSY, headers={"Retry-After": str(int(COME_BACK.total_seconds()))})
    )


def answer_http_error(error: HTTPException) -> AnyResponse:
    """The same form for what Flask and its extensions refuse; redirects and 304 pass as they are."""
    status = error.code
    if status is None or status < http.HTTPStatus.BAD_REQUEST or error.response is not None:
        return error.get_response(request.environ)
    language = language_of_errors(request)
    code, detail = _what_it_means(status)
    headers = {name: value for name, value in error.get_headers(request.environ) if name.lower() in _KEPT_HEADERS}
    return _respond(problem_document(status, code, detail, (), language), status, language, headers)


def problem_document(
    status: int, code: str, detail: Text, problems: Iterable[Problem], language: str
) -> dict[str, Any]:
    """The members of RFC 9457, our `code`, and `errors`: one entry per thing to mend, at most MOST_PROBLEMS."""
    errors = [error_entry(problem, language) for problem in islice(problems, MOST_PROBLEMS + 1)]
    document: dict[str, Any] = {
        "type": f"urn:ashore:problem:{code}",
        "title": _title(status).in_language(language),
        "status": status,
        "code": code,
        "detail": detail.in_language(language),
        "errors": errors[:MOST_PROBLEMS],
    }
    if len(errors) > MOST_PROBLEMS:
        document["more_errors"] = True
    return document


def error_entry(problem: Problem, language: str) -> dict[str, Any]:
    """One thing to mend: `suggestion` is a sentence or null, `allowed` the choice, `read` what stood there."""
    return {
        "pointer": problem.pointer,
        "code": problem.code,
        "detail": problem.detail.in_language(language),
        "suggestion": problem.suggestion.in_language(language) if problem.suggestion else None,
        "allowed": list(problem.allowed),
        "read": quoted(problem.read),
    }


def _respond(body: dict[str, Any], status: int, language: str, headers: Mapping[str, str]) -> Response:
    response = Response(orjson.dumps(body), status=status, mimetype=PROBLEM_JSON)
    response.headers.extend(headers)
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store"
    return response


def _title(status: int) -> Text:
    known = _MEANINGS.get(status)
    if known:
        return known[1]
    return _UNKNOWN_FAULT if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR else _UNKNOWN_REFUSAL


def _what_it_means(status: int) -> tuple[str, Text]:
    if status in _MEANINGS:
        code, title, detail = _MEANINGS[status]
        return code, detail or title
    try:
        code = http.HTTPStatus(status).name.lower()
    except ValueError:
        code = f"http_{status}"
    return code, _title(status)


_KEPT_HEADERS = frozenset({"allow", "retry-after", "www-authenticate", "content-range"})
_PROOFS_BUSY = Text(
    "正在检查的人太多，请过几秒再试；什么都没有改动。",
    "Enough others are waiting for a check; try again in a few seconds. Nothing was changed.",
)
_UNKNOWN_REFUSAL = Text("请求没有被接受", "The request was not accepted")
_UNKNOWN_FAULT = Text("服务出错了", "The service failed")

_MEANINGS: dict[int, tuple[str, Text, Text | None]] = {
    400: ("bad_request", Text("请求读不懂", "The request cannot be read"), None),
    401: ("unauthorized", Text("需要凭证", "Credentials are needed"), None),
    403: ("forbidden", Text("没有权限", "This is not allowed"), None),
    404: (
        "not_found",
        Text("没有找到", "Not found"),
        Text(
            "这个地址上什么都没有。全部接口见 /docs。", "There is nothing at this address. /docs lists what there is."
        ),
    ),
    405: (
        "method_not_allowed",
        Text("方法不对", "The method does not fit"),
        Text(
            "这个地址不接受这种方法，Allow 头里写着可用的方法。",
            "This address does not take this method; the Allow header names those it takes.",
        ),
    ),
    409: ("conflict", Text("与现状冲突", "It conflicts with the present state"), None),
    410: ("gone", Text("已经不在了", "It is gone"), None),
    412: ("precondition_failed", Text("内容已被改过", "It was changed in the meantime"), None),
    413: (
        "body_too_large",
        Text("内容太大", "The content is too large"),
        Text("请把内容分成几次发送。", "Send the content in several parts."),
    ),
    414: ("address_too_long", Text("地址太长", "The address is too long"), None),
    415: (
        "unsupported_media_type",
        Text("内容类型不对", "The content type does not fit"),
        Text(
            "请用 Content-Type: application/json 发送未压缩的 JSON。",
            "Send uncompressed JSON with Content-Type: application/json.",
        ),
    ),
    422: (
        "invalid_request",
        Text("内容有误", "The content has errors"),
        Text("请按 errors 逐条改正。", "Mend what errors lists."),
    ),
    428: ("precondition_required", Text("缺少 If-Match", "If-Match is missing"), None),
    429: (
        "too_many_requests",
        Text("请求太多", "Too many requests"),
        Text(
            "请稍后再试，Retry-After 头里写着要等几秒。",
            "Try again later; the Retry-After header says in how many seconds.",
        ),
    ),
    431: ("headers_too_large", Text("请求头太大", "The headers are too large"), None),
    500: (
        "internal_error",
        _UNKNOWN_FAULT,
        Text(
            "这是我们的错，已经记录下来。请稍后再试。",
            "This is our fault and has been recorded. Please try again later.",
        ),
    ),
    503: (
        "unavailable",
        Text("暂时不可用", "Not available right now"),
        Text("请稍后再试。", "Please try again later."),
    ),
}
"""status -> our code, the title, and the detail where it says more than the title."""
