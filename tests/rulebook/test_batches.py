"""Both ways of answering a batch say what the reference says one by one, whatever the rules ask and are called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.agreement import random_situations
from services.rulebook.batch_ifs import MOST_FACTS, decide_by_ifs
from services.rulebook.batch_tables import decide_by_tables
from services.rulebook.compile import CompiledRules, CompileError, compile_rules
from services.rulebook.model import Condition, Rulebook
from services.rulebook.reference import Match, Reference
from services.rulebook.script import Decide
from tests.rulebook.making import among, between, day, holding, number, one_of, rule, rulebook, some_of, yes_no
from tests.rulebook.test_agreement import rulebooks

Write = Callable[[CompiledRules], Decide | None]
WAYS = pytest.mark.parametrize("write", [decide_by_ifs, decide_by_tables])
FACTS = [number("days", -5, 400), number("income", 0, 10**9), some_of("signs", "x", "y"), day("on"), yes_no("paid")]


def check(write: Write, compiled: CompiledRules, seed: int = 1, count: int = 100) -> None:
    decide = write(compiled)
    assert decide is not None
    situations = [{}, *random_situations(compiled, count, seed)]
    assert [Match(*masks) for masks in decide(situations)] == [Reference(compiled).match(s) for s in situations]


@WAYS
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(some_rulebook=rulebooks(), seed=st.integers(0, 2**32))
def test_a_batch_answers_as_one_by_one_on_random_rulebooks(write: Write, some_rulebook: Rulebook, seed: int) -> None:
    check(write, compile_rules(some_rulebook), seed)


@WAYS
def test_every_kind_of_fact_may_be_asked_by_one_rule_or_by_many(write: Write) -> None:
    often = [rule(f"r{i}", between("days", i, i + 40), holding("signs", "xy"[i % 2])) for i in range(10)]
    known = [rule(f"k{i}", Condition("on", known=True), between("income", i, 10**i)) for i in range(1, 4)]
    once = [rule("once", Condition("paid", or_unknown=True)), rule("always"), rule("gap", between("income", 5, 6))]
    check(write, compile_rules(rulebook(FACTS, [*often, *known, *once])))


@WAYS
def test_a_batch_may_be_empty_and_so_may_a_rulebook(write: Write) -> None:
    decide = write(compile_rules(rulebook([yes_no("paid")], [])))
    assert decide is not None
    assert list(decide([])) == []
    assert list(decide([{"paid": True}, {}])) == [(0, 0), (0, 0)]


@WAYS
@pytest.mark.parametrize("name", ["get", "values", "k0", "v0", "{}", "'); boom(", '"""', "字", "line\nbreak", "in"])
def test_what_facts_and_words_are_called_never_becomes_code(write: Write, name: str) -> None:
    facts = [one_of(name, name, "other", "third"), one_of(f"{name}2", name, "other"), number(f"{name}3", 0, 9)]
    rules = [
        rule("one", among(name, name), among(f"{name}2", "other")),
        rule("two", among(name, name, "other"), between(f"{name}3", 2, 4)),
    ]
    check(write, compile_rules(rulebook(facts, rules)))


@WAYS
def test_a_set_with_a_word_that_does_not_exist_is_refused(write: Write) -> None:
    decide = write(compile_rules(rulebook(FACTS, [rule("r", holding("signs", "x"))])))
    assert decide is not None
    with pytest.raises(CompileError, match="signs"):
        list(decide([{"signs": frozenset({"z"})}]))


def test_rules_that_ask_too_much_for_ifs_are_answered_by_tables() -> None:
    facts = [yes_no(f"f{i}") for i in range(MOST_FACTS + 1)]
    deep = compile_rules(rulebook(facts, [rule("deep", *(among(fact.id, "yes") for fact in facts))]))
    wide = [number(f"n{i}", 0, 4000) for i in range(8)]
    spread = [rule(f"r{i}", *(between(fact.id, i * 9, i * 9 + 400) for fact in wide)) for i in range(7)]
    for compiled in (deep, compile_rules(rulebook(wide, spread))):
        assert decide_by_ifs(compiled) is None
        situations = list(random_situations(compiled, 50, 1))
        reference = Reference(compiled)
        assert reference.match_many(situations) == [reference.match(values) for values in situations]


def test_threads_may_ask_for_the_first_batch_at_once() -> None:
    compiled = compile_rules(rulebook(FACTS, [rule("r", between("days", 1, 9), Condition("on", known=True))]))
    reference, answers = Reference(compiled), list[list[Match]]()
    situations = [{"days": 3, "on": date(2026, 1, 1)}, {"days": 3}, {}]
    threads = [Thread(target=lambda: answers.append(reference.match_many(situations))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[Match(1, 1), Match(0, 1), Match(0, 1)]] * 8
