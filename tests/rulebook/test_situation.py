"""What a person states becomes typed values; what cannot be right is named by a pointer, everything at once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rulebook.load import load_rulebook
from services.rulebook.problems import Problem, SituationError
from services.rulebook.situation import read_situation
from tests.rulebook.small_rulebook import FACTS, small_files

WITH_UNKNOWN = FACTS.replace("  - {word: agreed,", "  - {word: unknown, zh: 不清楚, en: not sure}\n  - {word: agreed,")
RULEBOOK = load_rulebook(small_files() | {"facts.yaml": WITH_UNKNOWN})


def refused(raw: object, declined: object = ()) -> tuple[Problem, ...]:
    with pytest.raises(SituationError) as caught:
        read_situation(RULEBOOK, raw, declined)
    return caught.value.problems


def is_answered(raw: dict[str, object], declined: object) -> bool:
    """Whether there is a situation of these facts, or a printable reason for every refusal."""
    try:
        return read_situation(RULEBOOK, raw, declined).values.keys() <= raw.keys()
    except SituationError as error:
        return all(problem.pointer and problem.line("en").encode() for problem in error.problems)


def test_an_empty_situation_is_a_situation() -> None:
    situation = read_situation(RULEBOOK, {})
    assert (situation.values, situation.declined) == ({}, frozenset())


def test_every_kind_of_fact_gets_its_type() -> None:
    raw = {
        "days_overdue": 12,
        "cash_fen": 120_000,
        "negotiation": "refused",
        "conduct": ["threat", "leak"],
        "written": True,
        "hearing_on": "2026-12-01",
    }
    assert read_situation(RULEBOOK, raw).values == {
        "days_overdue": 12,
        "cash_fen": 120_000,
        "negotiation": "refused",
        "conduct": frozenset({"threat", "leak"}),
        "written": True,
        "hearing_on": date(2026, 12, 1),
    }


def test_none_of_these_is_known_and_not_missing() -> None:
    assert read_situation(RULEBOOK, {"conduct": []}).values == {"conduct": frozenset()}


def test_not_sure_means_unknown_and_is_not_asked_again() -> None:
    situation = read_situation(RULEBOOK, {"negotiation": "unknown"}, ["cash_fen"])
    assert (situation.values, situation.declined) == ({}, {"negotiation", "cash_fen"})


@pytest.mark.parametrize(
    ("fact", "value", "code", "meant"),
    [
        ("days_overdue", "7", "wrong_type", "Write 7"),
        ("days_overdue", "７", "wrong_type", "Write 7"),
        ("days_overdue", 7.0, "wrong_type", "Write 7"),
        ("days_overdue", 7.5, "wrong_type", ""),
        ("days_overdue", float("nan"), "wrong_type", ""),
        ("days_overdue", True, "wrong_type", ""),
        ("days_overdue", None, "wrong_type", "Leave it out"),
        ("days_overdue", [7], "wrong_type", ""),
        ("days_overdue", -1, "out_of_range", ""),
        ("days_overdue", 3651, "out_of_range", ""),
        ("days_overdue", 10**400, "out_of_range", ""),
        ("written", "yes", "wrong_type", ""),
        ("written", 1, "wrong_type", ""),
        ("negotiation", "refuse", "unknown_word", "refused"),
        ("negotiation", True, "wrong_type", ""),
        ("negotiation", "\ud800", "unknown_word", ""),
        ("conduct", "threat", "wrong_type", ""),
        ("conduct", {"threat": True}, "wrong_type", ""),
        ("hearing_on", "2026-02-30", "wrong_type", ""),
        ("hearing_on", "20261201", "wrong_type", ""),
        ("hearing_on", "0001-01-01", "wrong_type", ""),
        ("hearing_on", 20261201, "wrong_type", ""),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_what_to_write(
    fact: str, value: object, code: str, meant: str
) -> None:
    (problem,) = refused({fact: value})
    assert (problem.code, problem.pointer) == (code, f"/facts/{fact}")
    assert meant in (problem.suggestion.en if problem.suggestion else "")
    assert problem.line("zh-CN").encode()
    assert problem.allowed


@pytest.mark.parametrize(
    ("words", "code", "place"),
    [(["threat", "leek"], "unknown_word", 1), (["leak", 5], "wrong_type", 1), (["leak", "leak"], "written_twice", 1)],
)
def test_the_pointer_goes_down_to_the_word_in_a_list(words: list[object], code: str, place: int) -> None:
    (problem,) = refused({"conduct": words})
    assert (problem.code, problem.pointer) == (code, f"/facts/conduct/{place}")


def test_an_unknown_fact_is_refused_with_the_one_that_was_meant() -> None:
    (problem,) = refused({"day_overdue": 7})
    assert str(problem) == "/facts/day_overdue: There is no fact called `day_overdue`. Did you mean `days_overdue`?"


def test_a_pointer_escapes_what_a_pointer_must_escape() -> None:
    (problem,) = refused({"a/b~c": 1})
    assert problem.pointer == "/facts/a~1b~0c"


def test_everything_that_is_wrong_is_named_at_once() -> None:
    problems = refused({"days_overdue": "x", "written": 3, "nothing": 1}, ["neither"])
    assert [problem.pointer for problem in problems] == [
        "/facts/days_overdue",
        "/facts/written",
        "/facts/nothing",
        "/declined/0",
    ]


def test_facts_that_cannot_both_be_true_are_refused_at_both_places() -> None:
    problems = refused({"written": True, "negotiation": "not_started"})
    assert {problem.pointer for problem in problems} == {"/facts/written", "/facts/negotiation"}
    assert problems[0].sentence("en") == "Nothing is in writing before talks. Check it together with `negotiation`."


@pytest.mark.parametrize("raw", [None, [], "facts", 7, True])
def test_only_an_object_is_a_situation(raw: object) -> None:
    (problem,) = refused(raw)
    assert (problem.code, problem.pointer) == ("not_an_object", "/facts")


@pytest.mark.parametrize("declined", [None, "cash_fen", {"cash_fen": True}, 3])
def test_only_a_list_of_names_can_be_declined(declined: object) -> None:
    (problem,) = refused({}, declined)
    assert problem.pointer == "/declined"


def test_a_number_too_long_to_print_is_refused() -> None:
    (problem,) = refused({"days_overdue": 10**5000})
    assert (problem.code, problem.read) == ("out_of_range", "a very long number")


def test_a_body_full_of_names_that_do_not_exist_is_given_up_on() -> None:
    assert len(refused({f"fact_{number}": number for number in range(20_000)})) == 50


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["threat", "agreed"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(
    raw=st.dictionaries(st.sampled_from(sorted(RULEBOOK.facts)) | st.text(max_size=8), JSON, max_size=6), declined=JSON
)
def test_whatever_is_posted_is_a_situation_or_refused(raw: dict[str, object], declined: object) -> None:
    assert is_answered(raw, declined)
