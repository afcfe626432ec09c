"""Whom a change affects among recorded situations, judged by deciding each of them with both rulebooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.advice import canonical_facts
from services.rulebook.agreement import random_situations
from services.rulebook.compile import compile_rules
from services.rulebook.fitting import read_what_fits
from services.rulebook.impact import impact
from services.rulebook.model import Condition, Fact, ImpossibleFacts, Kind, Rule, Rulebook, Situation, Urgency
from services.rulebook.plan import Step, make_plan
from services.rulebook.preview import Recorded, RecordedChange, preview, recorded_impact
from services.rulebook.problems import RulebookError
from services.rulebook.release import Release
from tests.rulebook.making import TODAY, among, between, number, one_of, rule, rulebook, text, yes_no
from tests.rulebook.small_rulebook import changed, small_files
from tests.rulebook.small_rulebooks import small_rulebooks
from tests.rulebook.starter import starter_rulebook

FALLBACK = rule("fallback", advise="talk", is_fallback=True, topic="fallback")
LATE = rule("late", between("days", 31, 100), advise="call", urgency=Urgency.TODAY)
VOCABULARY = (number("days", 0, 100), one_of("stage", "new", "refused"), yes_no("paid"))


def book_of(*rules: Rule, facts: Sequence[Fact] = VOCABULARY) -> Rulebook:
    return rulebook(facts, [*rules, FALLBACK])


def recorded(*facts: Mapping[str, object]) -> list[Recorded]:
    return [Recorded(f"case-{number}", json.dumps(one, sort_keys=True)) for number, one in enumerate(facts)]


@contextmanager
def releases(*books: Rulebook) -> Iterator[list[Release]]:
    built = [Release.build(book) for book in books]
    yield built
    for release in built:
        release.close()


def steps_of(release: Release, facts: Mapping[str, object]) -> dict[str, Step]:
    decision = release.decide(read_what_fits(release.rulebook, facts), TODAY)
    return {step.action.id: step for step in make_plan(release.rulebook, decision).steps}


def judged(old: Release, new: Release, one: Recorded) -> RecordedChange | None:
    """The slow way: two whole plans, held against each other."""
    before, after = (steps_of(release, json.loads(one.facts)) for release in (old, new))
    both = before.keys() & after.keys()

    def those(differ: Callable[[Step, Step], bool]) -> set[str]:
        return {action for action in both if differ(before[action], after[action])}

    sets = (
        before.keys() - after.keys(),
        after.keys() - before.keys(),
        those(lambda old, new: new.urgency.rank > old.urgency.rank),
        those(lambda old, new: new.urgency.rank < old.urgency.rank),
        those(lambda old, new: new.urgency is old.urgency and new.rule.id != old.rule.id),
    )
    return RecordedChange(one.key, *(tuple(sorted(actions)) for actions in sets)) if any(sets) else None


def without_rules(book: Rulebook, rules: Collection[str]) -> tuple[Rule, ...]:
    """The other rules, which yield to those no more."""
    others = (one for one in book.rules if one.id not in rules)
    return tuple(replace(one, yields_to=one.yields_to - set(rules)) for one in others)


def assert_as_judged(old: Rulebook, new: Rulebook, situations: Sequence[Recorded]) -> None:
    with releases(old, new) as (before, after):
        expected = {one.key: change for one in situations if (change := judged(before, after, one)) is not None}
    found = recorded_impact(old, new, TODAY, situations)
    assert found.total == len(situations)
    assert {
        change.key: RecordedChange(change.key, *(tuple(sorted(actions)) for actions in change[1:]))
        for change in found.changed
    } == expected


@st.composite
def told(draw: st.DrawFn) -> dict[str, object]:
    """Anything that these facts may ever have been: some of it impossible, some of it under other words."""
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "days": st.integers(0, 9),
                "paid": st.booleans(),
                "stage": st.sampled_from(["new", "waiting", "refused", "gone"]),
                "conduct": st.lists(st.sampled_from(["threat", "leak", "insult"]), unique=True, max_size=3).map(sorted),
                "forgotten": st.integers(0, 1),
            },
        )
    )


@settings(max_examples=40, deadline=None)
@given(small_rulebooks(), small_rulebooks(), st.lists(told(), min_size=1, max_size=30))
def test_every_recorded_situation_changes_exactly_as_deciding_it_twice_says(
    old: Rulebook, new: Rulebook, facts: list[dict[str, object]]
) -> None:
    actions = {**old.actions, **new.actions}
    assert_as_judged(replace(old, actions=actions), replace(new, actions=actions), recorded(*facts))


OTHER_WORDS = {
    "a range that is narrower": number("days", 0, 4),
    "a fact of another kind": replace(number("days", 0, 6), kind=Kind.MONEY),
    "a word that is gone": one_of("stage", "new", "refused"),
    "numbers instead of yes and no": number("paid", 0, 6),
}


@pytest.mark.parametrize("fact", OTHER_WORDS.values(), ids=OTHER_WORDS)
@settings(max_examples=15, deadline=None)
@given(small_rulebooks(), st.lists(told(), min_size=1, max_size=20))
def test_so_it_is_when_the_vocabulary_changes(fact: Fact, old: Rulebook, facts: list[dict[str, object]]) -> None:
    kept = without_rules(old, [one.id for one in old.rules if any(asked.fact == fact.id for asked in one.when)])
    new = replace(
        old,
        facts={**old.facts, fact.id: fact},
        rules=(*kept, rule("new", Condition(fact.id, known=True), advise="talk", urgency=Urgency.NOW)),
        impossible=(),
    )
    assert_as_judged(old, new, recorded(*facts))
    assert_as_judged(new, old, recorded(*facts))


def test_so_it_is_for_the_starter_rulebook_and_the_facts_it_derives() -> None:
    old = starter_rulebook()
    random = Random(4)
    urgencies = {one.id: random.choice(list(Urgency)) for one in random.sample(old.rules, 20)}
    dropped = [one.id for one in random.sample(old.rules, 10) if not one.is_fallback]
    rules = without_rules(old, dropped)
    new = replace(old, rules=tuple(replace(one, urgency=urgencies.get(one.id, one.urgency)) for one in rules))
    told_whole = random_situations(compile_rules(old), 150, seed=4)
    fewer = ({name: value for name, value in facts.items() if random.random() < 0.3} for facts in told_whole)
    situations = [Recorded(str(place), canonical_facts(Situation(facts))) for place, facts in enumerate(fewer)]
    assert_as_judged(old, new, situations)


def test_so_it_is_where_a_derived_fact_is_new() -> None:
    old = starter_rulebook()
    facts = {name: fact for name, fact in old.facts.items() if name != "ability_to_pay"}
    asking = [one.id for one in old.rules if any(condition.fact == "ability_to_pay" for condition in one.when)]
    rules = without_rules(old, asking)
    poorer = replace(old, facts=facts, rules=rules, properties=(), cases=())
    situations = recorded(
        {"amount_due_fen": 100, "cash_available_fen": 100, "days_overdue": 3},
        {"ability_to_pay": "full_now", "days_overdue": 3},
        {"days_overdue": 3},
    )
    assert_as_judged(poorer, old, situations)
    assert_as_judged(old, poorer, situations)


def test_who_loses_a_step_comes_first_and_everything_is_named() -> None:
    sooner = rule("sooner", among("paid", "no"), advise="pay", urgency=Urgency.THIS_WEEK)
    old = book_of(LATE, sooner, rule("one", among("stage", "new"), advise="write"))
    new = book_of(replace(LATE, when=(between("days", 61, 100),)), replace(sooner, urgency=Urgency.TODAY),
                  rule("two", among("stage", "new"), advise="write"))  # fmt: skip
    found = recorded_impact(old, new, TODAY, recorded({"stage": "new"}, {"paid": False}, {"days": 40}, {"days": 70}))
    assert found.changed == (
        RecordedChange("case-2", ("call",), ("talk",), (), (), ()),
        RecordedChange("case-1", (), (), (), ("pay",), ()),
        RecordedChange("case-0", (), (), (), (), ("write",)),
    )
    assert (found.total, found.unreadable) == (4, 0)


def test_equal_situations_are_counted_one_by_one() -> None:
    found = recorded_impact(book_of(LATE), book_of(), TODAY, [Recorded(str(n), '{"days":40}') for n in range(5)])
    assert [change.key for change in found.changed] == ["0", "1", "2", "3", "4"]


def test_what_the_new_rules_have_no_words_for_is_counted_and_unknown_to_them() -> None:
    old, new = book_of(LATE), book_of(rule("r", among("paid", "no")), facts=VOCABULARY[1:])
    found = recorded_impact(old, new, TODAY, recorded({"days": 40}, {"paid": False}))
    assert found.unreadable == 1
    assert found.changed[0] == RecordedChange("case-0", ("call",), ("talk",), (), (), ())


@pytest.mark.parametrize("facts", ["", "no json", "[]", "7", '{"days":'])
def test_what_was_never_a_situation_is_unreadable_and_stops_nothing(facts: str) -> None:
    found = recorded_impact(book_of(LATE), book_of(), TODAY, [Recorded("broken", facts), Recorded("ok", '{"days":40}')])
    assert (found.unreadable, [change.key for change in found.changed]) == (1, ["ok"])


def test_what_the_new_rules_call_impossible_is_unknown_to_them() -> None:
    bar = (ImpossibleFacts((between("days", 31, 100), among("paid", "yes")), text("")),)
    new = replace(book_of(LATE), impossible=bar)
    found = recorded_impact(book_of(LATE), new, TODAY, recorded({"days": 40, "paid": True}, {"days": 40}))
    assert [change.lost for change in found.changed] == [("call",)]
    assert found.unreadable == 1


def test_a_rule_counts_on_the_days_on_which_it_is_in_force() -> None:
    ended = replace(LATE, valid_until=TODAY)
    assert recorded_impact(book_of(LATE), book_of(ended), TODAY, recorded({"days": 40})).changed == ()
    expired = replace(LATE, valid_until=TODAY.replace(day=1))
    assert len(recorded_impact(book_of(LATE), book_of(expired), TODAY, recorded({"days": 40})).changed) == 1


def test_no_change_of_the_rules_changes_nobody() -> None:
    book = starter_rulebook()
    facts = [canonical_facts(Situation(values)) for values in random_situations(compile_rules(book), 50, seed=1)]
    assert recorded_impact(book, book, TODAY, [Recorded("x", one) for one in facts]).changed == ()


def test_a_preview_holds_the_impact_on_everybody_beside_that_on_the_recorded() -> None:
    new = changed("topics/pay.yaml", "days_overdue: 1..90", "days_overdue: 1..60")
    found = preview(small_files(), new, TODAY, recorded({"days_overdue": 70, "negotiation": "agreed"}))
    assert [(change.key, change.lost) for change in found.recorded.changed] == [("case-0", ("pay",))]
    assert found.impact.actions_lost == ("pay",)


def test_files_that_are_no_rulebook_have_no_preview() -> None:
    with pytest.raises(RulebookError, match="days_overdo"):
        preview(small_files(), changed("topics/pay.yaml", "days_overdue: 1..90", "days_overdo: 1..90"), TODAY, [])


def test_the_recorded_change_only_where_the_impact_says_so() -> None:
    old = book_of(LATE)
    new = book_of(replace(LATE, when=(between("days", 61, 100),)))
    days = [day for day in range(101) if recorded_impact(old, new, TODAY, recorded({"days": day})).changed]
    assert days == list(range(31, 61))
    assert {where.en for change in impact(old, new, TODAY).changes for where in change.where} == {
        "days: 31 to 60; the rest is open"
    }
