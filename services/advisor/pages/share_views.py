"""The list on one sheet of paper, and a read link for one look by one other person: with a scope and an end."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from flask import Response, request, url_for

from services.advisor.pages.answers import Answers
from services.advisor.pages.blueprint import blueprint
from services.advisor.pages.interview import stand
from services.advisor.pages.interview_views import rows_of
from services.advisor.pages.rendering import answers_so_far, page, words
from services.advisor.parts import parts
from services.casebook.opened_links import open_once
from services.rulebook.advice import describe
from services.rulebook.advice_texts import Json

LONGEST_TOKEN = 4_000
HOURS = (1, 24, 168)


class Scope(StrEnum):
    """What the other person may see."""

    LIST = "list"
    LIST_AND_ANSWERS = "list_and_answers"


@dataclass(frozen=True, slots=True)
class Share:
    """What a read link holds; it is encrypted into the link itself and kept nowhere."""

    answers: Answers
    scope: Scope
    until: datetime


class ShareError(Exception):
    """A link that is forged, too old or was opened before."""


@blueprint.get("/sheet")
def sheet() -> Response:
    """One sheet of A4 to print and take along."""
    answers = answers_so_far()
    return page("sheet.html", answers, advice=_advice(answers), rows=_rows(answers))


@blueprint.get("/share")
def share() -> Response:
    return page("share.html", answers_so_far(), link="", scopes=list(Scope), hours=HOURS)


@blueprint.post("/share")
def make_link() -> Response:
    answers = answers_so_far()
    scope = Scope.LIST_AND_ANSWERS if request.form.get("scope") == Scope.LIST_AND_ANSWERS else Scope.LIST
    hours = next((hours for hours in HOURS if str(hours) == request.form.get("hours")), HOURS[1])
    token = _seal(Share(answers, scope, parts().clock() + timedelta(hours=hours)))
    link = f"{parts().settings.base_url}{url_for('pages.shared', token=token)}"
    return page("share.html", answers, link=link, scopes=list(Scope), hours=HOURS)


@blueprint.get("/shared/<token>")
def shared(token: str) -> Response:
    """A look at the envelope only, so that a mail scanner does not use the link up."""
    _open(token)
    return page("shared.html", answers_so_far(), token=token, advice=None)


@blueprint.post("/shared/<token>")
def open_shared(token: str) -> Response:
    """Opens the link, once."""
    found = _open(token)
    with parts().database.write() as session:
        if not open_once(session, token, found.until, parts().clock()):
            raise ShareError
    rows = _rows(found.answers) if found.scope is Scope.LIST_AND_ANSWERS else []
    return page("shared.html", answers_so_far(), token="", advice=_advice(found.answers), rows=rows)


@blueprint.errorhandler(ShareError)
def spent(_error: ShareError) -> Response:
    return page("message.html", answers_so_far(), 410, heading="share.spent", lead="share.spent_lead")


def _advice(answers: Answers) -> Json:
    with parts().releases.borrow() as release:
        standing = stand(release, answers, parts().today())
        return describe(release, standing.decision, standing.plan, words().language)


def _rows(answers: Answers) -> list[dict[str, str]]:
    with parts().releases.borrow() as release:
        standing = stand(release, answers, parts().today())
        return [row for row in rows_of(release, standing.answers) if row["shown"]]


def _seal(share: Share) -> str:
    answers = share.answers
    plain = json.dumps([answers.facts, answers.declined, answers.order, share.scope, share.until.timestamp()])
    return _fernet(parts().settings.secret_key).encrypt(zlib.compress(plain.encode())).decode()


def _open(token: str) -> Share:
    """Raises ShareError."""
    if len(token) > LONGEST_TOKEN:
        raise ShareError
    try:
        plain = zlib.decompress(_fernet(parts().settings.secret_key).decrypt(token.encode()))
    except (InvalidToken, ValueError, zlib.error) as error:
        raise ShareError from error
    facts, declined, order, scope, until = json.loads(plain)
    end = datetime.fromtimestamp(until, UTC)
    if parts().clock() > end:
        raise ShareError
    return Share(Answers(facts, tuple(declined), tuple(order)), Scope(scope), end)


@lru_cache(maxsize=4)
def _fernet(secret_key: str) -> Fernet:
    digest = hashlib.sha256(b"ashore shared list " + secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
