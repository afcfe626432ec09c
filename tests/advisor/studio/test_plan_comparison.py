"""What is marked where two plans for one person differ."""

from __future__ import annotations

from services.advisor.studio.plan_comparison import Mark, MarkedStep, compare_plans
from services.rulebook.advice_texts import Json


def step(action: str, **changed: str) -> Json:
    said = {
        "rule": f"rule-{action}",
        "urgency": "today",
        "due": "2026-11-24",
        "title": action,
        "text": "",
        "because": "",
    }
    return {"action": action, **said, **changed}


def marks(steps: tuple[MarkedStep, ...]) -> dict[str, tuple[Mark, ...]]:
    return {item.step["action"]: item.marks for item in steps if item.marks}


def test_plans_that_say_the_same_bear_no_mark() -> None:
    assert compare_plans([step("pay"), step("call")], [step("pay"), step("call")]).is_same


def test_a_step_that_only_one_plan_has_is_new_or_gone() -> None:
    plans = compare_plans([step("keep"), step("pay")], [step("keep"), step("call")])
    assert (marks(plans.old), marks(plans.new)) == ({"pay": (Mark.GONE,)}, {"call": (Mark.NEW,)})


def test_another_first_step_is_marked_on_both_sides() -> None:
    plans = compare_plans([step("pay"), step("call")], [step("call"), step("pay")])
    assert (marks(plans.old), marks(plans.new)) == ({"pay": (Mark.FIRST,)}, {"call": (Mark.FIRST,)})


def test_another_urgency_is_marked_once_and_not_as_another_date_too() -> None:
    plans = compare_plans([step("pay")], [step("pay", urgency="this_week", due="2026-12-01")])
    assert marks(plans.new) == {"pay": (Mark.URGENCY,)}


def test_another_date_another_rule_and_other_words_are_told_apart() -> None:
    old = [step("pay"), step("call"), step("keep")]
    new = [step("pay", due="2026-11-25"), step("call", rule="other", text="x"), step("keep", because="y")]
    assert marks(compare_plans(old, new).new) == {"pay": (Mark.DUE,), "call": (Mark.RULE,), "keep": (Mark.WORDS,)}


def test_a_plan_beside_none_is_all_new() -> None:
    plans = compare_plans([], [step("pay")])
    assert (plans.old, marks(plans.new)) == ((), {"pay": (Mark.NEW,)})
    assert not plans.is_same
