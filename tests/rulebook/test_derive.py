"""What can be paid, worked out from what the person stated; the examples are those of the documentation."""

from __future__ import annotations

import pytest

from services.rulebook.derive import affordable_fen, complete, contradicted
from services.rulebook.model import Asked, Rulebook, Situation
from tests.rulebook.making import number, one_of, rulebook, yes_no

MONEY = ("net_income_fen", "essential_costs_fen", "priority_payments_fen", "cash_available_fen", "amount_due_fen")


def book() -> Rulebook:
    facts = [number(name, high=10**12) for name in (*MONEY, "instalment_fen")]
    facts += [number("monthly_surplus_fen", low=-(10**12), high=10**12, asked=Asked.NEVER)]
    facts += [one_of("income_outlook", "stable", "irregular"), yes_no("agreement_affordable")]
    facts += [one_of("ability_to_pay", "full_now", "full_within_30d", "partial", "none")]
    return rulebook(facts, [])


def yuan(*amounts: int) -> dict[str, object]:
    return {name: amount * 100 for name, amount in zip(MONEY, amounts, strict=False)}


@pytest.mark.parametrize(
    ("income", "essentials", "priority", "surplus"),
    [(5000, 3600, 0, 1150), (6500, 4300, 0, 1875), (7000, 3900, 1800, 950), (0, 2500, 0, -2700)],
)
def test_what_is_affordable_leaves_essentials_and_a_buffer(
    income: int, essentials: int, priority: int, surplus: int
) -> None:
    assert affordable_fen(income * 100, essentials * 100, priority * 100) == surplus * 100


@pytest.mark.parametrize(
    ("amounts", "outlook", "ability"),
    [
        ((5000, 3600, 0, 3000, 3000), "irregular", "full_now"),
        ((5000, 3600, 0, 2999, 3000), "stable", "full_within_30d"),
        ((5000, 3600, 0, 2999, 3000), "irregular", "partial"),
        ((5000, 3600, 0, 0, 3000), "stable", "partial"),
        ((0, 2500, 0, 0, 3000), "irregular", "none"),
    ],
)
def test_the_ability_to_pay_follows_from_cash_and_surplus(amounts: tuple[int, ...], outlook: str, ability: str) -> None:
    told = complete(book(), Situation({**yuan(*amounts), "income_outlook": outlook}))  # type: ignore[arg-type]
    assert told.values["ability_to_pay"] == ability
    assert "cash_available_fen" in told.derived["ability_to_pay"]


def test_nothing_is_derived_from_half_of_the_figures() -> None:
    told = complete(book(), Situation({"net_income_fen": 500_000}))
    assert told.values == {"net_income_fen": 500_000}


def test_what_the_person_said_wins_and_the_contradiction_is_shown() -> None:
    told = complete(book(), Situation({**yuan(5000, 3600, 0, 0, 3000), "ability_to_pay": "full_now"}))  # type: ignore[arg-type]
    assert told.values["ability_to_pay"] == "full_now"
    assert contradicted(told) == (("ability_to_pay", "partial"),)


@pytest.mark.parametrize(("instalment", "affordable"), [(1150, True), (1151, False)])
def test_an_instalment_is_affordable_up_to_the_surplus(instalment: int, affordable: bool) -> None:
    told = complete(book(), Situation({**yuan(5000, 3600, 0), "instalment_fen": instalment * 100}))  # type: ignore[arg-type]
    assert told.values["agreement_affordable"] is affordable


def test_what_would_go_beyond_its_fact_stays_at_the_bound() -> None:
    known = book()
    surplus = known.facts["monthly_surplus_fen"]
    told = complete(known, Situation({**yuan(0, 0, 0), "essential_costs_fen": 1 - 2 * surplus.minimum}))  # type: ignore[dict-item]
    assert told.values["monthly_surplus_fen"] == surplus.minimum
