"""Facts that cannot be used, each by name: 422, with the place, the reason and what would be right."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from flask.testing import FlaskClient

BAD_FACTS: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown fact", {"days_overdo": 3}, "/facts/days_overdo"),
    ("a number as text", {"days_overdue": "7"}, "/facts/days_overdue"),
    ("a number with a point", {"days_overdue": 7.0}, "/facts/days_overdue"),
    ("yes for a number", {"days_overdue": True}, "/facts/days_overdue"),
    ("full-width digits", {"days_overdue": "７"}, "/facts/days_overdue"),
    ("null", {"days_overdue": None}, "/facts/days_overdue"),
    ("a list for a number", {"days_overdue": [7]}, "/facts/days_overdue"),
    ("below the range", {"days_overdue": -1}, "/facts/days_overdue"),
    ("above the range", {"days_overdue": 3651}, "/facts/days_overdue"),
    ("a number of thirty digits", {"amount_due_fen": 10**29}, "/facts/amount_due_fen"),
    ("a number for yes or no", {"agreement_written": 1}, "/facts/agreement_written"),
    ("a word for yes or no", {"agreement_written": "yes"}, "/facts/agreement_written"),
    ("an unknown word", {"negotiation": "refuse"}, "/facts/negotiation"),
    ("a number for a word", {"negotiation": 1}, "/facts/negotiation"),
    ("an object for a word", {"negotiation": {}}, "/facts/negotiation"),
    ("a word for a list", {"conduct": "threat"}, "/facts/conduct"),
    ("an unknown word in a list", {"conduct": ["threat", "thread"]}, "/facts/conduct/1"),
    ("a word twice in a list", {"conduct": ["threat", "threat"]}, "/facts/conduct/1"),
    ("an impossible date", {"hearing_on": "2026-02-30"}, "/facts/hearing_on"),
    ("no date", {"hearing_on": "soon"}, "/facts/hearing_on"),
    ("a date at the end of the calendar", {"hearing_on": "9999-12-31"}, "/facts/hearing_on"),
    ("a date at the start of the calendar", {"hearing_on": "0001-01-01"}, "/facts/hearing_on"),
    ("an empty name", {"": 1}, "/facts/"),
    ("a name with a slash", {"a/b": 1}, "/facts/a~1b"),
]


def refusal(client: FlaskClient, body: Any) -> dict[str, Any]:
    response = client.post("/v1/advice", json=body)
    assert response.status_code == 422, response.get_data(as_text=True)[:300]
    assert response.mimetype == "application/problem+json"
    document: dict[str, Any] = response.get_json()
    return document


@pytest.mark.parametrize(("facts", "pointer"), [row[1:] for row in BAD_FACTS], ids=[row[0] for row in BAD_FACTS])
def test_a_fact_that_cannot_be_used_is_placed_and_explained_in_both_languages(
    client: FlaskClient, facts: dict[str, Any], pointer: str
) -> None:
    details = []
    for language in ("zh-CN", "en"):
        document = refusal(client, {"facts": facts, "language": language})
        assert document["code"] == "invalid_situation"
        assert [error["pointer"] for error in document["errors"]] == [pointer]
        details.append(document["errors"][0]["detail"])
    assert len(set(details)) == 2


def test_a_misspelt_fact_gets_a_suggestion(client: FlaskClient) -> None:
    [error] = refusal(client, {"facts": {"days_overdo": 3}, "language": "en"})["errors"]
    assert "days_overdue" in error["suggestion"]


def test_a_misspelt_word_gets_a_suggestion_and_the_words_there_are(client: FlaskClient) -> None:
    [error] = refusal(client, {"facts": {"negotiation": "refusd"}, "language": "en"})["errors"]
    assert "refused" in error["suggestion"]
    assert {"not_started", "waiting", "refused", "agreed"} <= set(error["allowed"])
    assert error["read"]


def test_everything_that_is_wrong_is_said_at_once(client: FlaskClient) -> None:
    facts = {"days_overdo": 3, "negotiation": "refusd", "conduct": ["thread"], "days_overdue": "7"}
    assert len(refusal(client, {"facts": facts})["errors"]) == 4


def test_facts_that_contradict_each_other_are_refused_with_the_reason(client: FlaskClient) -> None:
    document = refusal(client, {"facts": {"agreement_written": True, "negotiation": "not_started"}})
    assert document["errors"][0]["detail"]


BAD_REQUESTS: list[tuple[str, Any, str, str]] = [
    ("no facts", {}, "/facts", "missing"),
    ("facts that are null", {"facts": None}, "/facts", "null"),
    ("facts that are a list", {"facts": []}, "/facts", "not_an_object"),
    ("facts that are text", {"facts": "{}"}, "/facts", "not_an_object"),
    ("a list", [], "", "not_an_object"),
    ("a text", "facts", "", "not_an_object"),
    ("a number", 5, "", "not_an_object"),
    ("an unknown member", {"facts": {}, "fact": {}}, "/fact", "unknown_field"),
    ("an unknown language", {"facts": {}, "language": "fr"}, "/language", "unknown_word"),
    ("a language that is none", {"facts": {}, "language": 1}, "/language", "wrong_type"),
    ("a day that is null", {"facts": {}, "as_of": None}, "/as_of", "null"),
    ("an impossible day", {"facts": {}, "as_of": "2026-02-30"}, "/as_of", "no_such_day"),
    ("no leap year", {"facts": {}, "as_of": "2025-02-29"}, "/as_of", "no_such_day"),
    ("a day without dashes", {"facts": {}, "as_of": "20261124"}, "/as_of", "not_a_date"),
    ("a week", {"facts": {}, "as_of": "2026-W48-2"}, "/as_of", "not_a_date"),
    ("a moment", {"facts": {}, "as_of": "2026-11-24T00:00:00"}, "/as_of", "not_a_date"),
    ("full-width digits", {"facts": {}, "as_of": "２０２６-11-24"}, "/as_of", "not_a_date"),
    ("a day as a number", {"facts": {}, "as_of": 20261124}, "/as_of", "not_a_date"),
    ("the first year", {"facts": {}, "as_of": "0001-01-01"}, "/as_of", "day_out_of_range"),
    ("the last year", {"facts": {}, "as_of": "9999-12-31"}, "/as_of", "day_out_of_range"),
    ("before 2000", {"facts": {}, "as_of": "1999-12-31"}, "/as_of", "day_out_of_range"),
    ("after 2100", {"facts": {}, "as_of": "2101-01-01"}, "/as_of", "day_out_of_range"),
]


@pytest.mark.parametrize(
    ("body", "pointer", "code"), [row[1:] for row in BAD_REQUESTS], ids=[row[0] for row in BAD_REQUESTS]
)
def test_a_request_that_cannot_be_used_is_placed_and_named(
    client: FlaskClient, body: Any, pointer: str, code: str
) -> None:
    document = refusal(client, body)
    assert document["code"] == "invalid_request"
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == [(pointer, code)]
    assert document["errors"][0]["detail"]


@pytest.mark.parametrize("declined", ["product", {"product": 1}, 7, None, ["no_such_fact"], [1], [["product"]]])
def test_declined_facts_are_names_of_facts(client: FlaskClient, declined: Any) -> None:
    errors = refusal(client, {"facts": {}, "declined": declined})["errors"]
    assert errors[0]["pointer"].startswith("/declined")


def test_null_is_no_request(client: FlaskClient) -> None:
    response = client.post("/v1/advice", data=b"null", content_type="application/json")
    assert [error["code"] for error in response.get_json()["errors"]] == ["not_an_object"]


def test_a_misspelt_member_gets_a_suggestion(client: FlaskClient) -> None:
    [error] = refusal(client, {"facts": {}, "langauge": "en"})["errors"]
    assert "language" in error["suggestion"]


def test_a_body_full_of_mistakes_gets_a_short_answer(client: FlaskClient) -> None:
    facts = {f"{'x' * 1000}{number}": number for number in range(2000)}
    response = client.post("/v1/advice", json={"facts": facts})
    assert response.status_code == 422
    assert len(response.get_data()) < 100_000


HUGE: list[tuple[str, bytes]] = [
    ("a million NaN", b'{"facts": [' + b"NaN," * 1_000_000 + b"NaN]}"),
    ("every key twice", b'{"facts": {' + b'"a": 1, ' * 400_000 + b'"a": 1}}'),
    ("names nobody knows", json.dumps({"facts": {f"days_overd{number}": 1 for number in range(150_000)}}).encode()),
    ("members nobody knows", json.dumps({f"fact{number}": 1 for number in range(200_000)}).encode()),
    ("words nobody knows", json.dumps({"facts": {"conduct": [f"threa{n}" for n in range(200_000)]}}).encode()),
    ("a long name", b'{"facts": {"' + b"a" * 4_000_000 + b'": 1}}'),
    ("a long language", b'{"facts": {}, "language": "' + b"a" * 4_000_000 + b'"}'),
]


@pytest.mark.parametrize("body", [row[1] for row in HUGE], ids=[row[0] for row in HUGE])
def test_nonsense_of_the_largest_size_is_refused_briefly_and_soon(client: FlaskClient, body: bytes) -> None:
    began = process_time()
    response = client.post("/v1/advice", data=body, content_type="application/json")
    assert response.status_code in (400, 422)
    assert len(response.get_data()) < 100_000
    assert process_time() - began < 5


def test_unreadable_bodies_are_400_with_all_places(client: FlaskClient) -> None:
    body = b'{"facts": {"days_overdue": 1, "days_overdue": NaN}}'
    response = client.post("/v1/advice", data=body, content_type="application/json")
    document = response.get_json()
    assert (response.status_code, document["code"]) == (400, "unreadable_json")
    assert [(error["code"], error["pointer"]) for error in document["errors"]] == [
        ("duplicate_key", "/facts/days_overdue"),
        ("not_a_json_number", "/facts/days_overdue"),
    ]
