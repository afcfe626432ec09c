"""`POST /v1/advice`: who posts a situation gets the next step with its reason and source."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.advisor.schemas.advice_answer import AdviceSchema
from services.rulebook.model import Rulebook

FREELANCER = {
    "product": "jiebei",
    "days_overdue": 12,
    "missed_calls_7d": 9,
    "negotiation": "not_started",
    "ability_to_pay": "partial",
    "income_outlook": "irregular",
    "safety_state": "ok",
}


def advice(client: FlaskClient, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/advice", json={"facts": FREELANCER, **body})
    assert response.status_code == 200, response.get_data(as_text=True)[:300]
    answer: dict[str, Any] = response.get_json()
    return answer


def test_the_freelancer_of_the_article_gets_in_touch_and_offers_a_plan(client: FlaskClient) -> None:
    actions = [step["action"] for step in advice(client)["steps"]]
    assert actions[0] in ("contact_lender", "set_contact_window")
    assert {"propose_plan", "keep_records", "review_budget"} <= set(actions)
    assert not {"pay_in_full", "apply_mediation"} & set(actions)


def test_every_step_says_why_and_names_its_sources(client: FlaskClient) -> None:
    for step in advice(client)["steps"]:
        assert step["because"]
        assert step["sources"]


def test_nothing_known_is_a_valid_situation_with_a_first_step_and_a_question(client: FlaskClient) -> None:
    answer = advice(client, facts={})
    assert answer["steps"]
    assert answer["next_question"]["fact"]


def test_the_answer_has_the_form_that_is_documented(client: FlaskClient) -> None:
    assert AdviceSchema().validate(advice(client)) == {}


def test_the_receipt_names_release_facts_and_day(client: FlaskClient, rulebook: Rulebook) -> None:
    receipt = advice(client, as_of="2026-12-01")["receipt"]
    assert receipt["release"] == rulebook.fingerprint
    assert receipt["as_of"] == "2026-12-01"
    assert len(receipt["facts_sha256"]) == 64


def test_without_a_day_it_is_today_in_china(client: FlaskClient) -> None:
    assert advice(client)["receipt"]["as_of"] == "2026-11-24"


def test_chinese_is_spoken_unless_english_is_asked_for(client: FlaskClient) -> None:
    assert advice(client)["disclaimer"].startswith("这是一般信息")
    assert "not legal advice" in advice(client, language="en")["disclaimer"]


@pytest.mark.parametrize(
    ("header", "language"),
    [("en-GB,en;q=0.8", "en"), ("zh-TW", "zh"), ("fr, en;q=0.5", "en"), ("fr", "zh"), ("*", "zh"), ("x;;=", "zh")],
)
def test_the_browser_is_listened_to_where_nothing_else_is_said(client: FlaskClient, header: str, language: str) -> None:
    answer = client.post("/v1/advice", json={"facts": {}}, headers={"Accept-Language": header}).get_json()
    assert ("not legal advice" in answer["disclaimer"]) == (language == "en")


def test_the_body_counts_more_than_the_address_and_the_address_more_than_the_browser(client: FlaskClient) -> None:
    chinese = {"Accept-Language": "zh-CN"}
    by_address = client.post("/v1/advice?language=en", json={"facts": {}}, headers=chinese).get_json()
    assert "not legal advice" in by_address["disclaimer"]
    by_body = client.post("/v1/advice?language=en", json={"facts": {}, "language": "zh-CN"}).get_json()
    assert by_body["disclaimer"].startswith("这是一般信息")


def test_a_declined_fact_is_not_asked_again(client: FlaskClient) -> None:
    asked = advice(client, facts={})["next_question"]["fact"]
    answer = advice(client, facts={}, declined=[asked])
    assert answer["next_question"]["fact"] != asked
    assert asked not in [unknown["fact"] for unknown in answer["unknowns"]]


@pytest.mark.parametrize("day", ["2000-01-01", "2024-02-29", "2100-12-31"])
def test_days_at_the_ends_of_the_calendar_are_answered(client: FlaskClient, day: str) -> None:
    assert advice(client, as_of=day)["receipt"]["as_of"] == day


def test_answers_are_not_kept_by_anybody_on_the_way(client: FlaskClient) -> None:
    assert client.post("/v1/advice", json={"facts": {}}).headers["Cache-Control"] == "no-store"


def test_other_json_types_and_spelled_out_charsets_are_json_too(client: FlaskClient) -> None:
    for content_type in ("application/json; charset=UTF-8", "application/vnd.example+json"):
        response = client.post("/v1/advice", data=b'{"facts": {}}', content_type=content_type)
        assert response.status_code == 200
