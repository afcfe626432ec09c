"""Trying a draft out: its plan beside the one in force, and the borrower's page in a frame."""

from __future__ import annotations

import pytest

from services.advisor.parts import Parts
from services.advisor.studio.try_views import inert
from services.casebook.settings import starter_rules
from services.rulebook.load import read_folder
from tests.advisor.studio.admin import Admin
from tests.advisor.studio.drafting import begin

CONTACT = "topics/contact.yaml"
OLD, NEW = "今天主动联系一次官方客服", "今天就联系一次官方客服"
PERSON = "fact.days_overdue=12&fact.ability_to_pay=partial&fact.negotiation=not_started"


@pytest.fixture(scope="module")
def contact() -> str:
    return read_folder(starter_rules())[CONTACT]


@pytest.fixture(scope="module")
def same(parts_of_studio: Parts) -> int:
    return begin(parts_of_studio)


@pytest.fixture(scope="module")
def reworded(parts_of_studio: Parts, contact: str) -> int:
    return begin(parts_of_studio, {CONTACT: contact.replace(OLD, NEW)})


def test_a_draft_without_a_change_advises_the_same(editor: Admin, same: int) -> None:
    assert "Both give the same advice." in editor.open(f"/studio/drafts/{same}/try?{PERSON}").text


def test_what_the_draft_says_otherwise_is_marked(editor: Admin, reworded: int) -> None:
    page = editor.open(f"/studio/drafts/{reworded}/try?{PERSON}&language=zh-CN").text
    assert OLD in page
    assert NEW in page
    assert page.count("文字不同") == 2


def test_a_rule_that_begins_later_is_seen_on_a_later_day(editor: Admin, parts_of_studio: Parts, contact: str) -> None:
    start = contact.index("- id: reach-out-first")
    late = contact[:start] + contact[start:].replace("valid: {from: 2026-01-01}", "valid: {from: 2026-12-01}", 1)
    assert late != contact
    number = begin(parts_of_studio, {CONTACT: late})
    assert "no longer advised" in editor.open(f"/studio/drafts/{number}/try?{PERSON}").text
    assert "same advice" in editor.open(f"/studio/drafts/{number}/try?{PERSON}&day=2026-12-02").text


@pytest.mark.parametrize("day", ["2026-11-01", "tomorrow"])
def test_a_day_that_cannot_be_asked_about_is_said_and_today_is_taken(editor: Admin, same: int, day: str) -> None:
    page = editor.open(f"/studio/drafts/{same}/try?{PERSON}&day={day}")
    assert "Choose today or a later day" in page.text
    assert 'value="2026-11-24"' in page.html


def test_the_next_question_and_the_reasons_are_shown(editor: Admin, same: int) -> None:
    page = editor.open(f"/studio/drafts/{same}/try?{PERSON}").text
    assert "The next question" in page
    assert "Why nothing else is advised" in page


def test_what_cannot_be_read_is_said_beside_it_and_the_rest_still_counts(editor: Admin, same: int) -> None:
    page = editor.open(f"/studio/drafts/{same}/try?fact.days_overdue=long&fact.conduct=threat")
    assert page.status == 200
    assert 'aria-describedby="error-days_overdue"' in page.html
    assert "If you are threatened, call 110" in page.text


def test_a_fact_that_only_the_draft_knows_is_not_used_for_the_release_in_force(
    editor: Admin, parts_of_studio: Parts
) -> None:
    facts = read_folder(starter_rules())["facts.yaml"]
    fact = (
        "facts:\n- id: has_pet\n  kind: yes_no\n  label: {zh: 养宠物, en: keeps a pet}\n"
        "  question: {zh: 您养宠物吗, en: Do you keep a pet}\n  why: {zh: 试用, en: To try it}\n  asked: never\n"
    )
    number = begin(parts_of_studio, {"facts.yaml": facts.replace("facts:\n", fact, 1)})
    page = editor.open(f"/studio/drafts/{number}/try?fact.has_pet=yes").text
    assert "does not know these facts" in page
    assert "keeps a pet" in page


def test_a_draft_that_cannot_be_read_says_what_to_mend_and_where(editor: Admin, parts_of_studio: Parts) -> None:
    number = begin(parts_of_studio, {CONTACT: "topic: contact\nrulez: []\n"})
    page = editor.open(f"/studio/drafts/{number}/try")
    assert page.status == 200
    assert f"/studio/drafts/{number}/text/{CONTACT}#L2" in page.html


def test_the_phone_shows_the_borrowers_page_with_the_words_of_the_draft(editor: Admin, reworded: int) -> None:
    page = editor.open(f"/studio/drafts/{reworded}/try/phone?{PERSON}&language=zh-CN")
    assert NEW in page.text
    assert OLD not in page.text


def test_the_phone_may_stand_in_our_frame_and_keeps_nothing(editor: Admin, same: int) -> None:
    answer = editor.open(f"/studio/drafts/{same}/try/phone?{PERSON}").page
    assert answer is not None
    assert answer.headers.getlist("X-Frame-Options") == ["SAMEORIGIN"]
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("answers=")]


def test_only_the_phone_may_stand_in_a_frame(editor: Admin, same: int) -> None:
    answer = editor.open(f"/studio/drafts/{same}/try?{PERSON}").page
    assert answer is not None
    assert answer.headers.getlist("X-Frame-Options") == ["DENY"]
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


def test_no_link_of_the_phone_leads_anywhere_and_no_script_runs_there(editor: Admin, same: int) -> None:
    html = editor.open(f"/studio/drafts/{same}/try/phone?{PERSON}").html
    assert "<script" not in html
    assert '<a class="brand"' in html
    assert not [link for link in html.split("<a")[1:] if " href=" in link.split(">")[0]]


def test_links_are_made_inert_wherever_their_address_stands() -> None:
    assert inert('<a href="/x" class="y">z</a><script src="s"></script><a class="y" href="/x">z</a>') == (
        '<a class="y">z</a><a class="y">z</a>'
    )


def test_a_phone_of_a_draft_that_cannot_be_read_is_not_there(editor: Admin, parts_of_studio: Parts) -> None:
    number = begin(parts_of_studio, {CONTACT: "topic: contact\nrulez: []\n"})
    assert editor.open(f"/studio/drafts/{number}/try/phone").status == 404
