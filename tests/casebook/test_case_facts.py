"""Facts of a case on any day: what stays, what moves, and what a later rulebook has no words for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.casebook.case_facts import change, differences, raw_facts_on, situation_on, stand
from services.casebook.tables import CaseRow
from services.rulebook.model import Moves, Rulebook, Situation
from services.rulebook.problems import SituationError
from tests.rulebook.making import day, number, one_of, rulebook

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    facts = [
        number("days_overdue", moves=Moves.GROWS),
        number("days_until_due", high=60, moves=Moves.FALLS, turns_into="days_overdue"),
        number("days_waiting", moves=Moves.GROWS),
        one_of("negotiation", "not_started", "waiting", "refused"),
        day("hearing_on"),
    ]
    return rulebook(facts, [])


def case_of(book: Rulebook, **values: object) -> CaseRow:
    kept = stand(book, Situation(values), TODAY)  # type: ignore[arg-type]
    return CaseRow(facts=kept.facts, anchors=kept.anchors, declined=kept.declined)


@pytest.mark.parametrize(
    ("known", "later", "then"),
    [
        ({"days_overdue": 12}, 19, {"days_overdue": 31}),
        ({"days_overdue": 3649}, 19, {"days_overdue": 3650}),
        ({"days_until_due": 5}, 3, {"days_until_due": 2}),
        ({"days_until_due": 5}, 5, {"days_until_due": 0}),
        ({"days_until_due": 5}, 6, {"days_overdue": 1}),
        ({"days_overdue": 0}, 1, {"days_overdue": 1}),
        ({"days_overdue": 2}, -3, {}),
        ({"negotiation": "waiting", "days_waiting": 1}, 2, {"negotiation": "waiting", "days_waiting": 3}),
        ({"hearing_on": date(2026, 12, 24)}, 60, {"hearing_on": "2026-12-24"}),
    ],
)
def test_facts_move_with_the_days(
    book: Rulebook, known: dict[str, object], later: int, then: dict[str, object]
) -> None:
    assert raw_facts_on(case_of(book, **known), book, TODAY + timedelta(days=later)) == then


def test_a_new_value_of_a_moving_fact_counts_from_the_day_it_was_told(book: Rulebook) -> None:
    case = case_of(book, days_waiting=9)
    kept, _ = change(case, book, {"days_waiting": 0}, (), TODAY)
    assert kept.anchors == {"days_waiting": "2026-11-24"}


def test_the_due_date_has_one_anchor_whichever_way_it_is_told(book: Rulebook) -> None:
    case = case_of(book, days_until_due=5)
    kept, after = change(case, book, {"days_overdue": 3}, (), TODAY)
    assert kept.anchors == {"days_overdue": "2026-11-21"}
    assert after.values == {"days_overdue": 3}


def test_a_change_leaves_everything_else_as_it_was(book: Rulebook) -> None:
    case = case_of(book, days_overdue=12, negotiation="waiting", days_waiting=2)
    kept, after = change(case, book, {"negotiation": "refused", "days_waiting": None}, (), TODAY + timedelta(days=1))
    assert kept.facts == {"negotiation": "refused"}
    assert kept.anchors == {"days_overdue": "2026-11-12"}
    assert after.values == {"days_overdue": 13, "negotiation": "refused"}


def test_a_declined_fact_is_unknown_until_it_is_told(book: Rulebook) -> None:
    case = case_of(book, negotiation="waiting")
    kept, after = change(case, book, {"negotiation": None}, ("negotiation",), TODAY)
    assert (kept.declined, after.values) == (["negotiation"], {})
    case.facts, case.declined = kept.facts, kept.declined
    told, _ = change(case, book, {"negotiation": "refused"}, (), TODAY)
    assert (told.declined, told.facts) == ([], {"negotiation": "refused"})


def test_a_wrong_value_is_refused_and_nothing_changes(book: Rulebook) -> None:
    case = case_of(book, negotiation="waiting")
    with pytest.raises(SituationError):
        change(case, book, {"negotiation": "perhaps"}, (), TODAY)
    assert case.facts == {"negotiation": "waiting"}


def test_what_a_later_rulebook_has_no_words_for_is_unknown_but_kept(book: Rulebook) -> None:
    case = CaseRow(facts={"negotiation": "gone", "old_fact": 7}, anchors={"old_days": "2026-01-01"}, declined=["older"])
    assert situation_on(case, book, TODAY) == Situation({})
    kept, _ = change(case, book, {"days_overdue": 1}, (), TODAY)
    assert kept.facts["old_fact"] == 7
    assert kept.anchors["old_days"] == "2026-01-01"


def test_differences_name_what_was_and_what_is() -> None:
    before, after = Situation({"a": 1, "b": frozenset({"y", "x"})}), Situation({"a": 2, "c": TODAY})
    assert differences(before, after) == {
        "a": {"from": 1, "to": 2},
        "b": {"from": ["x", "y"], "to": None},
        "c": {"from": None, "to": "2026-11-24"},
    }
