"""A POST that is sent again gets the answer it got before, and nobody else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import func, select

from services.casebook.database import Database
from services.casebook.idempotency import (
    KEPT_FOR,
    Answer,
    KeyReusedError,
    Request,
    begin,
    forget_old_answers,
    keep,
)
from services.casebook.tables import IdempotencyKeyRow

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ONCE = Request("new", "a-key", b"content")
ANSWER = Answer(201, b'{"token": "secret"}')


def answer(database: Database, request: Request = ONCE, now: datetime = NOW) -> Answer | None:
    """What was answered before; if nothing was, the answer is kept now."""
    with database.write() as session:
        before = begin(session, request, now)
        if before is None:
            keep(session, request, ANSWER, None)
        return before


def test_the_second_time_the_first_answer_is_given(database: Database) -> None:
    assert [answer(database), answer(database)] == [None, ANSWER]


def test_other_content_under_the_same_key_is_refused(database: Database) -> None:
    answer(database)
    with pytest.raises(KeyReusedError):
        answer(database, Request("new", "a-key", b"other content"))


def test_the_same_key_of_somebody_else_is_another_key(database: Database) -> None:
    answer(database)
    assert answer(database, Request("another scope", "a-key", b"content")) is None


def test_an_answer_is_kept_for_a_day(database: Database) -> None:
    answer(database)
    assert answer(database, now=NOW + KEPT_FOR) is None


def test_what_failed_was_not_answered(database: Database) -> None:
    with pytest.raises(RuntimeError):
        begin_and_fail(database)
    assert answer(database) is None


def begin_and_fail(database: Database) -> None:
    with database.write() as session:
        begin(session, ONCE, NOW)
        raise RuntimeError


def test_the_stored_answer_cannot_be_read_without_the_key(database: Database) -> None:
    answer(database)
    with database.read() as session:
        row = session.scalars(select(IdempotencyKeyRow)).one()
    assert "secret" not in row.answer
    assert "a-key" not in str(vars(row))
    with pytest.raises(InvalidToken):
        Request("new", "another-key", b"content").box.decrypt(row.answer.encode())


def test_old_answers_are_forgotten(database: Database) -> None:
    answer(database)
    with database.write() as session:
        forget_old_answers(session, NOW + timedelta(days=2))
        assert session.scalar(select(func.count()).select_from(IdempotencyKeyRow)) == 0


def test_of_two_at_once_one_works_and_the_other_gets_its_answer(database: Database) -> None:
    given: list[Answer | None] = []
    threads = [Thread(target=lambda: given.append(answer(database))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given, key=str) == sorted([None, ANSWER, ANSWER, ANSWER], key=str)
