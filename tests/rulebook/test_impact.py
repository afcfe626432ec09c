"""What a change of the rulebook does to the advice, judged by trying every situation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.compile import compile_rules
from services.rulebook.impact import Impact, StepChange, impact
from services.rulebook.meetings import Change
from services.rulebook.model import Condition, ImpossibleFacts, Rule, Rulebook, Urgency, Value
from services.rulebook.plan import place_in_plan
from tests.rulebook.making import among, between, number, one_of, rule, rulebook, text, yes_no
from tests.rulebook.small_rulebooks import every_situation, small_rulebooks, speaking_ids
from tests.rulebook.starter import starter_rulebook

FACTS = (number("days", 0, 100), one_of("stage", "new", "waiting", "refused"), yes_no("paid"))
FALLBACK = rule("fallback", advise="talk", is_fallback=True, topic="fallback")


def book_of(*rules: Rule) -> Rulebook:
    return rulebook(FACTS, [*rules, FALLBACK])


def only(found: Impact, change: Change, action: str) -> StepChange:
    (item,) = [item for item in found.changes if (item.change, item.action) == (change, action)]
    return item


LATE = rule("late", between("days", 31, 100), advise="call")
REFUSED = rule("refused", among("stage", "refused"), advise="write")


def test_a_rulebook_has_no_impact_on_itself() -> None:
    found = impact(starter_rulebook(), starter_rulebook())
    assert (found.changes, found.changed, found.reworded) == ((), (0, 0), ())
    assert not found.gets_less_urgent


def test_a_bound_that_moves_changes_exactly_the_days_between() -> None:
    moved = replace(LATE, when=(between("days", 61, 100),))
    found = impact(book_of(LATE), book_of(moved))
    lost = only(found, Change.LOST, "call")
    assert [said.en for said in lost.where] == ["days: 31 to 60; the rest is open"]
    assert lost.is_all
    assert (lost.example, lost.rules_before, lost.rules_after) == ({"days": 31}, ("late",), ())
    assert found.gets_less_urgent


def test_where_a_rule_falls_away_the_fallback_is_gained() -> None:
    found = impact(book_of(LATE), book_of(replace(LATE, when=(between("days", 61, 100),))))
    assert [said.en for said in only(found, Change.GAINED, "talk").where] == ["days: 31 to 60; the rest is open"]


def test_a_new_rule_is_gained_by_whom_it_meets() -> None:
    gained = only(impact(book_of(LATE), book_of(LATE, REFUSED)), Change.GAINED, "write")
    assert [said.en for said in gained.where] == ["stage: refused; the rest is open"]
    assert gained.text.en == "“write” is advised in addition."
    assert gained.rules_after == ("refused",)


def test_a_step_that_can_wait_longer_is_less_urgent() -> None:
    found = impact(book_of(LATE), book_of(replace(LATE, urgency=Urgency.THIS_MONTH)))
    assert only(found, Change.LESS_URGENT, "call").example == {"days": 31}
    assert found.gets_less_urgent
    assert not impact(book_of(LATE), book_of(replace(LATE, urgency=Urgency.NOW))).gets_less_urgent


def test_a_rule_that_starts_to_yield_is_lost_only_where_it_is_silenced() -> None:
    found = impact(book_of(LATE, REFUSED), book_of(replace(LATE, yields_to=frozenset({"refused"})), REFUSED))
    (lost,) = found.changes
    assert [said.en for said in lost.where] == ["days: 31 or more; stage: refused; the rest is open"]


def test_an_action_that_another_rule_still_advises_is_not_lost() -> None:
    twin = rule("twin", between("days", 0, 100), advise="call")
    (change,) = impact(book_of(LATE, twin), book_of(twin)).changes
    assert (change.change, change.rules_before, change.rules_after) == (Change.OTHER_RULE, ("late",), ("twin",))


def test_new_words_alone_change_no_step_and_are_listed() -> None:
    found = impact(book_of(LATE), book_of(replace(LATE, text=text("otherwise said"))))
    assert (found.changes, found.reworded) == ((), ("late",))


def test_conditions_that_are_only_written_otherwise_change_nothing() -> None:
    (condition,) = LATE.when
    assert not impact(book_of(LATE), book_of(replace(LATE, when=(replace(condition, written="31..100"),)))).changes


def test_a_fact_that_is_new_or_changes_its_kind_can_be_compared() -> None:
    words = one_of("days", "few", "many")
    rules = [rule("late", among("days", "many"), advise="call"), FALLBACK]
    found = impact(book_of(LATE), rulebook([words], rules))
    assert only(found, Change.GAINED, "call").example["days"] == "many"
    assert only(found, Change.LOST, "call").example == {"days (before)": 31}


def test_a_rule_that_has_ended_by_the_day_is_lost() -> None:
    ended = replace(LATE, valid_until=date(2026, 6, 30))
    assert not impact(book_of(LATE), book_of(ended), date(2026, 6, 30)).changes
    assert impact(book_of(LATE), book_of(ended), date(2026, 7, 1)).actions_lost == ("call",)


def leaders(book: Rulebook, ids: Iterable[str]) -> dict[str, Rule]:
    """For every advised action the rule that stands first in the plan."""
    found: dict[str, Rule] = {}
    wanted = frozenset(ids)
    for said in sorted(book.rules, key=lambda rule: place_in_plan(book, rule)):
        if said.id in wanted:
            found.setdefault(said.advise, said)
    return found


def change_of(before: Rule | None, after: Rule | None) -> Change | None:
    if before is None or after is None:
        return Change.LOST if before else Change.GAINED if after else None
    if before.urgency is not after.urgency:
        return Change.MORE_URGENT if before.urgency.rank > after.urgency.rank else Change.LESS_URGENT
    return None if before.id == after.id else Change.OTHER_RULE


def tried(old: Rulebook, new: Rulebook) -> tuple[int, dict[tuple[str, Change], int], int]:
    """All situations, those of every change and those with any change, found by trying each."""
    both = replace(
        new,
        rules=old.rules + tuple(replace(rule, id=f"new-{rule.id}") for rule in new.rules),
        impossible=old.impossible + new.impossible,
    )
    books = [(book, compile_rules(book)) for book in (old, new)]
    total = changed = 0
    counts: dict[tuple[str, Change], int] = {}
    for values in every_situation(compile_rules(both), both):
        before, after = (leaders(book, speaking_ids(compiled, book, values)) for book, compiled in books)
        found = {(action, change_of(before.get(action), after.get(action))) for action in before | after}
        total, changed = total + 1, changed + any(change for _, change in found)
        for action, change in found:
            if change is not None:
                counts[action, change] = counts.get((action, change), 0) + 1
    return total, counts, changed


@st.composite
def edits(draw: st.DrawFn) -> tuple[Rulebook, Rulebook]:
    """A rulebook and the same with a few rules dropped, made more or less urgent, or taken from another one."""
    old, other = draw(small_rulebooks()), draw(small_rulebooks())
    rules: list[Rule] = []
    for position, kept in enumerate(old.rules):
        what = draw(st.sampled_from(["keep", "keep", "drop", "urgency", "other"]))
        if what == "urgency":
            rules.append(replace(kept, urgency=draw(st.sampled_from(list(Urgency)))))
        elif what == "other" and position < len(other.rules) - 1 and not kept.is_fallback:
            rules.append(replace(kept, when=other.rules[position].when, yields_to=other.rules[position].yields_to))
        elif what != "drop" or kept.is_fallback:
            rules.append(kept)
    left = {rule.id for rule in rules}
    rules = [replace(rule, yields_to=rule.yields_to & left) for rule in rules]
    return old, replace(old, rules=tuple(rules), impossible=draw(st.sampled_from([old.impossible, ()])))


@settings(max_examples=40, deadline=None)
@given(edits())
def test_the_impact_is_what_trying_every_situation_finds(pair: tuple[Rulebook, Rulebook]) -> None:
    old, new = pair
    found = impact(old, new)
    total, counts, changed = tried(old, new)
    assert not found.undecided
    assert set(counts) == {(item.action, item.change) for item in found.changes}
    assert found.changed.low * total == changed * found.regions
    for item in found.changes:
        assert item.regions.is_exact
        assert item.regions.low * total == counts[item.action, item.change] * found.regions
        assert is_changed_there(old, new, item, dict(item.example))


def is_changed_there(old: Rulebook, new: Rulebook, item: StepChange, values: dict[str, Value]) -> bool:
    before, after = (leaders(book, speaking_ids(compile_rules(book), book, values)) for book in (old, new))
    return change_of(before.get(item.action), after.get(item.action)) is item.change


def test_impossible_situations_are_nobodys_change() -> None:
    bar = (ImpossibleFacts((between("days", 31, 100), Condition("paid", known=True)), text("")),)
    old = replace(book_of(LATE), impossible=bar)
    (lost, _) = impact(old, replace(book_of(), impossible=bar, actions=old.actions)).changes
    assert lost.where[0].en == "days: 31 or more; the rest is open"
    assert lost.regions == (1, 1)


def test_a_change_of_the_starter_rulebook_is_previewed_within_a_second() -> None:
    book = starter_rulebook()
    guard = max(book.rules, key=lambda rule: sum(rule.id in other.yields_to for other in book.rules))
    start = process_time()
    found = impact(book, replace(book, rules=tuple(rule for rule in book.rules if rule is not guard)))
    assert process_time() - start < 3  # processor time; below 1 on an idle machine
    assert found.changes
    assert not found.undecided
