"""What every request about a case goes through: who asks, is the case as they know it, was it answered before."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from flask import Response, request
from sqlalchemy.orm import Session

from services.advisor.language import note_language
from services.advisor.parts import parts
from services.advisor.problem_json import PROBLEM_JSON, Refusal
from services.casebook.access import find_case, find_organisation, hash_of, is_own
from services.casebook.database import DatabaseUnavailableError
from services.casebook.desk import Desk
from services.casebook.idempotency import LONGEST_KEY, Answer, KeyReusedError, Request, begin, keep
from services.casebook.model import EventSource
from services.casebook.tables import CaseRow, OrganisationKeyRow
from services.rulebook.model import Text
from services.rulebook.problems import Problem

LONGEST_ID = 18
STRONG_KEY = 16
"""An idempotency key of so many characters is taken to be nobody else's."""
SAID = {
    "token_needed": Text(
        "请在 Authorization: Bearer 中带上开案时给的凭证。",
        "Send the token that was shown when the case was opened as Authorization: Bearer.",
    ),
    "key_unknown": Text("这个机构密钥不存在或已停用。", "This organisation key is unknown or was revoked."),
    "keys_only": Text("这里只给机构密钥用。", "This is for organisation keys only."),
    "case_not_found": Text("没有这个案件。", "There is no such case."),
    "idempotency_key_missing": Text(
        "请带上 Idempotency-Key 头：每个新请求一个新值，重试时用同一个值。",
        "Send the header Idempotency-Key: a new value for every request, the same value when you try again.",
    ),
    "idempotency_key_reused": Text(
        "这个 Idempotency-Key 之前用于另一个请求。", "This Idempotency-Key came before with another request."
    ),
    "changed_meanwhile": Text(
        "案件在这期间有了变化；请重新读取后再试。", "The case was changed in the meantime; read it again, then retry."
    ),
    "database_busy": Text(
        "暂时保存不了，什么都没有改动。请稍后再试。",
        "It cannot be saved right now; nothing was changed. Try again soon.",
    ),
}


class Reply(NamedTuple):
    """What a view answers: a status and JSON. `case_id` is the case that the answer belongs to."""

    status: int
    body: dict[str, Any]
    case_id: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A case, opened by somebody who may, at one moment and with one release."""

    desk: Desk
    case: CaseRow
    source: EventSource


def read_case(case_id: str, view: Callable[[Visit], Response]) -> Response:
    """Answer from the case. 401 without a token, 404 for a case that is not theirs or not there."""
    secret, now = bearer(), parts().clock()
    with saying_when_busy(), parts().database.read() as session, parts().releases.borrow() as release:
        return view(Visit(Desk(session, release, now), *_open(session, case_id, secret)))


def change_case(case_id: str, asked: Any, act: Callable[[Visit], Reply]) -> Response:
    """Change the case, once per Idempotency-Key, and only in the version of If-Match if that was sent."""
    secret, key, now = bearer(), idempotency_key(), parts().clock()
    with saying_when_busy(), parts().database.write() as session, parts().releases.borrow() as release:
        case, source = _open(session, case_id, secret, to_change=True)
        once = Request(f"case/{case_id}", key, content_of(asked))
        before = answered_before(session, once, now)
        if before is not None:
            return respond(before, replayed=True)
        check_version(case)
        reply = act(Visit(Desk(session, release, now), case, source))
        return _keep(session, once, reply)


def answer_once(scope: str, asked: Any, act: Callable[[Desk], Reply]) -> Response:
    """Do something that belongs to no case yet, once per Idempotency-Key and per organisation.

    Two strangers may both have hit on a short key, so that one counts for the address it comes from only.
    """
    key, now = idempotency_key(), parts().clock()
    asks = f"{request.headers.get('Authorization')} {'' if len(key) >= STRONG_KEY else request.remote_addr}"
    with saying_when_busy(), parts().database.write() as session, parts().releases.borrow() as release:
        once = Request(f"{scope}/{hash_of(asks)[:32]}", key, content_of(asked))
        before = answered_before(session, once, now)
        if before is not None:
            return respond(before, replayed=True)
        return _keep(session, once, act(Desk(session, release, now)))


def find_own(session: Session, case_id: str, secret: str) -> CaseRow:
    """The case, held so that others have to wait. 404 if it is not theirs or not there."""
    return _open(session, case_id, secret, to_change=True)[0]


def organisation(session: Session) -> OrganisationKeyRow | None:
    """The organisation that asks; None for a person who has no case yet. 401 for a key that is not valid."""
    if "Authorization" not in request.headers:
        return None
    found = find_organisation(session, bearer())
    if found is None:
        raise _unauthorised("key_unknown")
    return found


def counsellors(session: Session) -> OrganisationKeyRow:
    """The organisation that asks. 401 without a key, 403 with one that is no organisation's."""
    found = find_organisation(session, bearer())
    if found is None:
        raise Refusal(403, "organisation_key_needed", SAID["keys_only"])
    return found


def bearer() -> str:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise _unauthorised("token_needed")
    return given.token


def idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise Refusal(400, "idempotency_key_missing", SAID["idempotency_key_missing"])
    return key


def check_version(case: CaseRow) -> None:
    if "If-Match" in request.headers and not request.if_match.contains(str(case.version)):
        raise Refusal(412, "changed_meanwhile", SAID["changed_meanwhile"])


def not_found(code: str = "case_not_found", detail: Text = SAID["case_not_found"]) -> Refusal:
    return Refusal(404, code, detail)


def row_number(text: str) -> int:
    """The number in an address; what is none belongs to no row."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0


def cursor_of(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> list[Any] | None:
    """Where the page before ended. Raises Refusal for what is no cursor of ours."""
    if cursor is None:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        place = None
    if not isinstance(place, list) or not all(map(_is_part_of_cursor, place)):
        detail = Text("cursor 不是我们给出的。", "This cursor is not one of ours.")
        problem = Problem("unknown_cursor", detail, pointer="?cursor")
        raise Refusal(422, "invalid_request", detail, (problem,))
    return place


def _is_part_of_cursor(part: object) -> bool:
    return isinstance(part, int) or (isinstance(part, str) and part.isprintable() and part.isascii())


def respond(answer: Answer, *, replayed: bool = False, etag: str | None = None) -> Response:
    kind = PROBLEM_JSON if answer.status >= 400 else "application/json"
    response = Response(answer.body, status=answer.status, mimetype=kind)
    response.headers["Cache-Control"] = "no-store"
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    if etag is not None:
        response.set_etag(etag)
    return response


def answered_before(session: Session, once: Request, now: Any) -> Answer | None:
    try:
        return begin(session, once, now)
    except KeyReusedError as error:
        raise Refusal(422, "idempotency_key_reused", SAID["idempotency_key_reused"]) from error


def content_of(asked: Any) -> bytes:
    """Everything that the request asks for, so that another request under the same key is noticed."""
    return f"{request.method} {request.path}\n{json.dumps(asked, sort_keys=True, default=str)}".encode()


@contextmanager
def saying_when_busy() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailableError as error:
        seconds = str(max(1, int(error.retry_after.total_seconds())))
        raise Refusal(503, "database_busy", SAID["database_busy"], headers={"Retry-After": seconds}) from error


def _open(session: Session, case_id: str, secret: str, *, to_change: bool = False) -> tuple[CaseRow, EventSource]:
    case = find_case(session, case_id, secret, to_change=to_change)
    if case is None:
        raise not_found()
    if not request.accept_languages:
        note_language({"language": case.language})
    return case, EventSource.PERSON if is_own(case, secret) else EventSource.COUNSELLOR


def _keep(session: Session, once: Request, reply: Reply) -> Response:
    answer = Answer(reply.status, orjson.dumps(reply.body))
    keep(session, once, answer, reply.case_id)
    version = reply.body.get("version")
    return respond(answer, etag=None if version is None else str(version))


def _unauthorised(code: str) -> Refusal:
    return Refusal(401, code, SAID[code], headers={"WWW-Authenticate": 'Bearer realm="ashore"'})
