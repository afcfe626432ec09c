"""The decision table: conditions in words, edited cell by cell, refused with a suggestion where they are wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.advisor.parts import Parts
from services.casebook.model import Role
from services.casebook.settings import starter_rules
from services.rulebook.editing.entries import read_entry
from services.rulebook.load import read_folder
from tests.advisor.studio.admin import Admin
from tests.advisor.studio.conftest import Enter
from tests.advisor.studio.drafting import begin, change, read

RULE, FACT = "pay-what-is-overdue", "fact.days_overdue"


@pytest.fixture
def number(parts_of_studio: Parts) -> int:
    return begin(parts_of_studio)


@pytest.fixture
def page(number: int) -> str:
    return f"/studio/drafts/{number}/table/pay"


def put(
    editor: Admin, page: str, written: str, column: str = FACT, rule: str = RULE, version: int = 1, **further: str
) -> TestResponse:
    """What the script of the page sends for one cell."""
    form = editor.open(page).form("/studio/sign-out")
    sent = {**form, "rule": rule, "column": column, "written": written, "version": str(version), **further}
    return editor.client.post(page, data=sent, headers={"Accept": "application/json", "Accept-Language": "en"})


def when(parts: Parts, number: int) -> dict[str, Any]:
    found: dict[str, Any] = read_entry(read(parts, number), "rules", RULE).values["when"]
    return found


def cells_of(html: str, rule: str) -> dict[str, tuple[str, str]]:
    """What stands in the cells of a rule, and how it is written."""
    row = html.partition(f'data-rule="{rule}"')[2].partition("</tr>")[0]
    cells = re.findall(r'<td data-column="([^"]+)" data-written="([^"]*)".*?<span>(.*?)</span>', row, re.DOTALL)
    return {column: (said, written) for column, written, said in cells}


def test_the_tab_leads_to_the_first_topic_and_the_choice_to_the_chosen_one(editor: Admin, number: int) -> None:
    assert editor.open(f"/studio/drafts/{number}/table").path == f"/studio/drafts/{number}/table/agreement"
    assert editor.open(f"/studio/drafts/{number}/table?topic=pay&also=").path == f"/studio/drafts/{number}/table/pay"


def test_conditions_are_said_in_words_beside_how_they_are_written(editor: Admin, page: str) -> None:
    cells = cells_of(editor.open(page).html, RULE)
    assert cells["fact.debt_status"] == ("it is mine and the amount is right or not known yet", "[agreed, unknown]")
    assert cells["fact.days_until_due"] == ("any", "")
    assert cells["urgency"] == ("today", "today")
    assert cells["advise"][1] == "pay_in_full"


def test_the_rules_of_every_topic_stand_in_their_order(editor: Admin, number: int, parts_of_studio: Parts) -> None:
    for file, text in read(parts_of_studio, number).items():
        if file.startswith("topics/"):
            topic = file.removeprefix("topics/").removesuffix(".yaml")
            html = editor.open(f"/studio/drafts/{number}/table/{topic}").html
            assert re.findall(r'data-rule="([^"]+)"', html) == re.findall(r"^- id: (\S+)", text, re.MULTILINE), topic


def test_a_cell_is_written_anew_and_nothing_else_of_the_files(
    editor: Admin, page: str, number: int, parts_of_studio: Parts
) -> None:
    before = read(parts_of_studio, number)
    answer = put(editor, page, "1..90").get_json()
    assert answer["version"] == 2
    assert cells_of(answer["row"], RULE)[FACT] == ("1 to 90 days", "1..90")
    old, new = (text["topics/pay.yaml"].splitlines() for text in (before, read(parts_of_studio, number)))
    assert [(was, now) for was, now in zip(old, new, strict=True) if was != now] == [
        ("    days_overdue: 1+", "    days_overdue: 1..90")
    ]


@pytest.mark.parametrize(
    ("typed", "written"), [("１．．９０", "1..90"), ("［０，３１＋］", ["0", "31+"]), (" 31+ ", "31+")]
)
def test_full_width_signs_are_understood(
    editor: Admin, page: str, number: int, parts_of_studio: Parts, typed: str, written: object
) -> None:
    assert put(editor, page, typed).status_code == 200
    assert when(parts_of_studio, number)["days_overdue"] == written


def test_an_empty_cell_takes_the_condition_out(editor: Admin, page: str, number: int, parts_of_studio: Parts) -> None:
    assert put(editor, page, "").status_code == 200
    assert "days_overdue" not in when(parts_of_studio, number)


def test_a_column_that_no_rule_asks_yet_can_be_shown_and_filled(
    editor: Admin, page: str, number: int, parts_of_studio: Parts
) -> None:
    assert "fact.has_guarantor" not in cells_of(editor.open(page).html, RULE)
    assert cells_of(editor.open(f"{page}?also=conduct").html, RULE)["fact.conduct"] == ("any", "")
    answer = put(editor, page, "none", "fact.conduct", also="conduct").get_json()
    assert cells_of(answer["row"], RULE)["fact.conduct"][1] == "none"
    assert when(parts_of_studio, number)["conduct"] == "none"


@pytest.mark.parametrize(
    ("column", "written", "said"),
    [
        (FACT, "1-90", "`1-90`"),
        (FACT, "90..1", "`90..1`"),
        ("fact.negotiation", "not_startet", "Did you mean `not_started`?"),
        ("advise", "pay_in_ful", "Did you mean `pay_in_full`?"),
        ("urgency", "todai", "Did you mean `today`?"),
        ("fact.weather", "rain", "weather"),
    ],
)
def test_a_mistake_is_refused_with_what_would_be_right_and_nothing_is_kept(
    editor: Admin, page: str, column: str, written: str, said: str
) -> None:
    answer = put(editor, page, written, column)
    assert answer.status_code == 422
    assert said in answer.get_json()["error"]
    assert 'data-version="1"' in editor.open(page).html


def test_a_mistake_that_was_there_before_keeps_nobody_from_editing(editor: Admin, parts_of_studio: Parts) -> None:
    facts = read_folder(starter_rules())["cases/pay.yaml"].replace("cases:", "cases:\n- name: half a case", 1)
    number = begin(parts_of_studio, {"cases/pay.yaml": facts})
    answer = put(editor, f"/studio/drafts/{number}/table/pay", "1..90", version=2)
    assert answer.status_code == 200


def test_whoever_edits_an_older_version_is_told_and_sees_all_three_states(
    editor: Admin, page: str, number: int, parts_of_studio: Parts
) -> None:
    pay = read(parts_of_studio, number)["topics/pay.yaml"]
    theirs = pay.replace("days_overdue: 1+", "days_overdue: 2+", 1)
    change(parts_of_studio, number, {"topics/pay.yaml": theirs})
    answer = put(editor, page, "3+")
    assert (answer.status_code, answer.get_json()) == (409, {"stale": True})
    assert read(parts_of_studio, number)["topics/pay.yaml"] == theirs


def test_a_browser_without_the_script_is_sent_back_to_its_row(editor: Admin, page: str) -> None:
    form = editor.open(page).form("/studio/sign-out")
    editor.send(page, form, follow=False, rule=RULE, column=FACT, written="1..90", version="1")
    assert editor.page is not None
    assert (editor.status, editor.page.location) == (303, f"{page}#rule-{RULE}")


def test_without_the_script_a_mistake_is_a_page_that_says_it(editor: Admin, page: str) -> None:
    form = editor.open(page).form("/studio/sign-out")
    editor.send(page, form, rule=RULE, column=FACT, written="soon", version="1")
    assert editor.status == 422
    assert "`soon`" in editor.text


@pytest.mark.parametrize("column", ["", "title", "facts.days_overdue"])
def test_there_are_no_other_columns(editor: Admin, page: str, column: str) -> None:
    assert put(editor, page, "x", column).status_code == 404


def test_a_rule_that_is_gone_is_said_to_be_gone(editor: Admin, page: str) -> None:
    answer = put(editor, page, "1+", rule="no-such-rule")
    assert answer.status_code == 422
    assert "no-such-rule" in answer.get_json()["error"]


def test_every_cell_leads_to_the_form_of_its_rule_without_the_script(editor: Admin, page: str, number: int) -> None:
    row = editor.open(page).html.partition(f'data-rule="{RULE}"')[2].partition("</tr>")[0]
    links = re.findall(r'<a href="([^"]+)"', row)
    assert len(links) == row.count("<td") + 1
    assert set(links) == {f"/studio/drafts/{number}/edit/rules/{RULE}"}


def test_a_viewer_sees_the_table_and_cannot_edit_it(enter: Enter, page: str) -> None:
    viewer = enter(Role.VIEWER, "en").open(page)
    assert "data-grid=" not in viewer.html
    assert put(viewer, page, "1..90").status_code == 403


def test_a_topic_or_a_draft_that_is_not_there(editor: Admin, number: int) -> None:
    assert editor.open(f"/studio/drafts/{number}/table/weather").status == 404
    assert editor.open("/studio/drafts/99999/table").status == 404


def test_a_file_that_cannot_be_read_is_named_and_the_text_is_offered(editor: Admin, parts_of_studio: Parts) -> None:
    number = begin(parts_of_studio, {"topics/pay.yaml": "topic: [pay\n"})
    page = editor.open(f"/studio/drafts/{number}/table/pay")
    assert page.status == 200
    assert "topics/pay.yaml" in page.text
    assert f"/studio/drafts/{number}/text" in page.html
