"""Tokens, retrieval codes and organisation keys open what they should and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casebook.access import (
    add_organisation,
    code_hash,
    find_by_code,
    find_case,
    find_organisation,
    is_own,
    new_case_id,
    new_retrieval_code,
    new_token,
    renew_token,
)
from tests.casebook.life import Life

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
DEBT = {"days_overdue": 12}


def test_tokens_hold_256_bits_and_no_two_are_alike() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token.removeprefix("ash_case_")) * 5 >= 256 for token in tokens)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_different_random_bytes_give_different_ids(one: bytes, other: bytes) -> None:
    assert (new_case_id(lambda _: one) == new_case_id(lambda _: other)) == (one == other)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{} "])
def test_a_retrieval_code_may_be_typed_anyhow(typed: str) -> None:
    code = new_retrieval_code()
    assert code_hash(typed.format(code.lower().replace("-", " "))) == code_hash(code)


def test_the_owner_opens_the_case_and_nobody_else_does(life: Life) -> None:
    opened = life.open(DEBT)
    with life.database.read() as session:
        case = find_case(session, life.case_id, opened.token)
        assert case is not None
        assert is_own(case, opened.token)
        assert find_case(session, life.case_id, opened.token + "x") is None
        assert find_case(session, life.case_id, "") is None
        assert find_case(session, "case_other", opened.token) is None


def test_the_organisation_that_opened_a_case_opens_it_until_its_key_is_revoked(life: Life) -> None:
    with life.database.write() as session:
        row, key = add_organisation(session, "Counsellors", NOW)
        _, foreign = add_organisation(session, "Others", NOW)
    life.open(DEBT, organisation_key_id=row.id)
    with life.database.read() as session:
        assert find_case(session, life.case_id, key) is not None
        assert find_case(session, life.case_id, foreign) is None
    with life.database.write() as session:
        found = find_organisation(session, key)
        assert found is not None
        found.revoked_at = NOW
    with life.database.read() as session:
        assert find_case(session, life.case_id, key) is None


def test_the_retrieval_code_finds_the_case_and_a_new_token_ends_the_old_one(life: Life) -> None:
    opened = life.open(DEBT)
    with life.database.write() as session:
        case = find_by_code(session, opened.retrieval_code)
        assert case is not None
        token = renew_token(case)
    with life.database.read() as session:
        assert find_case(session, life.case_id, token) is not None
        assert find_case(session, life.case_id, opened.token) is None
