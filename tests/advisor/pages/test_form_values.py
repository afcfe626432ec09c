"""What people type is understood where it can be, and asked for again, kindly, where it cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.advisor.pages.form_values import AnswerError, as_typed, read_answer
from services.rulebook.model import Fact, Kind
from tests.rulebook.making import day, number, one_of, some_of, yes_no

MONEY = replace(number("cash", high=10**12), kind=Kind.MONEY)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [("1500", 150_000), ("1,500", 150_000), ("１５００", 150_000), ("¥1500元", 150_000), (" 12.5 ", 1_250), ("0", 0)],
)
def test_money_is_typed_in_yuan_in_many_ways(typed: str, fen: int) -> None:
    assert read_answer(MONEY, [typed]) == fen


@pytest.mark.parametrize(
    ("fact", "given", "value"),
    [
        (number("days"), ["12天"], 12),
        (yes_no("written"), ["no"], False),
        (one_of("talks", "refused", "agreed"), ["refused"], "refused"),
        (some_of("conduct", "threat", "leak"), ["leak", "threat"], ["threat", "leak"]),
        (some_of("conduct", "threat", "leak"), ["none_of_these"], []),
        (day("hearing_on"), ["2026/12/1"], "2026-12-01"),
    ],
)
def test_every_kind_of_answer_becomes_what_the_api_takes(fact: Fact, given: list[str], value: object) -> None:
    assert read_answer(fact, given) == value


@pytest.mark.parametrize(
    ("fact", "given", "key"),
    [
        (number("days"), [], "error.needs_answer"),
        (number("days"), ["很久"], "error.not_a_number"),
        (number("days"), ["9" * 1_000_000], "error.not_a_number"),
        (number("days"), ["1.5"], "error.not_whole"),
        (number("days"), ["-1"], "error.too_small"),
        (number("days"), ["3651"], "error.too_large"),
        (MONEY, ["0.001"], "error.not_whole"),
        (day("hearing_on"), ["2026-02-30"], "error.not_a_date"),
        (one_of("talks", "refused"), ["<script>"], "error.unknown_choice"),
        (some_of("conduct", "threat"), ["other"], "error.needs_answer"),
    ],
)
def test_what_cannot_be_understood_is_said_with_the_reason(fact: Fact, given: list[str], key: str) -> None:
    with pytest.raises(AnswerError) as caught:
        read_answer(fact, given)
    assert caught.value.key == key


@pytest.mark.parametrize(("fen", "shown"), [(150_000, "1500"), (1_250, "12.5"), (0, "0")])
def test_money_is_shown_again_as_it_was_typed(fen: int, shown: str) -> None:
    assert as_typed(MONEY, fen) == shown
