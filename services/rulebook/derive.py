"""Facts that follow from other facts: what can be paid each month, and whether that covers the debt.

The sums are product decisions (see docs/how-it-works.md): affordable = net income - essentials - priority payments -
a buffer of 5 % of the income, at least 200 yuan. A fact that the person stated always wins over a derived one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from services.rulebook.model import Rulebook, Situation, Value

SMALLEST_BUFFER_FEN = 20_000
BUFFER_DIVISOR = 20
"""The buffer is one twentieth (5 %) of the income."""

DATED_INCOME = ("stable", "resuming_by_date")


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one fact follows from others: `compute` gets their values and answers None if they do not settle it."""

    fact: str
    inputs: tuple[str, ...]
    compute: Callable[[Mapping[str, Value]], Value | None]


def affordable_fen(net_income_fen: int, essential_fen: int, priority_fen: int) -> int:
    """What is left each month, in fen; negative when the essentials are not covered."""
    buffer = max(SMALLEST_BUFFER_FEN, net_income_fen // BUFFER_DIVISOR)
    return net_income_fen - essential_fen - priority_fen - buffer


def complete(rulebook: Rulebook, situation: Situation) -> Situation:
    """The situation with every derived fact that its stated facts settle. Stated facts are never replaced."""
    values = dict(situation.values)
    derived: dict[str, tuple[str, ...]] = {}
    for derivation in DERIVATIONS:
        if derivation.fact in values or derivation.fact not in rulebook.facts:
            continue
        value = derived_value(rulebook, derivation, values)
        if value is not None:
            values[derivation.fact] = value
            derived[derivation.fact] = tuple(name for name in derivation.inputs if name in situation.values)
    return replace(situation, values=values, derived=derived) if derived else situation


def derived_value(rulebook: Rulebook, derivation: Derivation, values: Mapping[str, Value]) -> Value | None:
    """A number beyond what its fact can hold is the nearest that it can: no rule tells the two apart."""
    value = derivation.compute(values)
    if type(value) is not int:
        return value
    fact = rulebook.facts[derivation.fact]
    return min(max(value, fact.minimum), fact.maximum)


def contradicted(situation: Situation) -> tuple[tuple[str, Value], ...]:
    """Stated facts that the other facts contradict, each with the value that would follow from them."""
    found: list[tuple[str, Value]] = []
    for derivation in DERIVATIONS:
        stated = situation.values.get(derivation.fact)
        if stated is None or derivation.fact in situation.derived:
            continue
        value = derivation.compute(situation.values)
        if value is not None and value != stated:
            found.append((derivation.fact, value))
    return tuple(found)


def inputs_of(fact_id: str) -> tuple[str, ...]:
    """The facts from which this one can be derived; empty if it can only be stated."""
    return INPUTS.get(fact_id, ())


def _monthly_surplus(values: Mapping[str, Value]) -> Value | None:
    amounts = [values.get(name) for name in SURPLUS_INPUTS]
    if any(amount is None for amount in amounts):
        return None
    income, essential, priority = (int(amount) for amount in amounts if isinstance(amount, int))
    return affordable_fen(income, essential, priority)


def _ability_to_pay(values: Mapping[str, Value]) -> Value | None:
    due, cash, surplus = (_number(values, name) for name in ("amount_due_fen", "cash_available_fen", SURPLUS))
    if due is None or cash is None:
        return None
    if cash >= due:
        return "full_now"
    if surplus is None:
        return None
    if values.get("income_outlook") in DATED_INCOME and cash + max(surplus, 0) >= due:
        return "full_within_30d"
    return "partial" if surplus > 0 else "none"


def _agreement_affordable(values: Mapping[str, Value]) -> Value | None:
    instalment, surplus = _number(values, "instalment_fen"), _number(values, SURPLUS)
    return None if instalment is None or surplus is None else instalment <= surplus


def _number(values: Mapping[str, Value], name: str) -> int | None:
    value = values.get(name)
    return value if isinstance(value, int) else None


SURPLUS = "monthly_surplus_fen"
SURPLUS_INPUTS = ("net_income_fen", "essential_costs_fen", "priority_payments_fen")
DERIVATIONS = (
    Derivation(SURPLUS, SURPLUS_INPUTS, _monthly_surplus),
    Derivation(
        "ability_to_pay",
        ("amount_due_fen", "cash_available_fen", *SURPLUS_INPUTS, SURPLUS, "income_outlook"),
        _ability_to_pay,
    ),
    Derivation("agreement_affordable", ("instalment_fen", *SURPLUS_INPUTS, SURPLUS), _agreement_affordable),
)
"""In the order in which they are worked out: the surplus first, since the others use it."""
INPUTS: Mapping[str, tuple[str, ...]] = {
    SURPLUS: SURPLUS_INPUTS,
    "agreement_affordable": ("instalment_fen", *SURPLUS_INPUTS),
}
"""What to ask when a derived fact that is never asked itself would settle a rule."""
