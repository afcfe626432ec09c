"""Answers already given to a POST, so that a client that sends it again gets the same one and nothing happens twice."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.casebook.tables import IdempotencyKeyRow

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255
WORKING = 0
"""The status of a request that is being worked on; it is committed together with the answer, or never."""


class KeyReusedError(Exception):
    """The key came before with another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One POST. `scope` keeps the keys of different callers apart; `content` is everything that it asks for."""

    scope: str
    key: str
    content: bytes

    @property
    def key_hash(self) -> str:
        return hashlib.sha256(f"{self.scope}\n{self.key}".encode()).hexdigest()

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def box(self) -> Fernet:
        """What locks the answer away: only a client that knows the key can open it again."""
        digest = hashlib.sha256(f"answer\n{self.scope}\n{self.key}".encode()).digest()
        return Fernet(base64.urlsafe_b64encode(digest))


def begin(session: Session, request: Request, now: datetime) -> Answer | None:
    """The answer that was given before, or None: then `keep` is called with the new one in the same transaction.

    A second request with the same key waits here for the first. Raises KeyReusedError.
    """
    if _take(session, request, now):
        return None
    row = session.get_one(IdempotencyKeyRow, (request.scope, request.key_hash), populate_existing=True)
    if row.expires_at <= now:
        session.delete(row)
        session.flush()
        return begin(session, request, now)
    if row.request_hash != request.content_hash:
        raise KeyReusedError
    return Answer(row.status, request.box.decrypt(row.answer.encode()))


def keep(session: Session, request: Request, answer: Answer, case_id: str | None) -> None:
    """Keep the answer; it goes with the case when the case is erased."""
    row = session.get_one(IdempotencyKeyRow, (request.scope, request.key_hash))
    row.status, row.case_id = answer.status, case_id
    row.answer = request.box.encrypt(answer.body).decode()


def forget_old_answers(session: Session, now: datetime) -> None:
    session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.expires_at <= now))


def _take(session: Session, request: Request, now: datetime) -> bool:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(IdempotencyKeyRow)
        .values(
            scope=request.scope,
            key_hash=request.key_hash,
            case_id=None,
            request_hash=request.content_hash,
            status=WORKING,
            answer="",
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
        .on_conflict_do_nothing()
        .returning(IdempotencyKeyRow.key_hash)
    )
    return session.scalar(statement) is not None
