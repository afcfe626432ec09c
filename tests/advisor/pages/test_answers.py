"""Answers live encrypted in the person's own browser, and a foreign or old token opens nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from services.advisor.pages.answers import LIFETIME, LONGEST_TOKEN, AnswerKeeper, Answers

KEEPER = AnswerKeeper("a secret of this installation alone")
SOME = Answers({"days_overdue": 12}, ("gambling",), ("days_overdue", "gambling"), {"days_overdue": 3}, ("first",))


def test_answers_come_back_as_they_were() -> None:
    assert KEEPER.open(KEEPER.seal(SOME)) == SOME


def test_a_token_shows_nothing_of_the_answers() -> None:
    assert "overdue" not in KEEPER.seal(SOME)


@pytest.mark.parametrize("token", ["", "x", "x" * (LONGEST_TOKEN + 1), "gAAAAA" * 20])
def test_what_is_no_token_opens_nothing(token: str) -> None:
    assert KEEPER.open(token) is None


def test_the_token_of_another_installation_opens_nothing() -> None:
    assert AnswerKeeper("another secret").open(KEEPER.seal(SOME)) is None


def test_answers_vanish_after_their_lifetime() -> None:
    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC), tick=False):
        token = KEEPER.seal(SOME)
    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC) + LIFETIME * 1.01, tick=False):
        assert KEEPER.open(token) is None


def test_an_answer_given_again_replaces_the_first_and_keeps_its_place() -> None:
    told = Answers().with_answer("a", 1).with_answer("b", 2).with_answer("a", 3)
    assert (told.facts, told.order) == ({"a": 3, "b": 2}, ("a", "b"))


def test_leaving_a_question_open_takes_the_answer_back() -> None:
    told = Answers().with_answer("a", 1).without("a")
    assert (told.facts, told.declined, told.order) == ({}, ("a",), ("a",))


def test_answering_after_all_takes_the_question_off_the_open_ones() -> None:
    told = Answers().without("a").with_answer("a", 1)
    assert (told.facts, told.declined) == ({"a": 1}, ())
