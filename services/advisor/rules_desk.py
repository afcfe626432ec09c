"""What every request about the rules goes through: who asks, was it answered before, and what the casebook refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

import orjson
from flask import Response, request
from sqlalchemy.orm import Session

from services.advisor.case_desk import answered_before, content_of, idempotency_key, respond, saying_when_busy
from services.advisor.parts import parts
from services.advisor.problem_json import Refusal
from services.advisor.reading import INVALID
from services.casebook.access import find_organisation
from services.casebook.authors import Author, NotAllowedError, author_of_organisation
from services.casebook.draft_errors import DraftError
from services.casebook.idempotency import Answer, Request, keep
from services.casebook.releases import NoReleaseError
from services.rulebook.model import Text
from services.rulebook.problems import Problem

Read = TypeVar("Read")
ABOUT_CONTENT = frozenset({"too_large", "bad_file_name", "unreadable_text"})
"""What is wrong with what was sent, and not with the state of the draft."""
SAID = {
    "key_needed": Text(
        "请在 Authorization: Bearer 中带上有规则权限的机构密钥。",
        "Send the key of an organisation that may work on the rules as Authorization: Bearer.",
    ),
    "key_unknown": Text("这个机构密钥不存在或已停用。", "This organisation key is unknown or was revoked."),
    "no_rules_role": Text(
        "这个机构密钥没有规则权限；运营者可以用 ashore organisation add 名称 --rules editor 建一个。",
        "This key has no part in the rules; the operator makes one with: ashore organisation add NAME --rules editor",
    ),
    "no_such_release": Text("没有这个版本。", "There is no such release."),
}


class Reply(NamedTuple):
    """What a view answers."""

    status: int
    body: Mapping[str, Any]
    etag: str | None = None


def read_rules(view: Callable[[Session, Author], Read]) -> Read:
    """What `view` makes of the database for somebody who may see the rules; nothing is written."""
    with saying_why_not(), parts().database.read() as session:
        return view(session, author(session))


def change_rules(asked: Any, act: Callable[[Session, Author], Reply]) -> Response:
    """Everything that `act` does, or nothing; a POST once per Idempotency-Key, if one was sent."""
    has_key = request.method == "POST" and "Idempotency-Key" in request.headers
    key = idempotency_key() if has_key else None
    with saying_why_not(), parts().database.write() as session:
        who = author(session)
        if key is None:
            return answered(act(session, who))
        once = Request(f"rules/{who.key}", key, content_of(asked))
        before = answered_before(session, once, parts().clock())
        if before is not None:
            return respond(before, replayed=True)
        reply = act(session, who)
        keep(session, once, Answer(reply.status, orjson.dumps(reply.body)), None)
        return answered(reply)


def author(session: Session) -> Author:
    """Who asks. 401 without a key that is known, 403 with one that only accompanies cases."""
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise _unauthorised("key_needed")
    organisation = find_organisation(session, given.token)
    if organisation is None:
        raise _unauthorised("key_unknown")
    found = author_of_organisation(organisation)
    if found is None:
        raise Refusal(403, "no_rules_role", SAID["no_rules_role"])
    return found


def answered(reply: Reply) -> Response:
    return respond(Answer(reply.status, orjson.dumps(reply.body)), etag=reply.etag)


@contextmanager
def saying_why_not() -> Iterator[None]:
    """What the casebook refuses, as refusals of the API."""
    try:
        with saying_when_busy():
            yield
    except NotAllowedError as error:
        raise Refusal(403, "role_needed", error.text, more={"role": error.needed.value}) from error
    except DraftError as error:
        raise _refused(error) from error
    except NoReleaseError as error:
        raise Refusal(404, "no_such_release", SAID["no_such_release"]) from error


def _refused(error: DraftError) -> Refusal:
    if error.code not in ABOUT_CONTENT:
        return Refusal(409, error.code, error.text)
    problem = Problem(error.code, error.text, pointer="/files", read=error.about)
    return Refusal(422, "invalid_request", INVALID, (problem,))


def _unauthorised(code: str) -> Refusal:
    return Refusal(401, code, SAID[code], headers={"WWW-Authenticate": 'Bearer realm="ashore"'})
