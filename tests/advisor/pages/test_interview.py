"""The way through the questions without JavaScript: safety first, few questions, no answer lost."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask

from services.advisor.pages.interview import MOST_QUESTIONS, QUESTIONS_TO_FIRST_STEP
from tests.advisor.pages.visitor import Visitor


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


def test_the_first_page_has_one_sentence_and_one_button(visitor: Visitor) -> None:
    visitor.open("/")
    assert visitor.heading
    assert len(re.findall(r"<button", visitor.html)) == 1


def test_the_title_gives_nothing_away(visitor: Visitor) -> None:
    title = re.search(r"<title>(.*?)</title>", visitor.open("/").html)
    assert title
    assert not re.search("债|欠|借|还款|逾期|debt|loan", title[1])


def test_the_question_about_safety_comes_first(visitor: Visitor) -> None:
    assert visitor.start().path == "/q/safety_state"


@pytest.mark.parametrize("word", ["self_harm_risk", "in_danger"])
def test_a_sign_of_danger_opens_the_calm_page_and_never_a_dead_end(visitor: Visitor, word: str) -> None:
    visitor.start().answer("safety_state", word)
    assert visitor.path == "/safe"
    assert {"tel:110", "tel:120", "tel:12356"} <= set(re.findall(r'href="(tel:\d+)"', visitor.html))
    assert visitor.open("/next").status == 200
    assert visitor.path != "/safe"


def test_a_first_step_is_shown_after_four_questions(visitor: Visitor) -> None:
    visitor.start()
    for _ in range(QUESTIONS_TO_FIRST_STEP):
        visitor.send(visitor.path, answer="declined")
    assert visitor.path == "/first-step"


def test_the_list_comes_after_at_most_twelve_questions_whatever_is_left_open(visitor: Visitor) -> None:
    visitor.start()
    asked = 0
    while visitor.path.startswith("/q/") or visitor.path == "/first-step":
        if visitor.path == "/first-step":
            visitor.open("/next")
            continue
        asked += 1
        visitor.send(visitor.path, answer="declined")
    assert asked <= MOST_QUESTIONS
    assert visitor.path == "/check"
    assert visitor.open("/plan").status == 200


def test_no_question_is_asked_twice(visitor: Visitor) -> None:
    visitor.start()
    seen = []
    while visitor.path.startswith("/q/"):
        seen.append(visitor.path)
        visitor.send(visitor.path, answer="declined")
        if visitor.path == "/first-step":
            visitor.open("/next")
    assert len(seen) == len(set(seen))


def test_an_answer_that_cannot_be_used_is_shown_again_with_what_was_typed(visitor: Visitor) -> None:
    visitor.start().answer("days_overdue", "很久了")
    assert visitor.status == 422
    assert 'value="很久了"' in visitor.html
    assert 'aria-invalid="true"' in visitor.html


def test_typed_html_is_only_text(visitor: Visitor) -> None:
    visitor.start().answer("days_overdue", "<script>alert(1)</script>\u202e😀")
    assert "<script>alert" not in visitor.html


def test_two_answers_that_do_not_fit_together_are_named_and_nothing_is_lost(visitor: Visitor) -> None:
    visitor.start().answer("days_overdue", "12").answer("days_until_due", "5")
    assert visitor.status == 422
    assert 'value="12"' in visitor.open("/q/days_overdue").html


def test_an_odd_answer_gets_a_kind_second_look(visitor: Visitor) -> None:
    visitor.start().answer("essential_costs_fen", "0")
    assert 'name="sure"' in visitor.html
    visitor.send("/q/essential_costs_fen", answer="0", sure="yes")
    assert 'value="0"' in visitor.open("/q/essential_costs_fen").html


def test_answers_travel_in_the_form_when_the_cookie_is_gone(app: Flask, visitor: Visitor) -> None:
    visitor.start().answer("days_overdue", "12")
    carried = re.search(r'name="so_far" value="([^"]+)"', visitor.open("/q/product").html)
    assert carried
    fresh = Visitor(app.test_client()).send("/q/product", answer="jiebei", so_far=carried[1])
    assert 'value="12"' in fresh.open("/q/days_overdue").html


def test_answers_of_two_tabs_add_up(visitor: Visitor) -> None:
    visitor.start().answer("days_overdue", "12").answer("product", "jiebei")
    visitor.answer("days_overdue", "13")
    assert 'value="13"' in visitor.open("/q/days_overdue").html
    assert "chosen" in visitor.open("/q/product").html


def test_a_changed_answer_says_what_it_changed_in_the_list(visitor: Visitor) -> None:
    visitor.start().answer("days_overdue", "12").answer("ability_to_pay", "partial").open("/plan")
    visitor.answer("ability_to_pay", "full_now").answer("debt_status", "agreed").open("/plan")
    assert 'role="status"' in visitor.html


@pytest.mark.parametrize("path", ["/q/no_such_fact", "/q/monthly_surplus_fen", "/nowhere-at-all"])
def test_a_page_that_is_not_there_is_a_404(visitor: Visitor, path: str) -> None:
    assert visitor.open(path).status == 404


def test_forged_answers_are_no_answers(visitor: Visitor) -> None:
    visitor.client.set_cookie("answers", "gAAAAABforged")
    assert visitor.open("/plan").status == 200


def test_a_form_of_another_site_changes_nothing(app: Flask) -> None:
    client = app.test_client()
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/q/days_overdue", data={"answer": "12"}, headers=headers).status_code == 403


def test_pages_stay_out_of_caches_and_load_nothing_from_elsewhere(visitor: Visitor) -> None:
    visitor.open("/")
    assert visitor.page
    assert visitor.page.headers["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in visitor.page.headers["Content-Security-Policy"]
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=\"https?://", visitor.html)
    assert " style=" not in visitor.html


def test_the_first_page_with_all_it_loads_is_at_most_40_kilobytes_compressed(visitor: Visitor) -> None:
    html = visitor.open("/").html
    files = re.findall(r'<(?:script|link)[^>]+(?:src|href)="(/[^"]+)"', html)
    sizes = []
    for file in files:
        with visitor.client.get(file) as answer:
            sizes.append(len(gzip.compress(answer.data)))
    assert len(gzip.compress(html.encode())) + sum(sizes) <= 40 * 1024


@pytest.mark.parametrize("path", ["/", "/q/safety_state", "/help", "/privacy", "/all", "/plan", "/check", "/return"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_is_whole_in_both_languages(visitor: Visitor, path: str, language: str) -> None:
    visitor.open(f"{path}?language={language}")
    assert visitor.status == 200
    assert f'<html lang="{language}">' in visitor.html
    assert visitor.html.count("<h1>") == 1


def test_no_chinese_is_left_in_the_english_pages(visitor: Visitor) -> None:
    visitor.open("/?language=en").start().answer("days_overdue", "12").answer("ability_to_pay", "partial")
    shown = re.sub(r"<a[^>]*hreflang.*?</a>|<title>.*?</title>", "", visitor.open("/plan").html)
    assert not re.findall(r"[\u4e00-\u9fff]+", shown)


def test_the_list_can_be_taken_along_as_text_calendar_and_pdf(visitor: Visitor) -> None:
    visitor.start().answer("days_overdue", "12").answer("ability_to_pay", "partial")
    kinds = [visitor.client.get(f"/plan.{ending}") for ending in ("txt", "ics", "pdf")]
    assert [answer.status_code for answer in kinds] == [200, 200, 200]
    assert "BEGIN:VEVENT" in kinds[1].get_data(as_text=True)
    assert kinds[2].data.startswith(b"%PDF")


def test_a_counsellor_fills_in_everything_on_one_page(visitor: Visitor) -> None:
    visitor.send("/all", days_overdue="12", ability_to_pay="partial", conduct=["threat"])
    assert visitor.path == "/plan"
    assert "chosen" in visitor.open("/q/ability_to_pay").html


def test_mistakes_on_the_long_page_are_listed_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    visitor.send("/all", days_overdue="lange", ability_to_pay="partial")
    assert visitor.status == 422
    assert 'href="#days_overdue"' in visitor.html
    assert 'value="lange"' in visitor.html
    assert re.search(r'value="partial" selected', visitor.html)


def test_clearing_leaves_nothing_in_the_browser(visitor: Visitor) -> None:
    visitor.start().answer("days_overdue", "12").send("/clear")
    assert 'value="12"' not in visitor.open("/q/days_overdue").html
