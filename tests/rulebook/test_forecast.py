"""How the advice changes by itself while days pass."""

from __future__ import annotations

from services.rulebook.clockwork import days_later
from services.rulebook.forecast import Change, forecast
from services.rulebook.model import Moves, Rulebook, Situation
from services.rulebook.release import Release
from tests.rulebook.making import TODAY, among, between, number, one_of, rule, rulebook

FACTS = (
    number("days_overdue", moves=Moves.GROWS),
    number("days_until_due", high=60, moves=Moves.FALLS, turns_into="days_overdue"),
    one_of("paper", "none", "summons"),
)
EARLY, LATE = rule("call", between("days_overdue", 1, 90)), rule("mediate", between("days_overdue", 91, 3650))


def forecast_for(book: Rulebook, **values: object) -> tuple[Change, ...]:
    release = Release.build(book)
    changes = forecast(release, release.decide(Situation(values), TODAY))  # type: ignore[arg-type]
    release.close()
    return changes


def said(changes: tuple[Change, ...]) -> list[tuple[int, list[str], list[str]]]:
    return [
        (change.in_days, [step.action.id for step in change.added], [step.action.id for step in change.removed])
        for change in changes
    ]


def test_the_day_on_which_the_advice_changes_is_exact() -> None:
    assert said(forecast_for(rulebook(FACTS, [EARLY, LATE]), days_overdue=88)) == [(3, ["mediate"], ["call"])]


def test_no_change_is_forecast_when_time_changes_nothing() -> None:
    assert forecast_for(rulebook(FACTS, [EARLY, LATE]), days_overdue=91) == ()
    assert forecast_for(rulebook(FACTS, [EARLY, LATE]), paper="none") == ()


def test_a_rule_that_another_fact_rules_out_is_not_forecast() -> None:
    late = rule("mediate", between("days_overdue", 91, 3650), among("paper", "none"))
    assert said(forecast_for(rulebook(FACTS, [EARLY, late]), days_overdue=90, paper="summons")) == [(1, [], ["call"])]


def test_a_due_date_that_passes_turns_into_days_overdue() -> None:
    before = rule("ask_early", between("days_until_due", 0, 60))
    changes = forecast_for(rulebook(FACTS, [before, EARLY]), days_until_due=5)
    assert said(changes)[0] == (6, ["call"], ["ask_early"])
    assert changes[0].situation.values == {"days_overdue": 1}


def test_a_change_of_rule_for_the_same_action_is_a_change_of_words() -> None:
    gentle = rule("call-gently", between("days_overdue", 1, 7), advise="call")
    firm = rule("call-firmly", between("days_overdue", 8, 3650), advise="call")
    (change,) = forecast_for(rulebook(FACTS, [gentle, firm]), days_overdue=7)
    assert (change.in_days, [step.rule.id for step in change.changed]) == (1, ["call-firmly"])


def test_days_stop_growing_at_the_largest_value_the_fact_may_have() -> None:
    book = rulebook(FACTS, [EARLY])
    assert days_later(book, Situation({"days_overdue": 3649}), 10).values["days_overdue"] == 3650
