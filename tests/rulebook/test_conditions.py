"""What can be asked of a fact, as it is written."""

from __future__ import annotations

import pytest

from services.rulebook.conditions import read_condition
from services.rulebook.model import Fact, Place, Span
from services.rulebook.problems import Problems
from services.rulebook.yaml_nodes import ListNode, Node, ScalarNode
from tests.rulebook.making import day, number, one_of, some_of, yes_no

PLACE = Place("rules/topics/pay.yaml", 7)
DAYS, TALKS = number("days", high=100), one_of("talks", "none_yet", "refused", "agreed")
MAYBE = one_of("maybe", "agreed", "unknown")
CONDUCT, WRITTEN, HEARING = some_of("conduct", "threat", "leak"), yes_no("written"), day("hearing_on")


def node(written: str | list[str]) -> Node:
    if isinstance(written, list):
        return ListNode([ScalarNode(word, PLACE) for word in written], PLACE)
    return ScalarNode(written, PLACE)


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ("1..90", [(1, 90)]),
        ("31+", [(31, 100)]),
        ("up to 7", [(0, 7)]),
        ("5", [(5, 5)]),
        (["0", "8..30", "9..40"], [(0, 0), (8, 40)]),
        (["1..5", "6..9"], [(1, 9)]),
        ("not 1..90", [(0, 0), (91, 100)]),
        ("１..９０", [(1, 90)]),
    ],
)
def test_ranges_of_numbers(written: str | list[str], spans: list[tuple[int, int]]) -> None:
    condition = read_condition(DAYS, node(written), Problems())
    assert condition
    assert condition.spans == tuple(Span(low, high) for low, high in spans)


@pytest.mark.parametrize(
    ("fact", "written", "words"),
    [
        (TALKS, "refused", {"refused"}),
        (TALKS, ["refused", "agreed"], {"refused", "agreed"}),
        (TALKS, "not refused", {"none_yet", "agreed"}),
        (TALKS, "not [refused, agreed]", {"none_yet"}),
        (WRITTEN, "yes", {"yes"}),
        (WRITTEN, "not yes", {"no"}),
    ],
)
def test_words(fact: Fact, written: str | list[str], words: set[str]) -> None:
    condition = read_condition(fact, node(written), Problems())
    assert condition
    assert (condition.words, condition.or_unknown) == (words, False)


@pytest.mark.parametrize(
    ("written", "includes", "excludes"),
    [
        ("threat", {"threat"}, set()),
        (["threat", "leak"], {"threat", "leak"}, set()),
        ("none", set(), {"threat", "leak"}),
        ("not threat", set(), {"threat"}),
        ("not none", {"threat", "leak"}, set()),
    ],
)
def test_facts_that_hold_several_words(written: str | list[str], includes: set[str], excludes: set[str]) -> None:
    condition = read_condition(CONDUCT, node(written), Problems())
    assert condition
    assert (condition.includes, condition.excludes) == (includes, excludes)


@pytest.mark.parametrize(
    ("fact", "written", "known", "or_unknown"),
    [
        (TALKS, "unknown", False, True),
        (TALKS, "known", True, False),
        (TALKS, "not unknown", True, False),
        (TALKS, "not known", False, True),
        (TALKS, ["agreed", "unknown"], False, True),
        (DAYS, ["0", "unknown"], False, True),
        (HEARING, "known", True, False),
    ],
)
def test_known_and_unknown(fact: Fact, written: str | list[str], known: bool, or_unknown: bool) -> None:
    condition = read_condition(fact, node(written), Problems())
    assert condition
    assert (condition.known, condition.or_unknown) == (known, or_unknown)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1-90", "1..90"),
        ("1 至 90", "1..90"),
        ("1 to 90", "1..90"),
        ("90..1", "1..90"),
        (">= 31", "31+"),
        ("> 30", "31+"),
        ("≥31", "31+"),
        ("31 以上", "31+"),
        ("at least 31", "31+"),
        ("<8", "up to 7"),
        ("<= 7", "up to 7"),
        ("不超过 7", "up to 7"),
        ("7 or less", "up to 7"),
    ],
)
def test_a_range_in_other_words_is_refused_with_the_right_ones(written: str, meant: str) -> None:
    problems = Problems()
    assert read_condition(DAYS, node(written), problems) is None
    assert problems.found[0].suggestion
    assert f"`{meant}`" in problems.found[0].suggestion.en


@pytest.mark.parametrize(
    ("fact", "written", "code"),
    [
        (DAYS, "90..1", "empty_range"),
        (DAYS, "1..101", "out_of_bounds"),
        (DAYS, "many", "bad_range"),
        (DAYS, "", "bad_condition"),
        (TALKS, "refuse", "unknown_word"),
        (TALKS, "not [none_yet, refused, agreed]", "empty_range"),
        (TALKS, ["known", "agreed"], "condition_mixed"),
        (TALKS, ["agreed", "agreed"], "written_twice"),
        (MAYBE, "not agreed", "empty_range"),
        (CONDUCT, ["none", "threat"], "condition_mixed"),
        (TALKS, ["known", "unknown"], "condition_asks_nothing"),
        (HEARING, "2026-12-01", "date_condition"),
        (WRITTEN, "true", "unknown_word"),
    ],
)
def test_what_cannot_be_understood_or_can_never_hold(fact: Fact, written: str | list[str], code: str) -> None:
    problems = Problems()
    assert read_condition(fact, node(written), problems) is None
    assert [problem.code for problem in problems.found] == [code]
    assert problems.found[0].place == PLACE
