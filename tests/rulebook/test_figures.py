"""The figures of a text agree in Chinese and in English, whatever form each language gives them."""

from __future__ import annotations

import pytest

from services.rulebook.figures import days_in, differing_figures
from services.rulebook.model import Text


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("3 天内", "within 3 days"),
        ("３ 天内", "within 3 days"),
        ("3 天内", "within three days"),
        ("二十一天内", "within 21 days"),
        ("2026 年 3 月 31 日", "31 March 2026"),
        ("2026-03-31", "March 31, 2026"),
        ("5 月 5 日", "May 5"),
        ("晚上 10 点到早上 8 点", "10 p.m. to 8 a.m."),
        ("22:00 到 8:30", "22 to 8:30"),
        ("5 万元", "50,000 yuan"),
        ("1.5 亿", "150 million"),
        ("打 110，120", "call 110, 120"),
        ("24%", "24 %"),
        ("没有数字", "no figure, one word"),
    ],
)
def test_the_same_figure_in_two_forms_agrees(zh: str, en: str) -> None:
    assert differing_figures(Text(zh, en)) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("zh", "en", "only_zh", "only_en"),
    [
        ("打 12378", "call 12387", {"12378"}, {"12387"}),
        ("3 天内", "within 5 days", {"3"}, {"5"}),
        ("三天内", "within 5 days", set(), {"5"}),
        ("3 月 31 日", "31 April", {"3"}, {"4"}),
        ("1.5%", "15%", {"1.5"}, {"15"}),
        ("尽快", "within 7 days", set(), {"7"}),
    ],
)
def test_a_figure_of_one_language_only_is_found(zh: str, en: str, only_zh: set[str], only_en: set[str]) -> None:
    assert differing_figures(Text(zh, en)) == (only_zh, only_en)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("within 15 days", {15}),
        ("a 15-day period", {15}),
        ("3 to 5 working days", {3, 5}),
        ("twenty-one days", {21}),
        ("within 2 weeks", {14}),
        ("24 hours", {1}),
        ("36 hours", set()),
        ("3-5 天", {3, 5}),
        ("十五日内", {15}),
        ("10 个工作日", {10}),
        ("到 3 月 31 日为止", set()),
        ("打到哪一天", set()),
        ("6 calls a day", set()),
    ],
)
def test_the_days_a_text_speaks_of(text: str, days: set[int]) -> None:
    assert days_in(text) == days


@pytest.mark.parametrize(
    "text", ["9" * 5000 + "天", "1," * 2500, "一" * 5000, "3 - " * 1200 + "天", "5 " * 2500 + "days"]
)
def test_a_text_full_of_digits_costs_no_time_and_no_error(text: str) -> None:
    assert differing_figures(Text(text, "none")) != (None, None)
    assert days_in(text) is not None
