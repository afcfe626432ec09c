"""What both engines say about situations, and what durable_rules is kept away from."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from datetime import date
from threading import Thread

import pytest

from services.rulebook.compile import CompiledRules, CompileError, bits_of, compile_rules
from services.rulebook.groups import MOST_CONJUNCTIONS, MOST_REGIONS, plan_groups
from services.rulebook.matcher import Matcher, MatcherError
from services.rulebook.model import Condition, Fact, Rule, Span, Value
from services.rulebook.reference import Reference
from tests.rulebook.making import among, between, day, holding, number, one_of, rule, rulebook, some_of, yes_no

Values = dict[str, Value]
Ask = Callable[[list[Fact], list[Rule], Values], tuple[list[str], list[str]]]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Ids of the rules that apply, which both engines must agree on, and of those that are undecided."""
    matchers: list[Matcher] = []

    def answer(facts: list[Fact], rules: list[Rule], values: Values) -> tuple[list[str], list[str]]:
        compiled = compile_rules(rulebook(facts, rules))
        matchers.append(Matcher(compiled))
        match = Reference(compiled).match(values)
        assert matchers[-1].match(values) == match.applies
        return [r.id for r in compiled.rules_in(match.applies)], [r.id for r in compiled.rules_in(match.undecided)]

    yield answer
    for matcher in matchers:
        matcher.close()


def compiled_with(rule_count: int, condition: Condition | None = None) -> CompiledRules:
    facts = [number("days"), yes_no("paid")]
    return compile_rules(
        rulebook(facts, [rule(f"r{i}", condition or between("days", 0, i)) for i in range(rule_count)])
    )


DAYS = number("days", 0, 100)


@pytest.mark.parametrize(("days", "applies"), [(0, []), (4, []), (5, ["r"]), (10, ["r"]), (11, []), (100, [])])
def test_both_ends_of_a_range_are_included(ask: Ask, days: int, applies: list[str]) -> None:
    assert ask([DAYS], [rule("r", between("days", 5, 10))], {"days": days}) == (applies, [])


@pytest.mark.parametrize(("days", "applies"), [(2, ["r"]), (3, []), (8, ["r"]), (9, [])])
def test_a_list_of_ranges_is_met_by_any_of_them(ask: Ask, days: int, applies: list[str]) -> None:
    spans = Condition("days", spans=(Span(0, 2), Span(7, 8)))
    assert ask([DAYS], [rule("r", spans)], {"days": days}) == (applies, [])


def test_a_missing_fact_leaves_a_rule_undecided(ask: Ask) -> None:
    assert ask([DAYS, yes_no("paid")], [rule("r", between("days", 5, 10))], {"paid": True}) == ([], ["r"])


def test_a_rule_that_one_known_fact_fails_is_not_undecided(ask: Ask) -> None:
    rules = [rule("r", between("days", 5, 10), among("paid", "no"))]
    assert ask([DAYS, yes_no("paid")], rules, {"paid": True}) == ([], [])


@pytest.mark.parametrize(
    ("values", "applies"), [({}, ["or-unknown"]), ({"word": "a"}, ["a", "or-unknown"]), ({"word": "b"}, [])]
)
def test_a_condition_may_accept_that_nothing_is_known(ask: Ask, values: Values, applies: list[str]) -> None:
    rules = [rule("a", among("word", "a")), rule("or-unknown", among("word", "a", or_unknown=True))]
    assert ask([one_of("word", "a", "b")], rules, values)[0] == applies


@pytest.mark.parametrize(("values", "applies"), [({}, ["unknown"]), ({"on": date(2026, 12, 1)}, ["known"])])
def test_a_date_is_known_or_unknown(ask: Ask, values: Values, applies: list[str]) -> None:
    rules = [rule("known", Condition("on", known=True)), rule("unknown", Condition("on", or_unknown=True))]
    assert ask([day("on")], rules, values)[0] == applies


@pytest.mark.parametrize(
    ("held", "applies"),
    [((), ["without", "none"]), (("x",), ["with"]), (("z",), ["without"]), (("x", "z"), ["with"])],
)
def test_a_set_holds_one_of_the_words_or_none_of_them(ask: Ask, held: tuple[str, ...], applies: list[str]) -> None:
    rules = [
        rule("with", holding("signs", "x", "y")),
        rule("without", Condition("signs", excludes=frozenset({"x", "y"}))),
        rule("none", Condition("signs", excludes=frozenset({"x", "y", "z"}))),
    ]
    assert ask([some_of("signs", "x", "y", "z")], rules, {"signs": frozenset(held)}) == (applies, [])


def test_a_rule_without_conditions_always_applies(ask: Ask) -> None:
    assert ask([DAYS], [rule("r")], {}) == (["r"], [])


def test_a_rule_that_nothing_can_satisfy_never_applies(ask: Ask) -> None:
    never = Condition("days", spans=(Span(200, 300),))
    assert ask([DAYS], [rule("r", never), rule("s")], {"days": 5}) == (["s"], [])


@pytest.mark.parametrize("rule_count", [1, 59, 60, 61, 300])
def test_every_rule_that_is_true_is_found_however_many_there_are(rule_count: int) -> None:
    compiled = compiled_with(rule_count)
    matcher = Matcher(compiled)
    assert matcher.match({"days": 0}) == compiled.everything
    matcher.close()


def test_256_rules_that_ask_the_same_all_apply() -> None:
    compiled = compiled_with(256, among("paid", "yes"))
    matcher = Matcher(compiled)
    assert matcher.match({"paid": True}) == compiled.everything
    assert matcher.match({"paid": False}) == 0
    matcher.close()


@pytest.mark.parametrize("word", ["id", "sid", "$s", "k", "$and", '"}', "字", "a" * 5000])
def test_what_facts_words_and_rules_are_called_does_not_matter(ask: Ask, word: str) -> None:
    facts = [one_of(word, word, "other"), one_of("plain", word, "other")]
    rules = [rule(word, among(word, word)), rule("both", among(word, word), among("plain", word))]
    assert ask(facts, rules, {word: word, "plain": "other"}) == ([word], [])


@pytest.mark.parametrize("value", ["7", True, 7.0, 10**30, -1, 101, date(2026, 1, 1), frozenset({"7"})])
def test_a_value_that_its_fact_cannot_have_never_reaches_an_engine(value: object) -> None:
    compiled = compile_rules(rulebook([DAYS], [rule("r", between("days", 5, 10))]))
    matcher = Matcher(compiled)
    for engine in (matcher.match, Reference(compiled).match):
        with pytest.raises(CompileError, match="days"):
            engine({"days": value})  # type: ignore[dict-item]
    matcher.close()


@pytest.mark.parametrize("value", [1, 0, "yes", "true", 1.0])
def test_yes_or_no_is_a_boolean_and_nothing_that_equals_one(value: object) -> None:
    compiled = compile_rules(rulebook([yes_no("paid")], [rule("r", among("paid", "yes"))]))
    with pytest.raises(CompileError):
        compiled.cells_of({"paid": value})  # type: ignore[dict-item]


def test_no_answer_depends_on_what_was_asked_before() -> None:
    compiled = compiled_with(100)
    worn, reference = Matcher(compiled, remember=False), Reference(compiled)
    for days in [*range(0, 120, 7), *range(119, 0, -11)] * 2:
        assert worn.match({"days": days}) == reference.match({"days": days}).applies
    worn.close()


def test_what_is_learned_in_advance_is_what_would_be_answered_later() -> None:
    compiled = compiled_with(100)
    learned, asked = Matcher(compiled), Matcher(compiled)
    learned.learn()
    learned.learn()
    assert [learned.match({"days": days}) for days in range(102)] == [
        asked.match({"days": days}) for days in range(102)
    ]
    learned.close()
    asked.close()


def test_threads_may_share_a_matcher() -> None:
    compiled = compiled_with(70)
    matcher, reference = Matcher(compiled, remember=False), Reference(compiled)
    wrong: list[int] = []

    def ask_all() -> None:
        for days in range(0, 75, 3):
            if matcher.match({"days": days}) != reference.match({"days": days}).applies:
                wrong.append(days)

    threads = [Thread(target=ask_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    matcher.close()


def test_a_closed_matcher_says_so_and_may_be_closed_again() -> None:
    matcher = Matcher(compiled_with(3))
    matcher.close()
    matcher.close()
    with pytest.raises(MatcherError, match="closed"):
        matcher.match({"days": 1})


def test_versions_that_come_and_go_leave_no_memory_behind() -> None:
    compiled = compiled_with(60)

    def use_one() -> None:
        matcher = Matcher(compiled)
        matcher.match({"days": 3})
        matcher.close()

    for _ in range(20):
        use_one()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(50):
        use_one()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2_000  # kB; a lost version would cost 1,500


def test_a_batch_answers_as_one_by_one() -> None:
    compiled = compiled_with(50)
    reference = Reference(compiled)
    situations: list[Values] = [{}, *({"days": days, "paid": days % 2 == 0} for days in range(55))]
    assert reference.match_many(situations) == [reference.match(values) for values in situations]


def test_cells_cover_every_value_of_a_number_once() -> None:
    fact = compile_rules(
        rulebook([DAYS], [rule("r", between("days", 5, 10)), rule("s", between("days", 8, 100))])
    ).facts[0]
    assert [cell.width for cell in fact.cells] == [1, 5, 3, 3, 90]
    assert [fact.cell_of(days) for days in (None, 0, 4, 5, 7, 8, 10, 11, 100)] == [0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_cells_cover_every_subset_of_a_set_once() -> None:
    facts = [some_of("signs", "w", "x", "y", "z")]
    rules = [rule("a", holding("signs", "x", "y")), rule("b", holding("signs", "y", "z"))]
    cells = compile_rules(rulebook(facts, rules)).facts[0].cells
    assert sum(cell.width for cell in cells) == 1 + 2**4
    assert [list(bits_of(cell.applies)) for cell in cells] == [[], [], [0], [0, 1], [1]]
    assert [cell.width for cell in cells] == [1, 2, 2, 10, 2]


def test_every_rule_is_in_one_group_and_groups_stay_small() -> None:
    rules = [rule(f"r{i}", between("days", i, i + 40), among("paid", "yes" if i % 2 else "no")) for i in range(300)]
    compiled = compile_rules(rulebook([number("days"), yes_no("paid")], rules))
    groups = plan_groups(compiled)
    assert sum(group.mask for group in groups) == compiled.everything
    assert max(len(group.asks) for group in groups) <= MOST_CONJUNCTIONS
    assert max(len(list(group.regions(compiled))) for group in groups) <= MOST_REGIONS
