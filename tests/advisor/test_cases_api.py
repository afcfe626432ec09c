"""`/v1/cases` over HTTP, on SQLite and on PostgreSQL: opened, told, answered, exported, erased, and refused plainly."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from typing import Any

import psycopg
import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from services.advisor.app import create_app
from services.advisor.parts import NAME
from services.advisor.schemas.advice_answer import AdviceSchema
from services.advisor.schemas.case_answer import (
    CaseSchema,
    ChannelSchema,
    ErasureReceiptSchema,
    EventsPageSchema,
    FollowUpsPageSchema,
    OpenedSchema,
    RecordedSchema,
)
from services.casebook.access import add_organisation
from services.casebook.channels import code_of
from services.casebook.database import Database, open_database
from services.casebook.settings import Settings
from services.casebook.silence import call_counsellor
from services.casebook.tables import CaseRow, ChannelRow, ErasureRow, EventRow, FollowUpRow, ReleaseRow, Table

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
FACTS = {
    "product": "jiebei",
    "days_overdue": 12,
    "ability_to_pay": "partial",
    "negotiation": "not_started",
    "safety_state": "ok",
}
NEW = {
    "facts": FACTS,
    "consent": {"store_case": True},
    "language": "en",
    "time_zone": "Asia/Shanghai",
    "retention_days": 365,
}
_numbers = count(1)


@dataclass
class World:
    """The advisor over one database, with a clock that a test may move."""

    app: Flask
    now: datetime = NOON
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions[NAME].database
        return database

    def post(self, path: str, body: object, *, token: str = "", key: str | None = None, **headers: str) -> TestResponse:
        sent = {"Idempotency-Key": key or f"a-new-key-for-request-{next(_numbers)}", **headers}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        return self.app.test_client().post(path, json=body, headers=sent)

    def get(self, path: str, token: str = "", **headers: str) -> TestResponse:
        sent = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.app.test_client().get(path, headers=sent)

    def delete(self, path: str, token: str = "", **headers: str) -> TestResponse:
        sent = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.app.test_client().delete(path, headers=sent)

    def open(self, **more: Any) -> Case:
        opened = self.post("/v1/cases", {**NEW, **more})
        assert opened.status_code == 201, opened.text
        return Case(self, opened.json["id"], opened.json["token"], opened.json)


@dataclass(frozen=True)
class Case:
    """A case as its owner sees it."""

    world: World
    id: str
    token: str
    opened: dict[str, Any]

    def get(self, path: str = "", **headers: str) -> TestResponse:
        return self.world.get(f"/v1/cases/{self.id}{path}", self.token, **headers)

    def post(self, path: str, body: object, key: str | None = None, **headers: str) -> TestResponse:
        return self.world.post(f"/v1/cases/{self.id}{path}", body, token=self.token, key=key, **headers)

    def tell(self, event: str, **data: object) -> TestResponse:
        return self.post("/events", {"type": event, "data": data})

    def erase(self, **headers: str) -> TestResponse:
        return self.world.delete(f"/v1/cases/{self.id}", self.token, **headers)


@pytest.fixture(scope="module")
def sqlite_world(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[World]:
    """For what is refused before a database is asked: SQLite is enough."""
    yield from started(settings, f"sqlite:///{tmp_path_factory.mktemp('cases') / 'ashore.db'}")


@pytest.fixture(scope="module")
def postgresql_world(postgresql_server: str, settings: Settings) -> Iterator[World]:
    with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE cases_api_tests")
    yield from started(settings, f"{postgresql_server}/cases_api_tests".replace("postgresql:", "postgresql+psycopg:"))


def started(settings: Settings, url: str) -> Iterator[World]:
    world = World(Flask("not yet"))
    world.app = create_app(replace(settings, database_url=url), clock=lambda: world.now, log_to=StringIO())
    yield world
    world.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest) -> World:
    world: World = request.getfixturevalue(f"{request.param}_world")
    return world


@pytest.fixture
def world(running: World) -> World:
    running.now = NOON
    return running


@pytest.fixture
def case(world: World) -> Case:
    return world.open()


@pytest.fixture
def some_case(sqlite_world: World) -> Case:
    sqlite_world.now = NOON
    return sqlite_world.open()


def rows_about(database: Database, case_id: str) -> dict[str, int]:
    """How many rows of each table hold the case."""
    with database.read() as session:
        found = {"case": session.scalar(select(func.count()).where(CaseRow.id == case_id)) or 0}
        for table in Table.metadata.sorted_tables:
            if "case_id" in table.columns:
                query = select(func.count()).select_from(table).where(table.c.case_id == case_id)
                found[str(table.name)] = session.scalar(query) or 0
    return found


# Opening


def test_a_case_is_opened_with_its_plan_and_its_follow_ups(world: World) -> None:
    opened = world.post("/v1/cases", NEW)
    assert opened.status_code == 201
    assert OpenedSchema().validate(opened.json) == {}
    assert opened.headers["Location"] == f"/v1/cases/{opened.json['id']}"
    assert opened.json["plan"]["steps"][0]["action"] == "contact_lender"
    assert opened.json["follow_ups"]["created"]


def test_the_token_is_shown_once_and_only_its_hash_is_kept(world: World) -> None:
    case = world.open()
    with world.database.read() as session:
        kept = session.get_one(CaseRow, case.id)
    assert case.token not in str(vars(kept))
    assert len(kept.token_hash) == 64
    assert "token" not in case.get().json


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"consent": {"store_case": False}}, 422, "/consent/store_case"),
        ({"consent": {}}, 422, "/consent/store_case"),
        ({"consent": {"store_case": "yes"}}, 422, "/consent/store_case"),
        ({"consent": {"store_case": 1}}, 422, "/consent/store_case"),
        ({"consent": None}, 422, "/consent"),
        ({"facts": None}, 422, "/facts"),
        ({"facts": {"days_overdu": 3}}, 422, "/facts/days_overdu"),
        ({"facts": {"days_overdue": "3"}}, 422, "/facts/days_overdue"),
        ({"time_zone": "Asia/Shanghia"}, 422, "/time_zone"),
        ({"time_zone": "../etc/passwd"}, 422, "/time_zone"),
        ({"retention_days": 0}, 422, "/retention_days"),
        ({"retention_days": 10**30}, 422, "/retention_days"),
        ({"retention_days": "365"}, 422, "/retention_days"),
        ({"retention_days": True}, 422, "/retention_days"),
        ({"language": "fr"}, 422, "/language"),
        ({"langauge": "en"}, 422, "/langauge"),
    ],
)
def test_a_case_that_cannot_be_opened_is_refused_with_its_place(
    sqlite_world: World, change: dict[str, object], status: int, pointer: str
) -> None:
    refused = sqlite_world.post("/v1/cases", {**NEW, **change})
    assert refused.status_code == status
    assert refused.mimetype == "application/problem+json"
    assert pointer in [error["pointer"] for error in refused.json["errors"]]


def test_without_consent_nothing_is_stored(world: World) -> None:
    with world.database.read() as session:
        before = session.scalar(select(func.count()).select_from(CaseRow))
    world.post("/v1/cases", {**NEW, "consent": {"store_case": False}})
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(CaseRow)) == before


def test_a_case_may_say_next_to_nothing(world: World) -> None:
    opened = world.post("/v1/cases", {"facts": {}, "consent": {"store_case": True}})
    assert opened.status_code == 201
    assert opened.json["plan"]["next_question"] is not None
    assert opened.json["follow_ups"]["created"]


# Who may see it


def test_without_a_token_the_answer_is_401(case: Case) -> None:
    refused = case.world.get(f"/v1/cases/{case.id}")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["", "/plan", "/follow-ups", "/events", "/export", "/calendar.ics", "/channels"])
def test_a_foreign_case_answers_like_one_that_never_was(case: Case, path: str) -> None:
    other = case.world.open()
    foreign = case.world.get(f"/v1/cases/{case.id}{path}", other.token)
    never = case.world.get(f"/v1/cases/case_neverwas{path}", other.token)
    assert (foreign.status_code, foreign.json) == (404, never.json)


@pytest.mark.parametrize("case_id", ["case_", "x", "case_%00", "case_ABC", "case_" + "a" * 500, "%F0%9F%98%80"])
def test_odd_ids_are_cases_that_never_were(world: World, case_id: str) -> None:
    assert world.get(f"/v1/cases/{case_id}", "a-token").status_code == 404


def test_the_retrieval_code_gives_a_new_token_and_ends_the_old_one(case: Case) -> None:
    code = case.opened["retrieval_code"].lower().replace("-", " ")
    found = case.world.post("/v1/cases/retrieve", {"retrieval_code": code})
    assert found.status_code == 200
    assert found.json["id"] == case.id
    assert case.get().status_code == 404
    assert case.world.get(f"/v1/cases/{case.id}", found.json["token"]).status_code == 200


def test_a_wrong_retrieval_code_finds_nothing(world: World) -> None:
    refused = world.post("/v1/cases/retrieve", {"retrieval_code": "22222-22222-22222-22222"})
    assert (refused.status_code, refused.json["code"]) == (404, "code_not_found")


def test_an_organisation_opens_and_lists_its_own_cases(world: World) -> None:
    with world.database.write() as session:
        _, key = add_organisation(session, "Counsellors", NOON)
    ids = [world.post("/v1/cases", NEW, token=key).json["id"] for _ in range(3)]
    world.open()
    first = world.get("/v1/cases?limit=2", key).json
    second = world.get(f"/v1/cases?limit=2&cursor={first['next_cursor']}", key).json
    assert sorted(item["id"] for item in first["items"] + second["items"]) == sorted(ids)
    assert second["next_cursor"] is None
    assert world.get(f"/v1/cases/{ids[0]}", key).status_code == 200


def test_an_odd_cursor_is_no_place_in_a_list(world: World) -> None:
    key = key_for(world, "Counsellors")
    odd = base64.urlsafe_b64encode(json.dumps(["2026-11-24T04:00:00+00:00", "a\0b"]).encode()).decode()
    assert world.get(f"/v1/cases?cursor={odd}", key).status_code == 422


def test_an_unknown_organisation_key_opens_nothing(world: World) -> None:
    assert world.post("/v1/cases", NEW, token="ash_org_unknown").status_code == 401
    assert world.get("/v1/cases", "ash_org_unknown").status_code == 403


def test_what_a_counsellor_tells_is_marked_so(world: World) -> None:
    with world.database.write() as session:
        _, key = add_organisation(session, "Counsellors", NOON)
    case_id = world.post("/v1/cases", NEW, token=key).json["id"]
    told = world.post(f"/v1/cases/{case_id}/events", {"type": "offer.sent"}, token=key)
    assert told.json["event"]["source"] == "counsellor"


# Events


def test_an_event_says_what_it_changed_and_because_of_what(case: Case) -> None:
    told = case.post("/events", {"type": "offer.refused"})
    assert told.status_code == 201
    assert RecordedSchema().validate(told.json) == {}
    effects = told.json["effects"]
    assert effects["facts_changed"] == {"negotiation": {"from": "not_started", "to": "refused"}}
    assert "apply_mediation" in [step["action"] for step in effects["plan"]["added"]]
    assert "contact_lender" in [step["action"] for step in effects["plan"]["removed"]]
    assert effects["follow_ups"]["created"]
    assert effects["follow_ups"]["cancelled"]
    assert effects["because"] == "The offer was refused (how far talks have come)"


def test_a_step_that_becomes_more_urgent_has_moved(world: World) -> None:
    case = world.open(facts={**FACTS, "negotiation": "waiting", "days_waiting": 5})
    case_now = case.tell("offer.sent").json["effects"]["plan"]
    assert "wait_for_reply" in [step["action"] for step in case_now["added"]]
    later = world.open(facts={**FACTS, "legal_doc": "payment_order", "days_since_doc": 3, "legal_doc_verified": True})
    moved = later.post("/events", {"type": "facts.corrected", "data": {"facts": {"days_since_doc": 9}}}).json
    step = next(
        step for step in moved["effects"]["plan"]["moved"] if step["action"] == "object_or_settle_payment_order"
    )
    assert (step["from"]["due"], step["due"]) == ("2026-12-06", "2026-11-30")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"type": "offer.refusd"}, "/type", "unknown_event"),
        ({"type": "offer.refused", "data": {"amout_fen": 1}}, "/data/amout_fen", "unknown_field"),
        ({"type": "offer.sent", "data": {"amount_fen": "1"}}, "/data/amount_fen", "wrong_type"),
        ({"type": "offer.sent", "data": {"amount_fen": 1.5}}, "/data/amount_fen", "wrong_type"),
        ({"type": "offer.sent", "data": {"amount_fen": True}}, "/data/amount_fen", "wrong_type"),
        ({"type": "court_paper.received"}, "/data/legal_doc", "missing"),
        ({"type": "court_paper.received", "data": {"kind": "letter"}}, "/data/kind", None),
        ({"type": "safety.changed", "data": {"safety_state": "sad"}}, "/data/safety_state", None),
        ({"type": "answer.given", "data": {"fact": "days_overdu", "value": 1}}, "/data/fact", "unknown_fact"),
        ({"type": "answer.given", "data": {"fact": "days_overdue", "value": "1"}}, "/data/value", None),
        ({"type": "facts.corrected", "data": {"facts": [1]}}, "/data/facts", "not_an_object"),
        ({"type": "facts.corrected", "data": {"facts": {"days_overdue": -1}}}, "/data/facts/days_overdue", None),
        ({"type": "payment.made", "data": {"next_instalment_on": "2026-02-30"}}, "/data/next_instalment_on", None),
        ({"type": "offer.refused", "data": {"reason": "a\x00b"}}, "/data/reason", "wrong_type"),
        ({"type": "offer.refused", "occurred_at": "2026-11-24T13:00:00+08:00"}, "/occurred_at", "in_the_future"),
        ({"type": "offer.refused", "occurred_at": "2026-11-24"}, "/occurred_at", "not_a_moment"),
        ({"type": "offer.refused", "occurred_at": "2026-11-24T10:00:00"}, "/occurred_at", "not_a_moment"),
        ({"type": "offer.refused", "occurred_at": "0001-01-01T00:00:00+23:00"}, "/occurred_at", None),
        ({"type": "offer.refused", "occurred_at": "1999-01-01T00:00:00Z"}, "/occurred_at", "too_long_ago"),
        ({"type": 7}, "/type", "wrong_type"),
        ({"type": "offer.refused", "data": []}, "/data", "wrong_type"),
        ({"typ": "offer.refused"}, "/typ", "unknown_field"),
    ],
)
def test_an_event_that_cannot_be_is_refused_with_its_place(
    some_case: Case, body: dict[str, object], pointer: str, code: str | None
) -> None:
    refused = some_case.post("/events", body)
    assert refused.status_code == 422
    found = {error["pointer"]: error["code"] for error in refused.json["errors"]}
    assert pointer in found
    assert code is None or found[pointer] == code
    assert len(some_case.get("/events").json["items"]) == 1


def test_an_unknown_event_comes_with_a_suggestion(case: Case) -> None:
    error = case.post("/events", {"type": "offer.refusd"}).json["errors"][0]
    assert "offer.refused" in error["suggestion"]
    assert "offer.refused" in error["allowed"]


def test_an_event_that_contradicts_what_is_known_is_refused(case: Case) -> None:
    refused = case.tell("facts.corrected", facts={"agreement_written": True, "negotiation": "not_started"})
    assert refused.status_code == 422
    assert case.get().json["version"] == 1


def test_the_same_event_twice_happens_once(case: Case) -> None:
    first = case.post("/events", {"type": "call.missed"}, key="the-same-key-both-times")
    second = case.post("/events", {"type": "call.missed"}, key="the-same-key-both-times")
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert [item["type"] for item in case.get("/events").json["items"]] == ["case.opened", "call.missed"]


def test_the_same_key_with_another_body_is_refused(case: Case) -> None:
    case.post("/events", {"type": "call.missed"}, key="the-same-key-both-times")
    refused = case.post("/events", {"type": "offer.sent"}, key="the-same-key-both-times")
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_reused")


def test_without_an_idempotency_key_nothing_happens(case: Case) -> None:
    refused = case.world.app.test_client().post(
        f"/v1/cases/{case.id}/events", json={"type": "call.missed"}, headers={"Authorization": f"Bearer {case.token}"}
    )
    assert (refused.status_code, refused.json["code"]) == (400, "idempotency_key_missing")
    assert len(case.get("/events").json["items"]) == 1


def test_a_refused_request_may_be_mended_under_the_same_key(case: Case) -> None:
    assert case.post("/events", {"type": "offer.refusd"}, key="mended-under-this-key").status_code == 422
    assert case.post("/events", {"type": "offer.refused"}, key="mended-under-this-key").status_code == 201


def test_opening_twice_with_one_key_gives_one_case_and_the_same_token(world: World) -> None:
    first = world.post("/v1/cases", NEW, key="one-key-for-one-case")
    second = world.post("/v1/cases", NEW, key="one-key-for-one-case")
    assert first.data == second.data


def test_a_case_that_changed_meanwhile_is_not_overwritten(case: Case) -> None:
    known = case.get().headers["ETag"]
    assert case.post("/events", {"type": "call.missed"}, **{"If-Match": known}).status_code == 201
    refused = case.post("/events", {"type": "offer.sent"}, **{"If-Match": known})
    assert (refused.status_code, refused.json["code"]) == (412, "changed_meanwhile")


def test_the_days_overdue_grow_by_themselves(case: Case) -> None:
    case.world.now = NOON + timedelta(days=19)
    assert case.get().json["facts"]["days_overdue"] == 31
    assert case.get("/plan").json["receipt"]["as_of"] == "2026-12-13"


# Reading


def test_a_case_reads_as_documented(case: Case) -> None:
    assert CaseSchema().validate(case.get().json) == {}
    assert AdviceSchema().validate(case.get("/plan").json) == {}
    assert EventsPageSchema().validate(case.get("/events").json) == {}
    assert FollowUpsPageSchema().validate(case.get("/follow-ups").json) == {}


def test_the_plan_is_what_advice_would_be(case: Case) -> None:
    asked = {"facts": case.get().json["facts"], "as_of": "2026-11-24", "language": "en"}
    assert case.get("/plan").json == case.world.app.test_client().post("/v1/advice", json=asked).json


@pytest.mark.parametrize("path", ["", "/plan"])
def test_a_client_that_has_the_newest_version_is_told_so(case: Case, path: str) -> None:
    etag = case.get(path).headers["ETag"]
    assert case.get(path, **{"If-None-Match": etag}).status_code == 304
    case.tell("offer.refused")
    assert case.get(path, **{"If-None-Match": etag}).status_code == 200


def test_follow_ups_come_in_pages_by_the_day_they_are_due(case: Case) -> None:
    every = case.get("/follow-ups").json["items"]
    seen: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = case.get(f"/follow-ups?limit=3{cursor}").json
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == every
    assert [item["due_at"] for item in every] == sorted(item["due_at"] for item in every)


def test_follow_ups_can_be_asked_for_by_state(case: Case) -> None:
    case.tell("offer.refused")
    states = {item["state"] for item in case.get("/follow-ups?state=cancelled").json["items"]}
    assert states == {"cancelled"}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1000", "limit=x", "cursor=%3F%3F", "cursor=e30", "state=gone", "x=1"]
)
def test_a_page_that_cannot_be_asked_for_is_refused(some_case: Case, query: str) -> None:
    refused = some_case.get(f"/follow-ups?{query}")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"].startswith("?")


def test_the_calendar_holds_the_dated_steps_under_names_that_stay(case: Case) -> None:
    first, second = (Calendar.from_ical(case.get("/calendar.ics").data) for _ in range(2))
    uids = [str(event["UID"]) for event in first.walk("VEVENT")]
    assert len(uids) == len(set(uids)) > 3
    assert uids == [str(event["UID"]) for event in second.walk("VEVENT")]


# Answers to follow-ups


def test_an_answer_runs_the_rules_again(case: Case) -> None:
    asked = next(item for item in case.opened["follow_ups"]["created"] if item["ask"] == "negotiation")
    answered = case.post(f"/follow-ups/{asked['id']}/answer", {"value": "refused"})
    assert answered.status_code == 201
    assert answered.json["event"]["type"] == "answer.given"
    assert "apply_mediation" in [step["action"] for step in answered.json["effects"]["plan"]["added"]]
    row = next(item for item in case.get("/follow-ups").json["items"] if item["id"] == asked["id"])
    assert row["answered_at"] is not None


def test_not_knowing_is_an_answer(case: Case) -> None:
    asked = next(item for item in case.opened["follow_ups"]["created"] if item["ask"] == "negotiation")
    answered = case.post(f"/follow-ups/{asked['id']}/answer", {"value": None})
    assert answered.status_code == 201
    assert "negotiation" in case.get().json["declined"]


def test_a_cancelled_question_cannot_be_answered(case: Case) -> None:
    cancelled = case.tell("offer.refused").json["effects"]["follow_ups"]["cancelled"][0]
    refused = case.post(f"/follow-ups/{cancelled['id']}/answer", {"value": "waiting"})
    assert (refused.status_code, refused.json["code"]) == (409, "follow_up_cancelled")


def test_a_wrong_answer_is_refused_with_what_may_be_said(case: Case) -> None:
    asked = next(item for item in case.opened["follow_ups"]["created"] if item["ask"] == "negotiation")
    refused = case.post(f"/follow-ups/{asked['id']}/answer", {"value": "perhaps"})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/value"


@pytest.mark.parametrize("follow_up_id", ["0", "99999999999999999999", "x", "-1", "１"])
def test_a_follow_up_that_is_not_there_is_not_found(case: Case, follow_up_id: str) -> None:
    assert case.post(f"/follow-ups/{follow_up_id}/answer", {"value": "waiting"}).status_code == 404


def test_a_foreign_follow_up_is_not_found(case: Case) -> None:
    other = case.world.open().opened["follow_ups"]["created"][0]
    assert case.post(f"/follow-ups/{other['id']}/answer", {"value": "waiting"}).status_code == 404


def test_help_that_is_no_longer_wanted_ends_the_case(case: Case) -> None:
    last = next(item for item in case.opened["follow_ups"]["created"] if item["kind"] == "smaller_try")
    assert case.post(f"/follow-ups/{last['id']}/answer", {"value": "no"}).status_code == 422
    ended = case.post(f"/follow-ups/{last['id']}/answer", {"value": False})
    assert ended.json["state"] == "settled"
    assert case.get("/follow-ups?state=scheduled").json["items"] == []


# Stop, snooze, resume


def test_messages_can_be_stopped_and_resumed(case: Case) -> None:
    assert case.post("/stop", {}).json["state"] == "stopped"
    assert case.get("/follow-ups?state=scheduled").json["items"] == []
    assert case.post("/resume", {}).json["state"] == "open"
    assert case.get("/follow-ups?state=scheduled").json["items"]


def test_messages_can_be_put_off(case: Case) -> None:
    put_off = case.post("/snooze", {"until": "2026-12-01T09:00:00+08:00"})
    assert put_off.status_code == 200
    assert case.get().json["snoozed_until"] == "2026-12-01T01:00:00Z"


@pytest.mark.parametrize("until", ["2026-11-01T09:00:00+08:00", "2029-01-01T09:00:00+08:00"])
def test_messages_cannot_be_put_off_to_any_day(some_case: Case, until: str) -> None:
    assert some_case.post("/snooze", {"until": until}).status_code == 422


# Channels


def test_a_channel_waits_for_its_code_and_the_code_is_promised(case: Case) -> None:
    added = case.post("/channels", {"kind": "email", "address": {"address": "xiao@example.org"}})
    assert added.status_code == 201
    assert ChannelSchema().validate(added.json) == {}
    assert added.json["state"] == "pending"
    assert added.json["address"] == {"address": "x…@example.org"}
    rows = [item for item in case.get("/follow-ups").json["items"] if item["kind"] == "verification"]
    assert len(rows) == 1


def code_for(case: Case, channel_id: str) -> str:
    with case.world.database.read() as session:
        channel = session.get_one(ChannelRow, int(channel_id))
        return code_of(channel, case.world.app.extensions[NAME].settings.secret_key)


def test_the_code_proves_the_channel(case: Case) -> None:
    channel = case.post("/channels", {"kind": "email", "address": {"address": "xiao@example.org"}}).json
    verified = case.post(f"/channels/{channel['id']}/verify", {"code": code_for(case, channel["id"])})
    assert (verified.status_code, verified.json["state"]) == (200, "verified")


def test_five_wrong_codes_are_enough(case: Case) -> None:
    channel = case.post("/channels", {"kind": "email", "address": {"address": "xiao@example.org"}}).json
    right = code_for(case, channel["id"])
    wrong = f"{(int(right) + 1) % 10**6:06}"
    answers = [case.post(f"/channels/{channel['id']}/verify", {"code": wrong}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [409]
    assert case.post(f"/channels/{channel['id']}/verify", {"code": right}).status_code == 409


def test_a_code_is_good_for_a_day(case: Case) -> None:
    channel = case.post("/channels", {"kind": "email", "address": {"address": "xiao@example.org"}}).json
    case.world.now = NOON + timedelta(hours=25)
    refused = case.post(f"/channels/{channel['id']}/verify", {"code": code_for(case, channel["id"])})
    assert (refused.status_code, refused.json["code"]) == (409, "code_is_over")


def test_a_channel_can_be_stopped(case: Case) -> None:
    channel = case.post("/channels", {"kind": "email", "address": {"address": "xiao@example.org"}}).json
    assert case.post(f"/channels/{channel['id']}/stop", {}).json["state"] == "stopped"
    assert case.get("/channels").json["items"][0]["state"] == "stopped"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "pigeon", "address": {}}, "/kind"),
        ({"kind": "email", "address": {}}, "/address/address"),
        ({"kind": "email", "address": {"address": "no address"}}, "/address/address"),
        ({"kind": "email", "address": {"adress": "a@example.org"}}, "/address/adress"),
        ({"kind": "webhook", "address": {"url": "file:///etc/passwd", "secret": "x"}}, "/address/url"),
        (
            {"kind": "email", "address": {"address": "a@example.org"}, "window": {"from": "20:00", "until": "09:00"}},
            "/window",
        ),
        (
            {"kind": "email", "address": {"address": "a@example.org"}, "window": {"from": "03:00", "until": "09:00"}},
            "/window/from",
        ),
        ({"kind": "email", "address": {"address": "a@example.org"}, "per_week": 50}, "/per_week"),
        ({"kind": "email", "address": {"address": "a@example.org"}, "role": "boss"}, "/role"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_with_its_place(
    some_case: Case, body: dict[str, object], pointer: str
) -> None:
    refused = some_case.post("/channels", body)
    assert refused.status_code == 422
    assert pointer in [error["pointer"] for error in refused.json["errors"]]


def test_strangers_cannot_be_written_to_in_the_name_of_a_case(case: Case) -> None:
    answers = [
        case.post("/channels", {"kind": "email", "address": {"address": f"stranger{number}@example.org"}})
        for number in range(6)
    ]
    assert [answer.status_code for answer in answers] == [201] * 5 + [409]


# Export and erasure


def test_the_export_holds_everything_and_no_secret(case: Case) -> None:
    case.tell("offer.refused", reason="too little")
    case.post("/channels", {"kind": "email", "address": {"address": "xiao@example.org"}})
    everything = case.get("/export").json
    assert everything["case"]["id"] == case.id
    assert [event["type"] for event in everything["event"]] == ["case.opened", "offer.refused"]
    assert everything["event"][1]["data"] == {"reason": "too little"}
    assert everything["follow_up"]
    assert everything["decision"]
    assert everything["plan"]["steps"]
    assert "hash" not in str(everything).replace("facts_sha256", "").replace("answer_sha256", "")


def test_an_erased_case_is_one_that_never_was(case: Case) -> None:
    case.tell("offer.refused")
    case.post("/channels", {"kind": "email", "address": {"address": "xiao@example.org"}})
    erased = case.erase()
    assert erased.status_code == 200
    assert ErasureReceiptSchema().validate(erased.json) == {}
    assert erased.json["rows"]["event"] == 2
    assert set(rows_about(case.world.database, case.id).values()) == {0}
    never = case.world.get("/v1/cases/case_neverwas", case.token)
    for answer in (case.get(), case.get("/plan"), case.erase(), case.tell("offer.sent")):
        assert (answer.status_code, answer.json["code"]) == (404, never.json["code"])


def test_the_receipt_is_kept_and_leads_back_to_nobody(case: Case) -> None:
    receipt = case.erase().json["receipt"]
    with case.world.database.read() as session:
        kept = session.get_one(ErasureRow, receipt)
    assert case.id not in str(vars(kept))


def test_an_erased_case_leaves_no_answer_to_a_retry_behind(world: World) -> None:
    first = world.post("/v1/cases", NEW, key="the-key-of-an-erased-case")
    world.delete(f"/v1/cases/{first.json['id']}", first.json["token"])
    again = world.post("/v1/cases", NEW, key="the-key-of-an-erased-case")
    assert again.status_code == 201
    assert again.json["id"] != first.json["id"]


def test_a_case_is_not_erased_in_a_version_that_its_owner_has_not_seen(case: Case) -> None:
    known = case.get().headers["ETag"]
    case.tell("offer.sent")
    assert case.erase(**{"If-Match": known}).status_code == 412
    assert case.get().status_code == 200


# Counsellors


def fallen_silent(world: World) -> Case:
    """A person who agreed that a counsellor may look, and has not been heard of."""
    case = world.open(consent={"store_case": True, "counsellor": True})
    with world.database.write() as session:
        call_counsellor(session, session.get_one(CaseRow, case.id), world.now)
    return case


def key_for(world: World, name: str) -> str:
    with world.database.write() as session:
        return add_organisation(session, name, NOON)[1]


def test_a_counsellor_finds_silent_people_and_takes_one_up(world: World) -> None:
    case, key = fallen_silent(world), key_for(world, "Counsellors")
    assert case.id in [item["case"] for item in world.get("/v1/counsellor-queue", key).json["items"]]
    taken = world.post(f"/v1/counsellor-queue/{case.id}/take", {}, token=key)
    assert taken.status_code == 200
    assert world.get(f"/v1/cases/{case.id}", key).status_code == 200
    assert case.get().status_code == 200
    assert case.id not in [item["case"] for item in world.get("/v1/counsellor-queue", key).json["items"]]


def test_a_case_that_was_taken_up_is_not_taken_again(world: World) -> None:
    case, first, second = fallen_silent(world), key_for(world, "First"), key_for(world, "Second")
    world.post(f"/v1/counsellor-queue/{case.id}/take", {}, token=first)
    assert world.post(f"/v1/counsellor-queue/{case.id}/take", {}, token=second).status_code == 404
    assert world.get(f"/v1/cases/{case.id}", second).status_code == 404


def test_a_case_that_does_not_wait_cannot_be_taken_up(case: Case) -> None:
    key = key_for(case.world, "Counsellors")
    assert case.world.post(f"/v1/counsellor-queue/{case.id}/take", {}, token=key).status_code == 404
    assert case.world.post("/v1/counsellor-queue/case_%00/take", {}, token=key).status_code == 404


def test_the_queue_is_for_organisations_only(case: Case) -> None:
    assert case.world.get("/v1/counsellor-queue").status_code == 401
    assert case.world.get("/v1/counsellor-queue", case.token).status_code == 403
    assert case.world.post(f"/v1/counsellor-queue/{case.id}/take", {}, token=case.token).status_code == 403


# When the database cannot


def test_a_busy_database_is_said_plainly_and_nothing_is_half_written(settings: Settings, sqlite_url: str) -> None:
    world = World(Flask("not yet"))
    world.app = create_app(replace(settings, database_url=sqlite_url), clock=lambda: world.now, log_to=StringIO())
    case = world.open()
    world.database.close()
    impatient = open_database(sqlite_url, timedelta(milliseconds=50))
    world.app.extensions[NAME] = replace(world.app.extensions[NAME], database=impatient)
    holder = open_database(sqlite_url)
    with holder.write():
        refused = case.tell("offer.refused")
        still_read = case.get()
    assert (refused.status_code, refused.json["code"]) == (503, "database_busy")
    assert int(refused.headers["Retry-After"]) >= 1
    assert still_read.status_code == 200
    assert case.get().json["version"] == 1
    assert case.tell("offer.refused").status_code == 201
    holder.close()
    impatient.close()


def test_a_full_database_is_said_plainly_and_nothing_is_half_written(settings: Settings, sqlite_url: str) -> None:
    world = World(Flask("not yet"))
    world.app = create_app(replace(settings, database_url=sqlite_url), clock=lambda: world.now, log_to=StringIO())
    case = world.open()
    with world.database.engine.connect() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    answers = [case.tell("call.missed", note="x" * 1900) for _ in range(40)]
    refused = next(answer for answer in answers if answer.status_code != 201)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    with world.database.read() as session:
        events = session.scalar(select(func.count()).select_from(EventRow).where(EventRow.type == "call.missed"))
    assert events == len([answer for answer in answers if answer.status_code == 201])
    world.database.close()


def test_advice_goes_on_without_the_database(settings: Settings, sqlite_url: str, port: int) -> None:
    world = World(Flask("not yet"))
    world.app = create_app(replace(settings, database_url=sqlite_url), clock=lambda: world.now, log_to=StringIO())
    world.database.close()
    away = open_database(f"postgresql+psycopg://nobody@127.0.0.1:{port}/none", timedelta(seconds=1))
    world.app.extensions[NAME] = replace(world.app.extensions[NAME], database=away)
    assert world.app.test_client().post("/v1/advice", json={"facts": FACTS}).status_code == 200
    assert world.post("/v1/cases", NEW).status_code == 503
    away.close()


def test_the_release_in_force_comes_from_the_database(world: World, case: Case) -> None:
    with world.database.read() as session:
        assert session.scalars(select(ReleaseRow.fingerprint)).all() == [case.opened["plan"]["receipt"]["release"]]


def test_a_promise_is_kept_with_the_event_that_led_to_it(case: Case) -> None:
    with case.world.database.read() as session:
        created = session.scalars(select(FollowUpRow.created_at).where(FollowUpRow.case_id == case.id)).all()
    assert set(created) == {NOON}
