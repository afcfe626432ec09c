"""Which rules speak, and which are still undecided."""

from __future__ import annotations

from datetime import date

import pytest

from services.rulebook.model import Rulebook, Situation
from services.rulebook.release import Release
from tests.rulebook.making import TODAY, among, between, number, one_of, rule, rulebook, yes_no

FACTS = (number("days"), one_of("state", "ok", "danger"), yes_no("written"))


def decide(book: Rulebook, values: dict[str, object], as_of: date = TODAY) -> tuple[set[str], set[str], set[str]]:
    """The ids of the rules that apply, that speak and that are undecided."""
    release = Release.build(book)
    decision = release.decide(Situation(values), as_of)  # type: ignore[arg-type]
    release.close()
    assert release.disagreements.count == 0
    return tuple({item.id for item in group} for group in (decision.applies, decision.speaking, decision.undecided))  # type: ignore[return-value]


def test_a_rule_speaks_when_all_its_conditions_hold() -> None:
    book = rulebook(FACTS, [rule("call", between("days", 1, 90), among("state", "ok"))])
    assert decide(book, {"days": 5, "state": "ok"}) == ({"call"}, {"call"}, set())


@pytest.mark.parametrize(("days", "applies"), [(0, False), (1, True), (90, True), (91, False)])
def test_both_ends_of_a_range_are_included(days: int, applies: bool) -> None:
    book = rulebook(FACTS, [rule("call", between("days", 1, 90))])
    assert bool(decide(book, {"days": days})[0]) is applies


def test_a_missing_fact_leaves_a_rule_undecided_and_never_false() -> None:
    book = rulebook(FACTS, [rule("call", between("days", 1, 90), among("state", "ok"))])
    assert decide(book, {"days": 5}) == (set(), set(), {"call"})


def test_one_failed_condition_settles_a_rule_whatever_else_is_missing() -> None:
    book = rulebook(FACTS, [rule("call", between("days", 1, 90), among("state", "ok"))])
    assert decide(book, {"days": 91}) == (set(), set(), set())


def test_a_condition_that_accepts_unknown_holds_without_the_fact() -> None:
    book = rulebook(FACTS, [rule("call", among("state", "ok", or_unknown=True))])
    assert decide(book, {})[1] == {"call"}
    assert decide(book, {"state": "danger"})[1] == set()


def test_a_rule_steps_aside_for_a_rule_it_yields_to() -> None:
    guard = rule("hold", among("state", "danger"))
    book = rulebook(FACTS, [guard, rule("pay", between("days", 1, 90), yields_to=["hold"])])
    assert decide(book, {"days": 5, "state": "danger"})[1] == {"hold"}
    assert decide(book, {"days": 5, "state": "ok"})[1] == {"pay"}


def test_a_rule_steps_aside_even_for_a_rule_that_is_itself_silenced() -> None:
    rules = [
        rule("first", between("days", 1, 90)),
        rule("second", between("days", 1, 90), yields_to=["first"]),
        rule("third", between("days", 1, 90), yields_to=["second"]),
    ]
    assert decide(rulebook(FACTS, rules), {"days": 5})[1] == {"first"}


def test_the_fallback_speaks_only_when_nothing_else_does() -> None:
    book = rulebook(FACTS, [rule("call", between("days", 1, 90)), rule("ask_a_person", is_fallback=True)])
    assert decide(book, {})[1] == {"ask_a_person"}
    assert decide(book, {"days": 5})[1] == {"call"}


def test_an_expired_rule_neither_speaks_nor_silences() -> None:
    expired = rule("old", between("days", 1, 90), valid_until=date(2026, 6, 30))
    book = rulebook(FACTS, [expired, rule("new", between("days", 1, 90), yields_to=["old"])])
    assert decide(book, {"days": 5}, date(2026, 6, 30))[1] == {"old"}
    assert decide(book, {"days": 5}, date(2026, 7, 1))[1] == {"new"}


def test_a_matcher_out_of_order_costs_nobody_their_answer_and_is_counted() -> None:
    release = Release.build(rulebook(FACTS, [rule("call", between("days", 1, 90))]))
    release.matcher.close()
    decision = release.decide(Situation({"days": 5}), TODAY)
    assert [item.id for item in decision.speaking] == ["call"]
    assert release.disagreements.failures == 1
