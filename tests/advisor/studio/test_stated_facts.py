"""The made-up person of the try-it page: what the address says about them, searched, typed and taken back."""

from __future__ import annotations

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from services.advisor.pages.form_values import AnswerError
from services.advisor.studio.stated_facts import FIRST_SHOWN, StatedFacts, option_of, read_day, read_facts
from services.rulebook.model import Rulebook

TODAY = date(2026, 11, 24)


def stated(rulebook: Rulebook, *pairs: tuple[str, str], language: str = "en") -> StatedFacts:
    return read_facts(rulebook, MultiDict(pairs), language, lambda error: error.key)


def test_a_form_without_facts_begins_with_those_that_everybody_is_asked(rulebook: Rulebook) -> None:
    person = stated(rulebook)
    assert len(person.shown) == FIRST_SHOWN
    assert not person.values


def test_what_is_typed_is_read_by_its_kind_full_width_signs_too(rulebook: Rulebook) -> None:
    person = stated(
        rulebook, ("fact.days_overdue", "１２"), ("fact.ability_to_pay", "partial"),
        ("fact.conduct", "threat"), ("fact.conduct", "leak"), ("fact.hearing_on", "2026-12-01"),
    )  # fmt: skip
    assert person.values == {
        "days_overdue": 12, "ability_to_pay": "partial", "conduct": ["threat", "leak"], "hearing_on": "2026-12-01",
    }  # fmt: skip


def test_none_of_these_is_an_answer_and_nothing_is_none(rulebook: Rulebook) -> None:
    assert stated(rulebook, ("fact.conduct", "none_of_these")).values == {"conduct": []}
    person = stated(rulebook, ("shown", "conduct"), ("fact.days_overdue", ""))
    assert person.values == {}
    assert person.shown == ("conduct", "days_overdue")


def test_what_cannot_be_read_is_said_at_its_fact_and_stays_in_the_form(rulebook: Rulebook) -> None:
    person = stated(rulebook, ("fact.days_overdue", "long"), ("fact.ability_to_pay", "partial"))
    assert dict(person.errors) == {"days_overdue": "error.not_a_number"}
    assert person.typed["days_overdue"] == ["long"]
    assert person.values == {"ability_to_pay": "partial"}


def test_facts_that_contradict_each_other_are_said_at_one_of_them(rulebook: Rulebook) -> None:
    person = stated(rulebook, ("fact.days_overdue", "12"), ("fact.days_until_due", "5"))
    assert set(person.errors) & {"days_overdue", "days_until_due"}


def test_a_fact_the_vocabulary_does_not_have_is_passed_over(rulebook: Rulebook) -> None:
    assert "weather" not in stated(rulebook, ("fact.weather", "rain"), ("shown", "weather")).shown


def test_a_fact_is_taken_out_again(rulebook: Rulebook) -> None:
    person = stated(rulebook, ("fact.days_overdue", "12"), ("fact.conduct", "threat"), ("remove", "conduct"))
    assert person.shown == ("days_overdue",)
    assert person.values == {"days_overdue": 12}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_fact_is_found_by_its_name_its_id_and_its_place_in_the_list(rulebook: Rulebook, language: str) -> None:
    fact = rulebook.facts["days_overdue"]
    for wanted in (fact.id, fact.label.in_language(language), option_of(fact, language), fact.id.upper()):
        assert "days_overdue" in stated(rulebook, ("add", wanted), language=language).shown


def test_a_search_that_fits_several_facts_names_them(rulebook: Rulebook) -> None:
    person = stated(rulebook, ("add", "days"))
    assert person.not_found == "days"
    assert len(person.meant) > 1


def test_a_misspelt_fact_is_suggested(rulebook: Rulebook) -> None:
    assert stated(rulebook, ("add", "days_overdeu")).meant == ("days_overdue",)


def test_a_search_for_nothing_known_says_so(rulebook: Rulebook) -> None:
    person = stated(rulebook, ("add", "qqqqq"))
    assert (person.not_found, person.meant) == ("qqqqq", ())


def test_every_case_of_the_rulebook_can_be_begun_with(rulebook: Rulebook) -> None:
    for case in rulebook.cases:
        person = stated(rulebook, ("case", case.name))
        assert dict(person.values) == dict(case.given), case.name
        assert not person.errors


def test_the_same_person_can_be_shown_again_by_an_address(rulebook: Rulebook) -> None:
    person = stated(rulebook, ("fact.days_overdue", "12"), ("fact.conduct", "threat"), ("shown", "hearing_on"))
    again = read_facts(rulebook, MultiDict(person.query()), "en", AnswerError.__str__)
    assert (again.values, set(again.shown)) == (person.values, set(person.shown))


@pytest.mark.parametrize(
    ("given", "day", "is_usable"),
    [
        ("", TODAY, True),
        ("2027-03-01", date(2027, 3, 1), True),
        ("2026-11-23", TODAY, False),
        ("soon", TODAY, False),
    ],
)
def test_the_day_is_today_or_later(given: str, day: date, is_usable: bool) -> None:
    assert read_day(given, TODAY) == (day, is_usable)
