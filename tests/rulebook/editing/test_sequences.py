"""Two people add, take out and move things in one list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rulebook.editing.sequences import merged_order

ORDERS = st.lists(st.sampled_from("abcdef"), unique=True)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        ("abc", "abc", "cab", "cab"),
        ("abc", "bca", "abc", "bca"),
        ("abc", "abxc", "abcy", "abxcy"),
        ("abc", "abcx", "abcd", "abcdx"),
        ("abc", "xabc", "bca", "xbca"),
        ("abc", "cbax", "cba", "cbax"),
        ("ab", "axb", "abx", "abx"),
        ("", "ab", "ba", "ab"),
    ],
)
def test_what_a_side_added_stays_behind_what_it_stood_behind(base: str, theirs: str, mine: str, merged: str) -> None:
    assert merged_order(base, theirs, mine) == (list(merged), False)
    assert merged_order(base, mine, theirs) == (list(merged), False)


def test_both_moving_the_same_things_differently_is_said_and_mine_holds() -> None:
    assert merged_order("abc", "cab", "bca") == (list("bca"), True)


@given(ORDERS, ORDERS)
def test_what_one_side_left_as_it_was_follows_the_other(base: list[str], changed: list[str]) -> None:
    for theirs, mine in ((base, changed), (changed, base)):
        order, clash = merged_order(base, theirs, mine)
        assert [thing for thing in order if thing in changed] == changed
        assert not clash


@given(ORDERS, ORDERS, ORDERS)
def test_nothing_is_lost_and_the_sides_may_be_exchanged(base: list[str], theirs: list[str], mine: list[str]) -> None:
    here, there = merged_order(base, theirs, mine), merged_order(base, mine, theirs)
    assert sorted(here[0]) == sorted({*theirs, *mine})
    assert here[1] == there[1]
    assert here[1] or here[0] == there[0]
