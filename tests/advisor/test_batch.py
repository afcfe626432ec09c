"""`POST /v1/advice/batch`: many situations, each with its own answer or its own problem."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient


def batch(client: FlaskClient, *situations: Any, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/advice/batch", json={"situations": situations, **body})
    assert response.status_code == 200, response.get_data(as_text=True)[:300]
    answer: dict[str, Any] = response.get_json()
    return answer


def test_each_situation_is_answered_as_it_would_be_alone(client: FlaskClient) -> None:
    asked = [{"facts": {"days_overdue": 3}}, {"facts": {"safety_state": "in_danger"}, "language": "en"}]
    alone = [client.post("/v1/advice", json=situation).get_json() for situation in asked]
    assert [item["answer"] for item in batch(client, *asked)["items"]] == alone


def test_a_mistake_in_one_situation_costs_only_its_own_answer(client: FlaskClient) -> None:
    answer = batch(client, {"facts": {}}, {"facts": {"days_overdue": -1}}, {"facts": {}})
    assert (answer["answered"], answer["refused"]) == (2, 1)
    assert [item["index"] for item in answer["items"]] == [0, 1, 2]
    assert "answer" not in answer["items"][1]


def test_the_pointer_of_a_problem_leads_into_the_batch(client: FlaskClient) -> None:
    situations = [{"facts": {}}] * 17 + [{"facts": {"days_overdo": 3}, "as_of": "2026-02-30"}, 18, None]
    items = batch(client, *situations)["items"]
    assert [error["pointer"] for error in items[17]["problem"]["errors"]] == ["/situations/17/as_of"]
    assert [error["pointer"] for error in items[18]["problem"]["errors"]] == ["/situations/18"]
    assert [error["code"] for error in items[19]["problem"]["errors"]] == ["not_an_object"]


def test_facts_of_a_situation_are_placed_too(client: FlaskClient) -> None:
    [item] = batch(client, {"facts": {"days_overdo": 3}})["items"]
    assert [error["pointer"] for error in item["problem"]["errors"]] == ["/situations/0/facts/days_overdo"]


def test_day_and_language_of_the_batch_hold_unless_a_situation_says_its_own(client: FlaskClient) -> None:
    situations = [{"facts": {}}, {"facts": {}, "as_of": "2026-12-31", "language": "zh-CN"}]
    first, second = (item["answer"] for item in batch(client, *situations, as_of="2026-12-01", language="en")["items"])
    assert (first["receipt"]["as_of"], second["receipt"]["as_of"]) == ("2026-12-01", "2026-12-31")
    assert "not legal advice" in first["disclaimer"]
    assert second["disclaimer"].startswith("这是一般信息")


def test_a_problem_is_said_in_the_language_of_its_situation(client: FlaskClient) -> None:
    problems = [item["problem"] for item in batch(client, {"language": "en"}, {}, language="zh-CN")["items"]]
    assert [problem["errors"][0]["detail"] for problem in problems] == ["This is missing.", "缺少这一项。"]


def test_a_thousand_situations_are_taken_and_one_more_is_not(client: FlaskClient) -> None:
    assert batch(client, *[{"facts": 1}] * 1000)["refused"] == 1000
    response = client.post("/v1/advice/batch", json={"situations": [{"facts": {}}] * 1001})
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["pointer"] == "/situations"


def test_a_batch_full_of_mistakes_is_given_up_on(client: FlaskClient) -> None:
    mistakes = {f"days_overdo_{number}": 1 for number in range(60)}
    answer = batch(client, *[{"facts": mistakes}] * 100)
    assert answer["refused"] == 100
    codes = [item["problem"]["errors"][0]["code"] for item in answer["items"]]
    assert (codes[0], codes[-1]) == ("unknown_fact", "not_read")


def test_an_empty_batch_is_refused(client: FlaskClient) -> None:
    response = client.post("/v1/advice/batch", json={"situations": []})
    assert [error["code"] for error in response.get_json()["errors"]] == ["too_few"]


def test_a_batch_is_answered_by_one_release(client: FlaskClient) -> None:
    items = batch(client, *[{"facts": {}}] * 5)["items"]
    assert len({item["answer"]["receipt"]["release"] for item in items}) == 1
