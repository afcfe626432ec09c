"""Small things the pages are made of: marks in texts, counts that can be read, files that travel in forms."""

from __future__ import annotations

import base64
import zlib

import pytest

from services.advisor.studio.carried_files import LARGEST, CarriedError, pack, unpack
from services.advisor.studio.counts_said import say_count, say_number, say_share
from services.advisor.studio.marked_text import mark
from services.advisor.studio.text_differences import text_differences
from services.rulebook.walk import Count


def test_only_the_words_that_differ_are_marked() -> None:
    old, new = mark("Call the lender today", "Call the lender tomorrow")
    assert old == "Call the lender <del>today</del>"
    assert new == "Call the lender <ins>tomorrow</ins>"


def test_words_that_follow_each_other_are_one_mark() -> None:
    assert mark("title of grace", "While the grace lasts")[1] == "<ins>While the</ins> grace<ins> lasts</ins>"


def test_chinese_is_compared_sign_by_sign() -> None:
    assert mark("先打电话给平台客服", "先写信给平台客服")[1] == "先<ins>写信</ins>给平台客服"


def test_texts_with_little_in_common_are_marked_as_a_whole() -> None:
    assert mark("one", "quite another text") == ("<del>one</del>", "<ins>quite another text</ins>")


def test_what_was_written_is_never_read_as_markup() -> None:
    assert "<script>" not in "".join(mark("a <script> b", "a <script> c"))


def test_enormous_texts_are_not_compared_word_by_word() -> None:
    old, new = mark("a " * 5_000, "a " * 4_999 + "b ")
    assert old.startswith("<del>")
    assert new.startswith("<ins>")


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (1_162, "1,162"), (999_999_999, "999,999,999"), (4_775_856_962_332_262_400_000_000_000, "4.8 × 10²⁷")],
)
def test_numbers_nobody_would_read_digit_by_digit_are_powers_of_ten(number: int, said: str) -> None:
    assert say_number(number) == said


def test_a_count_between_bounds_says_both() -> None:
    assert say_count(Count(7, 7), "{low} to {high}") == "7"
    assert say_count(Count(2, 9), "{low} to {high}") == "2 to 9"
    assert say_count(Count(10**20, 10**20 + 1), "{low} to {high}") == "≈ 1.0 × 10²⁰"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 10, "0 %"), (1, 10**20, "< 0.01 %"), (10**20 - 1, 10**20, "99.99 %"), (1, 8, "12.5 %"), (8, 8, "100 %")],
)
def test_a_share_is_rounded_but_never_to_nothing_and_never_to_all(part: int, whole: int, said: str) -> None:
    assert say_share(part, whole) == said


def test_files_come_back_letter_by_letter() -> None:
    files = {"topics/pay.yaml": "一\r\n\ttwo \U0001f600", "gone.yaml": None}
    assert unpack(pack(files)) == files


@pytest.mark.parametrize("sent", ["", "not packed", base64.b64encode(b"plain").decode(), pack({})[:-4], "é"])
def test_what_was_not_packed_here_is_refused(sent: str) -> None:
    with pytest.raises(CarriedError):
        unpack(sent)


def test_a_bomb_is_refused_before_it_costs_memory() -> None:
    bomb = base64.b64encode(zlib.compress(b'{"a": "' + b" " * (LARGEST + 1) + b'"}')).decode()
    with pytest.raises(CarriedError):
        unpack(bomb)


def test_differences_of_files_name_new_old_and_place() -> None:
    (found,) = text_differences(
        {"a.yaml": "one\ntwo\n", "b.yaml": "same\n"}, {"a.yaml": "one\n2\n", "b.yaml": "same\n"}
    )
    assert [sign for sign, _ in found.lines] == ["place", "same", "old", "new"]
