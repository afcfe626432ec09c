"""Cases say which of their expectations the rulebook does not meet, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.rulebook.cases import case_failures, find_failures
from services.rulebook.model import Case, Place
from services.rulebook.release import Release
from tests.rulebook.making import TODAY, among, between, number, one_of, rule, rulebook

PLACE = Place("rules/cases/pay.yaml", 7)


@pytest.fixture(scope="module")
def release() -> Iterator[Release]:
    facts = [number("days_overdue"), one_of("negotiation", "not_started", "refused")]
    early = rule("early", between("days_overdue", 1, 30), advise="contact_lender")
    refused = rule("refused", among("negotiation", "refused"), advise="apply_mediation")
    release = Release.build(rulebook(facts, [early, refused, rule("else", advise="talk", is_fallback=True)]))
    yield release
    release.close()


def failures(release: Release, **expected: object) -> list[str]:
    case = Case("one week late", {"days_overdue": 7}, place=PLACE, **expected)  # type: ignore[arg-type]
    return [problem.code for problem in case_failures(release, case, TODAY)]


@pytest.mark.parametrize(
    "met",
    [
        {"expect": ("contact_lender",)},
        {"never": ("apply_mediation", "talk")},
        {"first": ("talk", "contact_lender")},
        {"fires": ("early",)},
        {"silent": ("refused", "else")},
        {"ask": "negotiation"},
    ],
)
def test_an_expectation_that_is_met_says_nothing(release: Release, met: dict[str, object]) -> None:
    assert failures(release, **met) == []


@pytest.mark.parametrize(
    ("unmet", "code"),
    [
        ({"expect": ("apply_mediation",)}, "missing_action"),
        ({"never": ("contact_lender",)}, "unwanted_action"),
        ({"first": ("apply_mediation",)}, "other_first_step"),
        ({"fires": ("refused",)}, "silent_rule"),
        ({"silent": ("early",)}, "speaking_rule"),
        ({"ask": "days_overdue"}, "other_question"),
    ],
)
def test_an_expectation_that_is_not_met_is_named(release: Release, unmet: dict[str, object], code: str) -> None:
    assert failures(release, **unmet) == [code]


def test_a_failure_names_the_case_its_place_and_what_came_instead(release: Release) -> None:
    case = Case("one week late", {"days_overdue": 7}, expect=("apply_mediation",), place=PLACE)
    [failure] = case_failures(release, case, TODAY)
    assert failure.line("en") == (
        "rules/cases/pay.yaml:7: one week late: `apply_mediation` should be advised; what is advised: contact_lender."
    )


def test_a_case_whose_facts_cannot_be_read_fails_with_the_reason(release: Release) -> None:
    case = Case("misspelt", {"days_overdo": 7}, place=PLACE)
    [failure] = case_failures(release, case, TODAY)
    assert (failure.code, failure.place) == ("unknown_fact", PLACE)


def test_all_cases_of_a_rulebook_are_run(release: Release) -> None:
    wrong = tuple(Case(name, {}, expect=("contact_lender",)) for name in ("one", "two"))
    own = replace(release, rulebook=replace(release.rulebook, cases=wrong))
    assert [failure.rule for failure in find_failures(own, TODAY)] == ["one", "two"]
