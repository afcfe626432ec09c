"""An operator sees whether follow-ups go out, and advice does not depend on it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from services.advisor.follow_up_watch import outbox_component, redis_component, sweeper_component
from services.advisor.parts import NAME, Parts
from services.casebook.heartbeats import Beat, beat
from services.casebook.outbox_health import OutboxHealth
from tests.servers import free_port


def health(since_sweep: float | None, oldest: float = 0) -> OutboxHealth:
    since = None if since_sweep is None else timedelta(seconds=since_sweep)
    return OutboxHealth(timedelta(seconds=oldest), since, {}, 0)


def test_redis_that_answers_is_there(redis_url: str) -> None:
    assert redis_component(redis_url).is_ok


def test_redis_that_does_not_answer_is_missed_at_once() -> None:
    assert not redis_component(f"redis://127.0.0.1:{free_port()}/0").is_ok
    assert redis_component(None).detail == "REDIS_URL is not set"


def test_a_sweeper_that_left_no_sign_for_half_a_minute_is_missed() -> None:
    assert sweeper_component(health(5)).is_ok
    assert not sweeper_component(health(31)).is_ok
    assert not sweeper_component(health(None)).is_ok


def test_a_message_that_waits_for_a_quarter_of_an_hour_is_an_alarm() -> None:
    assert outbox_component(health(1, oldest=60)).is_ok
    assert not outbox_component(health(1, oldest=1000)).is_ok


def test_without_redis_and_sweeper_follow_ups_are_degraded_and_advice_goes_on(own_app: Flask) -> None:
    client = own_app.test_client()
    body = client.get("/readyz").get_json()
    assert (body["advice"], body["follow_ups"]) == ("ok", "degraded")
    assert client.post("/v1/advice", json={"facts": {}}).status_code == 200


def test_the_outbox_is_measured(own_app: Flask) -> None:
    parts: Parts = own_app.extensions[NAME]
    parts.database.upgrade()
    with parts.database.write() as session:
        beat(session, Beat.SWEEPER, "sweeper:one", parts.clock())
    text = own_app.test_client().get("/metrics").get_data(as_text=True)
    assert "ashore_last_sweep_seconds 0.0" in text
    assert "ashore_oldest_due_message_seconds 0.0" in text
    assert 'ashore_messages{state="failed"}' in text
