"""The decision table of a topic: what its rules ask, and one cell changed at a time."""

from __future__ import annotations

import pytest

from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import entries_of, read_entry
from services.rulebook.editing.tables import DecisionTable, Row, as_condition, as_written, decision_table, set_cell
from tests.rulebook.editing.samples import RULES, TOPIC_FILE
from tests.rulebook.starter import starter_files, starter_rulebook

FILES = {TOPIC_FILE: RULES, "facts.yaml": "facts:\n- id: ability_to_pay\n- id: days_overdue\n- id: safety\n"}


def test_the_columns_are_the_facts_that_the_rules_ask_in_the_order_of_the_vocabulary() -> None:
    assert decision_table(FILES, "pay") == DecisionTable(
        "pay",
        ("ability_to_pay", "days_overdue"),
        (
            Row(
                "pay-in-full",
                {"days_overdue": "1..90", "ability_to_pay": "[full_now, unknown]"},
                *("pay_in_full", "today"),
            ),
            Row("pay-part", {}, "pay_part", "this_week"),
        ),
    )


def test_a_fact_that_is_not_in_the_vocabulary_still_has_its_column() -> None:
    files = {**FILES, TOPIC_FILE: RULES.replace("ability_to_pay:", "abilty:")}
    assert decision_table(files, "pay").facts == ("days_overdue", "abilty")
    broken = {**FILES, "facts.yaml": "facts: ["}
    assert decision_table(broken, "pay").facts == ("days_overdue", "ability_to_pay")


def test_a_topic_that_is_not_there_is_refused() -> None:
    with pytest.raises(EditError, match=r"Did you mean `pay`\?"):
        decision_table(FILES, "pays")


@pytest.mark.parametrize(
    ("fact", "written", "old", "new"),
    [
        ("days_overdue", "1..60", "1..90 ", "1..60 "),
        ("ability_to_pay", "[full_now, none]", "[full_now, unknown]", "[full_now, none]"),
        ("ability_to_pay", "not [none]", "[full_now, unknown]", "not [none]"),
        ("ability_to_pay", None, "    ability_to_pay: [full_now, unknown]\n", ""),
        ("ability_to_pay", " ", "    ability_to_pay: [full_now, unknown]\n", ""),
        ("safety", "ok", "unknown]\n  advise", "unknown]\n    safety: ok\n  advise"),
        ("days_overdue", "1..90", "", ""),
    ],
)
def test_a_cell_is_written_and_the_comments_stay(fact: str, written: str | None, old: str, new: str) -> None:
    assert set_cell(FILES, "pay-in-full", fact, written) == {**FILES, TOPIC_FILE: RULES.replace(old, new, 1)}


def test_the_last_condition_taken_out_leaves_a_rule_for_anything() -> None:
    files = set_cell(FILES, "pay-in-full", "days_overdue", None)
    files = set_cell(files, "pay-in-full", "ability_to_pay", None)
    assert read_entry(files, "rules", "pay-in-full").values["when"] == "anything"
    files = set_cell(files, "pay-in-full", "safety", "[ok]")
    assert read_entry(files, "rules", "pay-in-full").values["when"] == {"safety": ["ok"]}
    assert "  when:\n    safety: [ok]\n  advise" in files[TOPIC_FILE]


def test_a_list_is_written_and_understood_alike() -> None:
    assert as_condition(as_written(["a", "31+"])) == ["a", "31+"]
    assert as_condition("not [a, b]") == as_written("not [a, b]") == "not [a, b]"
    assert as_condition(" [ 'a', \"b\" ,] ") == ["a", "b"]


def test_every_cell_of_the_starter_rulebook_written_anew_changes_nothing() -> None:
    for topic in entries_of(starter_files(), "topics"):
        table = decision_table(starter_files(), topic)
        assert tuple(row.rule for row in table.rows) == starter_rulebook().topics[topic].rules
        for row in table.rows[:3]:
            for fact, written in row.cells.items():
                assert set_cell(starter_files(), row.rule, fact, written) == starter_files()
