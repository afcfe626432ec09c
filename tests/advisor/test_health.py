"""`/healthz`, `/readyz`, `/metrics`: what an operator looks at."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from services.advisor.parts import NAME, Parts
from services.advisor.readiness import Component, Work
from services.rulebook.release import Release


def test_the_process_answers(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_the_release_in_force_is_a_component(client: FlaskClient) -> None:
    names = [component["name"] for component in client.get("/readyz").get_json()["components"]]
    assert "release" in names


def test_follow_ups_may_be_degraded_while_advice_goes_on(own_app: Flask) -> None:
    parts: Parts = own_app.extensions[NAME]
    parts.probes[:] = [
        lambda: Component("release", True, Work.ADVICE),
        lambda: Component("redis", False, Work.FOLLOW_UPS, "does not answer"),
    ]
    client = own_app.test_client()
    response = client.get("/readyz")
    body = response.get_json()
    assert response.status_code == 503
    assert (body["status"], body["advice"], body["follow_ups"]) == ("degraded", "ok", "degraded")
    assert client.get("/readyz/advice").status_code == 200
    assert client.post("/v1/advice", json={"facts": {}}).status_code == 200


def test_without_what_advice_needs_the_service_is_unavailable(own_app: Flask) -> None:
    parts: Parts = own_app.extensions[NAME]
    parts.probes[:] = [lambda: Component("database", False, Work.ADVICE)]
    response = own_app.test_client().get("/readyz")
    assert (response.status_code, response.get_json()["status"]) == (503, "unavailable")


def test_requests_situations_and_the_release_are_counted(own_app: Flask, release: Release) -> None:
    client = own_app.test_client()
    client.post("/v1/advice", json={"facts": {}})
    client.post("/v1/advice", json={"facts": {"days_overdue": -1}})
    client.get("/made/up/address")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'ashore_http_requests_total{route="/v1/advice",status="200"} 1.0' in text
    assert 'ashore_situations_total{outcome="refused"} 1.0' in text
    assert "ashore_engine_disagreements_total 0.0" in text
    assert f'ashore_release_rules{{release="{release.fingerprint}"}}' in text
    assert "made" not in text
