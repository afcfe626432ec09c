"""Facts that were told under other rules are read as far as the rules of today have words for them."""

from __future__ import annotations

import pytest

from services.rulebook.fitting import read_what_fits
from services.rulebook.model import ImpossibleFacts, Rulebook, Value
from tests.rulebook.making import among, between, number, one_of, rulebook, text, yes_no

FACTS = (number("days", 0, 100), one_of("stage", "new", "refused", "unknown"), yes_no("paid"))


def book(*impossible: ImpossibleFacts) -> Rulebook:
    return rulebook(FACTS, [], impossible=impossible)


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ({"days": 7, "paid": True}, {"days": 7, "paid": True}),
        ({"days": 7, "forgotten": 1}, {"days": 7}),
        ({"days": 101, "paid": True}, {"paid": True}),
        ({"days": "7", "stage": "gone", "paid": False}, {"paid": False}),
        ({"stage": "unknown"}, {}),
        ({}, {}),
    ],
)
def test_what_fits_is_read_and_the_rest_is_unknown(raw: dict[str, object], values: dict[str, Value]) -> None:
    assert read_what_fits(book(), raw).values == values


def test_facts_that_contradict_each_other_now_are_all_unknown() -> None:
    bar = ImpossibleFacts((between("days", 31, 100), among("paid", "yes")), text("cannot be"))
    assert read_what_fits(book(bar), {"days": 40, "paid": True, "stage": "new"}).values == {"stage": "new"}


def test_facts_that_contradict_only_once_others_are_gone_are_unknown_too() -> None:
    bar = ImpossibleFacts((among("paid", "yes"), among("stage", "new", or_unknown=True)), text("cannot be"))
    assert read_what_fits(book(bar), {"paid": True, "stage": "gone", "days": 3}).values == {"days": 3}


def test_what_was_declined_stays_declined_if_it_is_still_a_fact() -> None:
    told = read_what_fits(book(), {"days": 7}, ["paid", "forgotten", "days"])
    assert told.declined == {"paid"}
