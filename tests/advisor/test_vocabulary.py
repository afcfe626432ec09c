"""`GET /v1/facts`, `/v1/actions`, `/v1/rules`: what forms and clients need to know, and whether it changed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from services.rulebook.model import Rulebook

LISTS = ("facts", "actions", "rules")


@pytest.mark.parametrize("name", LISTS)
def test_lists_hold_everything_that_is_in_force(client: FlaskClient, rulebook: Rulebook, name: str) -> None:
    answer = client.get(f"/v1/{name}").get_json()
    assert len(answer["items"]) == len(getattr(rulebook, name))
    assert answer["release"] == rulebook.fingerprint
    assert answer["next_cursor"] is None


def test_a_fact_says_what_it_may_hold(client: FlaskClient) -> None:
    facts = {fact["id"]: fact for fact in client.get("/v1/facts?language=en").get_json()["items"]}
    assert facts["days_overdue"]["kind"] == "whole"
    assert (facts["days_overdue"]["minimum"], facts["days_overdue"]["maximum"]) == (0, 3650)
    assert "in_danger" in [choice["value"] for choice in facts["safety_state"]["choices"]]
    assert [choice["value"] for choice in facts["agreement_written"]["choices"]] == [True, False]


def test_a_rule_shows_conditions_grounds_and_dates(client: FlaskClient, rulebook: Rulebook) -> None:
    rule = next(rule for rule in rulebook.rules if rule.when)
    shown = client.get(f"/v1/rules/{rule.id}?language=en").get_json()
    assert shown["title"] == rule.title.en
    assert [condition["fact"] for condition in shown["when"]] == [condition.fact for condition in rule.when]
    assert all(condition["says"] for condition in shown["when"])
    assert shown["sources"]
    assert shown["valid"]["from"] == rule.valid_from.isoformat()


def test_every_rule_can_be_shown_in_both_languages(client: FlaskClient, rulebook: Rulebook) -> None:
    for rule in rulebook.rules:
        for language in ("zh-CN", "en"):
            assert client.get(f"/v1/rules/{rule.id}?language={language}").status_code == 200


def test_an_unknown_rule_is_404_with_a_suggestion(client: FlaskClient, rulebook: Rulebook) -> None:
    known = rulebook.rules[0].id
    response = client.get(f"/v1/rules/{known[:-1]}?language=en")
    assert response.status_code == 404
    assert known in response.get_json()["errors"][0]["suggestion"]


@pytest.mark.parametrize("path", ["/v1/facts", "/v1/actions", "/v1/rules", "/openapi.json"])
def test_who_has_it_already_gets_304(client: FlaskClient, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    response = client.get(path, headers={"If-None-Match": tag})
    assert (response.status_code, response.get_data()) == (304, b"")
    assert response.headers["ETag"] == tag


def test_each_language_has_its_own_tag(client: FlaskClient) -> None:
    tags = {client.get(f"/v1/facts?language={language}").headers["ETag"] for language in ("zh-CN", "en")}
    assert len(tags) == 2
