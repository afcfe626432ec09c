"""`/v1/drafts/{id}/submit|approve|return|take-over|publish`: from an editor's draft to what borrowers are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.advisor.parts import NAME
from services.advisor.schemas.draft_answer import ConflictsSchema, DraftSchema, TakenOverSchema
from services.advisor.schemas.draft_proof_answer import NotProvedSchema
from services.casebook.model import Role
from services.casebook.releases import build_release, fingerprint_in_force
from services.casebook.settings import Settings
from tests.advisor.rules_world import NARROW, PAY, URGENCY, Draft, World, sound_files, started

SOONER = {"entries": [URGENCY]}
OTHER_OWNER = {"entries": [{**URGENCY, "set": {"owner": "night shift"}}]}
NOT_YET = {"why": "The source is missing."}


@pytest.fixture
def world(database_url: str, tmp_path: Path, settings: Settings) -> Iterator[World]:
    """An installation of one test alone, with rules that may be published."""
    yield from started(settings, database_url, tmp_path / "rules", sound_files())


@pytest.fixture
def some_world(sqlite_url: str, tmp_path: Path, settings: Settings) -> Iterator[World]:
    """For what is the same on every database."""
    yield from started(settings, sqlite_url, tmp_path / "rules", sound_files())


@pytest.fixture
def draft(world: World) -> Draft:
    draft = world.desk().begin()
    draft.change(SOONER)
    return draft


@pytest.fixture
def some_draft(some_world: World) -> Draft:
    draft = some_world.desk().begin()
    draft.change(SOONER)
    return draft


def urgency(world: World) -> str:
    """What a borrower is told, with the release that is in force by then."""
    parts = world.app.extensions[NAME]
    with world.database.read() as session:
        parts.releases.swap(build_release(session, fingerprint_in_force(session, world.now)))
    answer = world.app.test_client().post("/v1/advice", json={"facts": {"days_overdue": 12}})
    return str(answer.json["steps"][0]["urgency"])


def published(world: World, change: dict[str, Any]) -> None:
    """Somebody else's draft goes all the way."""
    other = world.desk().begin(title="Somebody else's")
    other.change(change)
    done = other.approved().post("/publish")
    assert done.status_code == 200, done.text


# The whole way


def test_a_draft_goes_from_its_editor_over_a_colleague_to_everybody(draft: Draft) -> None:
    world = draft.desk.world
    assert urgency(world) == "today"
    submitted = draft.post("/submit").json
    assert (submitted["state"], submitted["submitted_by"]) == ("submitted", "the editor")
    approved = draft.by(Role.PUBLISHER).post("/approve").json
    assert (approved["state"], approved["approved_by"]) == ("approved", "the publisher")
    done = draft.by(Role.PUBLISHER).post("/publish")
    assert (done.status_code, DraftSchema().validate(done.json)) == (200, {})
    assert (done.json["state"], done.json["published"]["release"]) == ("published", 2)
    assert urgency(world) == "now"
    release = draft.desk.get("/releases/2").json
    assert (release["why"], release["created_by"]) == ("A week of grace: Jiebei grants seven days.", "the publisher")


def test_a_rollback_undoes_it(draft: Draft) -> None:
    world = draft.desk.world
    draft.approved().post("/publish")
    world.desk(Role.PUBLISHER).post("/releases/1/rollback", NOT_YET)
    assert urgency(world) == "today"


# Handing in


def test_rules_with_a_gap_are_not_handed_in_and_the_answer_shows_who_falls_into_it(draft: Draft) -> None:
    draft.change({"entries": [NARROW]})
    refused = draft.post("/submit", {"accept_losses": True})
    assert (refused.status_code, refused.json["code"]) == (409, "not_proved")
    assert NotProvedSchema().validate(refused.json) == {}
    (gap,) = [one for one in refused.json["findings"] if one["code"] == "gap"]
    assert gap["example"] == {"days_overdue": 31}
    assert {one["severity"] for one in refused.json["findings"]} == {"error"}
    assert draft.get()["state"] == "open"


def test_taking_a_step_away_has_to_be_confirmed(draft: Draft) -> None:
    draft.change({"entries": [{**URGENCY, "set": {"urgency": "this_month"}}]})
    refused = draft.post("/submit")
    assert (refused.status_code, refused.json["code"]) == (409, "takes_away")
    assert NotProvedSchema().validate(refused.json) == {}
    (loss,) = refused.json["losses"]
    assert (loss["action"], loss["change"]) == ("pay", "less_urgent")
    assert loss["example_said"]["en"]
    assert draft.post("/submit", {"accept_losses": False}).status_code == 409
    assert draft.post("/submit", {"accept_losses": True}).json["state"] == "submitted"


def test_a_draft_without_a_change_is_not_handed_in(some_world: World) -> None:
    refused = some_world.desk().begin().post("/submit")
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_changed")


def test_only_the_version_that_was_read_is_handed_in(some_draft: Draft) -> None:
    refused = some_draft.post("/submit", If_Match=f'"draft-{some_draft.id}-v1"')
    assert (refused.status_code, refused.json["version"], some_draft.get()["state"]) == (412, 2, "open")


def test_a_retried_step_is_answered_as_before(some_draft: Draft) -> None:
    first = some_draft.post("/submit", Idempotency_Key="handing-this-in")
    again = some_draft.post("/submit", Idempotency_Key="handing-this-in")
    assert (again.status_code, again.json) == (200, first.json)
    assert some_draft.post("/submit").json["code"] == "is_submitted"


def test_a_viewer_hands_nothing_in(some_draft: Draft) -> None:
    refused = [some_draft.by(Role.VIEWER).post(step) for step in ("/submit", "/take-over")]
    assert [(one.status_code, one.json["role"]) for one in refused] == [(403, "editor")] * 2


# Approving and returning


def test_nobody_approves_their_own(draft: Draft) -> None:
    mine = replace(draft, desk=draft.desk.world.desk(Role.ADMIN))
    mine.change(OTHER_OWNER)
    draft.post("/submit")
    refused = mine.post("/approve")
    assert (refused.status_code, refused.json["code"]) == (409, "own_draft")


def test_where_it_is_allowed_one_person_does_it_all(sqlite_url: str, tmp_path: Path, settings: Settings) -> None:
    alone = replace(settings, approve_own=True)
    for world in started(alone, sqlite_url, tmp_path / "rules", sound_files()):
        draft = world.desk(Role.ADMIN).begin()
        draft.change(SOONER)
        steps = [draft.post(f"/{step}") for step in ("submit", "approve", "publish")]
        assert [step.status_code for step in steps] == [200] * 3


def test_an_editor_neither_approves_nor_publishes(some_draft: Draft) -> None:
    some_draft.post("/submit")
    refused = [some_draft.post("/approve"), some_draft.post("/publish")]
    assert [(one.status_code, one.json["role"]) for one in refused] == [(403, "publisher")] * 2


def test_a_draft_is_sent_back_with_what_is_to_be_done(draft: Draft) -> None:
    draft.post("/submit")
    back = draft.by(Role.PUBLISHER).post("/return", NOT_YET).json
    assert (back["state"], back["sent_back_because"]) == ("open", NOT_YET["why"])


def test_an_edit_after_the_approval_needs_a_new_one(draft: Draft) -> None:
    approved = draft.approved()
    assert draft.change(OTHER_OWNER).json["state"] == "open"
    refused = approved.post("/publish")
    assert (refused.status_code, refused.json["code"], urgency(draft.desk.world)) == (409, "is_open", "today")


@pytest.mark.parametrize(("step", "code"), [("approve", "is_open"), ("publish", "is_open"), ("return", "is_open")])
def test_steps_come_in_their_order(some_draft: Draft, step: str, code: str) -> None:
    refused = some_draft.by(Role.PUBLISHER).post(f"/{step}", NOT_YET if step == "return" else None)
    assert (refused.status_code, refused.json["code"]) == (409, code)


# Publishing later


def test_a_release_is_planned_and_begins_at_its_time(draft: Draft) -> None:
    world, at = draft.desk.world, draft.desk.world.now + timedelta(days=2)
    done = draft.approved().post("/publish", {"at": at.isoformat()}).json
    assert done["published"]["begins_at"] == "2026-11-26T04:00:00Z"
    assert urgency(world) == "today"
    world.now = at
    assert urgency(world) == "now"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-11-24T11:59:00+08:00", "in_the_past"),
        ("2026-11-26T04:00:00", "not_a_moment"),
        ("tomorrow", "not_a_moment"),
        (1764000000, "not_a_moment"),
        ("2026-02-30T04:00:00Z", "no_such_moment"),
        (None, "null"),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_nothing_is_published(some_draft: Draft, at: object, code: str) -> None:
    approved = some_draft.approved()
    refused = approved.post("/publish", {"at": at})
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [("/at", code)]
    assert approved.get()["state"] == "approved"


def test_nothing_is_published_before_what_is_planned(some_draft: Draft) -> None:
    later: datetime = some_draft.desk.world.now + timedelta(days=2)
    some_draft.approved().post("/publish", {"at": later.isoformat()})
    second = some_draft.desk.begin()
    second.change(OTHER_OWNER)
    refused = second.approved().post("/publish")
    assert (refused.status_code, refused.json["code"]) == (409, "another_is_planned")


# When another release came first


def test_a_draft_that_is_behind_is_not_published_before_it_took_over(draft: Draft) -> None:
    world = draft.desk.world
    approved = draft.approved()
    published(world, {"entries": [{"kind": "actions", "id": "pay", "set": {"minutes": "15"}}]})
    assert draft.get()["is_behind"] is True
    refused = approved.post("/publish")
    assert (refused.status_code, refused.json["code"]) == (409, "behind")
    taken = draft.post("/take-over")
    assert (taken.status_code, TakenOverSchema().validate(taken.json)) == (200, {})
    assert (taken.json["is_behind"], taken.json["base"]["number"], taken.json["state"]) == (False, 2, "open")
    assert {one["id"]: one["state"] for one in taken.json["merge"]} == {"pay": "theirs", "pay-today": "mine"}
    assert draft.approved().post("/publish").status_code == 200
    with_both = world.desk().get("/releases/3?include=files").json["files"]
    assert ("minutes: 15" in with_both["actions.yaml"], "urgency: now" in with_both[PAY]) == (True, True)


@pytest.mark.parametrize(("side", "urgent"), [("theirs", "this_week"), ("mine", "now")])
def test_what_both_changed_is_settled_by_a_person(draft: Draft, side: str, urgent: str) -> None:
    other = draft.desk.begin(title="Somebody else's")
    other.change({"entries": [{**URGENCY, "set": {"urgency": "this_week"}}]})
    assert other.post("/submit", {"accept_losses": True}).status_code == 200
    other.by(Role.PUBLISHER).post("/approve")
    other.by(Role.PUBLISHER).post("/publish")
    refused = draft.post("/take-over")
    assert (refused.status_code, refused.json["code"], refused.json["release"]) == (409, "conflicts", 2)
    assert ConflictsSchema().validate(refused.json) == {}
    (entry,) = refused.json["merge"]
    assert [(field["field"], field["state"]) for field in entry["fields"]] == [("urgency", "conflict")]
    assert draft.get()["version"] == 2
    settle = [{"kind": "rules", "id": "pay-today", "field": "urgency", "take": side}]
    settled = draft.post("/take-over", {"settle": settle})
    assert (settled.status_code, settled.json["base"]["number"]) == (200, 2)
    assert f"urgency: {urgent}" in draft.files[PAY]


def test_a_draft_that_is_not_behind_takes_nothing_over(some_draft: Draft) -> None:
    taken = some_draft.post("/take-over")
    assert (taken.status_code, taken.json["version"], taken.json["merge"]) == (200, 2, [])


@pytest.mark.parametrize(
    ("settle", "pointer"),
    [
        ([{"kind": "rules", "id": "x", "take": "both"}], "/settle/0/take"),
        ([{"kind": "rules", "take": "mine"}], "/settle/0/id"),
        ("mine", "/settle"),
    ],
)
def test_a_settlement_that_cannot_be_read_is_refused(some_draft: Draft, settle: object, pointer: str) -> None:
    refused = some_draft.post("/take-over", {"settle": settle})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
