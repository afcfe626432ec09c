"""Conditions, moments and known facts as rows of a form, there and back; and rows that are added and taken out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from werkzeug.datastructures import MultiDict

from services.advisor.studio.forms import condition_rows, given_rows, moment_rows
from services.advisor.studio.forms.condition_rows import ConditionRow, Written
from services.advisor.studio.forms.form_rows import MOST_ROWS, plain_lines, rearranged, rows_in
from services.rulebook.model import Rulebook

CONDITIONS: list[tuple[str, Written, str]] = [
    ("days_overdue", "1..90", "is"), ("days_overdue", "31+", "is"), ("days_overdue", "up to 7", "is"),
    ("days_overdue", "0", "is"), ("days_overdue", ["1..90", "unknown"], "is"), ("days_overdue", "known", "known"),
    ("days_overdue", ["0", "31+"], "written"), ("days_overdue", "not 5", "written"),
    ("negotiation", "refused", "is"), ("negotiation", ["refused", "unknown"], "is"),
    ("negotiation", "not refused", "not"),
    ("negotiation", "not [refused, waiting]", "not"), ("negotiation", "unknown", "unknown"),
    ("negotiation", "not unknown", "known"), ("negotiation", "refusedd", "written"),
    ("conduct", "none", "nothing"), ("conduct", ["threat", "leak"], "is"), ("conduct", "not [threat]", "not"),
    ("agreement_affordable", "no", "is"), ("hearing_on", "known", "known"), ("net_income_fen", "150000..200050", "is"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "written", "operator"), CONDITIONS, ids=str)
def test_a_condition_becomes_a_row_and_comes_back_as_it_stood(
    rulebook: Rulebook, fact: str, written: Written, operator: str
) -> None:
    row = condition_rows.row_of(rulebook.facts[fact], fact, written)
    assert row.operator == operator
    assert condition_rows.written_of(row, rulebook.facts[fact]) == written


@pytest.mark.parametrize(
    ("fact", "written"), [(fact, said) for fact, said, how in CONDITIONS if how != "written"], ids=str
)
def test_a_row_that_was_filled_in_by_hand_means_the_same(rulebook: Rulebook, fact: str, written: Written) -> None:
    row = replace(condition_rows.row_of(rulebook.facts[fact], fact, written), written="")
    again = condition_rows.row_of(rulebook.facts[fact], fact, condition_rows.written_of(row, rulebook.facts[fact]))
    assert (again.operator, set(again.words), again.low, again.high, again.or_unknown) == (
        row.operator, set(row.words), row.low, row.high, row.or_unknown,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [("1", "90", "1..90"), ("31", "", "31+"), ("", "7", "up to 7"), ("5", "5", "5"), ("", "", ""),
     ("１", "９０", "1..90"), (" 1 ", "ninety", "1..ninety"), ("90", "1", "90..1")],
)  # fmt: skip
def test_whatever_is_typed_as_a_range_is_written_down_for_the_loader_to_judge(
    rulebook: Rulebook, low: str, high: str, written: str
) -> None:
    row = ConditionRow("days_overdue", low=low, high=high)
    assert condition_rows.written_of(row, rulebook.facts["days_overdue"]) == written


@pytest.mark.parametrize(
    ("typed", "written"), [("1500", "150000+"), ("1500.5", "150050+"), ("0.01", "1+"), ("1500.555", "1500.555+")]
)
def test_yuan_become_fen_and_what_is_no_amount_stays(rulebook: Rulebook, typed: str, written: str) -> None:
    row = ConditionRow("net_income_fen", low=typed)
    assert condition_rows.written_of(row, rulebook.facts["net_income_fen"]) == written


def test_fen_are_shown_as_yuan(rulebook: Rulebook) -> None:
    row = condition_rows.row_of(rulebook.facts["net_income_fen"], "net_income_fen", "150000..200050")
    assert (row.low, row.high) == ("1500", "2000.50")


def test_another_fact_begins_with_an_operator_that_it_has(rulebook: Rulebook) -> None:
    row = ConditionRow("hearing_on", "is", low="3", words=("x",))
    assert condition_rows.fitting(row, rulebook.facts["hearing_on"]) == ConditionRow("hearing_on", "known")


def test_a_condition_on_a_fact_that_is_gone_is_kept_as_text() -> None:
    row = condition_rows.row_of(None, "gone", ["a", "b"])
    assert condition_rows.written_of(row, None) == ["a", "b"]


@pytest.mark.parametrize(
    "written",
    [{"in": "7 days"}, {"in": "1 day"}, {"in": "soon"}, {"when": "days_overdue reaches 91"}, {"at": "hearing_on"},
     {"at": "3 days before hearing_on", "ask": "x", "say": {"zh": "问", "en": "ask"}, "hour": "9"}],
    ids=str,
)  # fmt: skip
def test_a_moment_becomes_a_row_and_comes_back_as_it_stood(written: dict[str, object]) -> None:
    assert moment_rows.written_of(moment_rows.row_of(written)) == written


@pytest.mark.parametrize(
    ("row", "written"),
    [
        (moment_rows.MomentRow(number="1"), {"in": "1 day"}),
        (moment_rows.MomentRow(number="10"), {"in": "10 days"}),
        (moment_rows.MomentRow("when", "91", "days_overdue"), {"when": "days_overdue reaches 91"}),
        (moment_rows.MomentRow("at", "", "hearing_on"), {"at": "hearing_on"}),
        (moment_rows.MomentRow("at", "2", "hearing_on", "after"), {"at": "2 days after hearing_on"}),
    ],
    ids=str,
)
def test_a_moment_that_was_filled_in_is_written_as_rule_files_say_it(
    row: moment_rows.MomentRow, written: dict[str, str]
) -> None:
    assert moment_rows.written_of(row) == written


@pytest.mark.parametrize(
    ("fact", "written"),
    [("days_overdue", "12"), ("conduct", ["threat"]), ("conduct", "threat"), ("conduct", "none"),
     ("conduct", ["leak", "threat"]),
     ("agreement_affordable", "yes"), ("net_income_fen", "150050"), ("hearing_on", "2027-01-31")],
    ids=str,
)  # fmt: skip
def test_what_is_known_in_a_case_becomes_a_row_and_comes_back(rulebook: Rulebook, fact: str, written: Written) -> None:
    row = given_rows.row_of(rulebook.facts[fact], fact, written)
    assert given_rows.written_of(row, rulebook.facts[fact]) == written


@pytest.mark.parametrize(
    ("wish", "rows"),
    [("add:x", ["a", "b", "c", ""]), ("remove:x:1", ["a", "c"]), ("up:x:2", ["a", "c", "b"]),
     ("up:x:0", ["a", "b", "c"]),
     ("remove:x:9", ["a", "b", "c"]), ("remove:x:one", ["a", "b", "c"]), ("add:y", ["a", "b", "c"]),
     ("", ["a", "b", "c"])],
)  # fmt: skip
def test_a_button_changes_the_rows_of_its_own_list_alone(wish: str, rows: list[str]) -> None:
    assert rearranged(["a", "b", "c"], "x", wish, "") == rows


def test_rows_keep_their_order_and_a_form_of_garbage_stays_small() -> None:
    form = MultiDict([("when-10-fact", "b"), ("when-9-fact", "a"), ("when-x-fact", "c"), ("whenever-1-fact", "d")])
    assert [row.get("fact") for row in rows_in(form, "when")] == ["a", "b"]
    assert len(rows_in(MultiDict((f"when-{n}-fact", "a") for n in range(5000)), "when")) == MOST_ROWS


def test_line_ends_of_browsers_become_plain_ones() -> None:
    assert plain_lines("one\r\ntwo\rthree\n") == "one\ntwo\nthree\n"
