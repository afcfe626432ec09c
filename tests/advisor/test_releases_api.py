"""`/v1/releases` over HTTP, on SQLite and on PostgreSQL: listed, read, rolled back with what was advised meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.advisor.parts import NAME, Parts
from services.advisor.schemas.release_answer import ReleaseSchema, ReleasesPageSchema, RolledBackSchema
from services.casebook.authors import operator
from services.casebook.model import Role
from services.casebook.releases import add_release, build_release, fingerprint_in_force, publish
from services.casebook.settings import Settings
from tests.advisor.rules_world import World, started
from tests.rulebook.small_rulebook import changed, small_files

NIGHT_SHIFT = operator("night shift")
WHY = {"why": "It was not better."}
LATER = timedelta(days=3)
CASE = {"facts": {"days_overdue": 12}, "consent": {"store_case": True}, "language": "en"}


@pytest.fixture
def own_world(database_url: str, tmp_path: Path, settings: Settings) -> Iterator[World]:
    """An installation of one test alone: what is in force is nobody else's business."""
    yield from started(settings, database_url, tmp_path / "rules", small_files())


def stock(world: World, title: str, *, at: timedelta | None = None) -> str:
    """Publish the small rulebook with another title, at once or later; gives the fingerprint."""
    files = changed("topics/pay.yaml", "Pay today", title)
    with world.database.write() as session:
        row = add_release(session, files, NIGHT_SHIFT, title, world.now)
        publish(session, row.fingerprint, NIGHT_SHIFT, title, world.now, None if at is None else world.now + at)
        return row.fingerprint


def open_case(world: World) -> None:
    opened = world.app.test_client().post(
        "/v1/cases", json=CASE, headers={"Idempotency-Key": f"case-{world.now.isoformat()}"}
    )
    assert opened.status_code == 201
    world.now += timedelta(minutes=1)


def take_up(world: World) -> None:
    """Look at once, as every advisor does within half a second."""
    parts: Parts = world.app.extensions[NAME]
    with world.database.read() as session:
        parts.releases.swap(build_release(session, fingerprint_in_force(session, world.now)))


def states(release: dict[str, list[dict[str, str]]]) -> list[str]:
    return [publication["state"] for publication in release["publications"]]


# Reading


def test_releases_are_listed_the_newest_first_with_who_what_why_and_when(own_world: World) -> None:
    fingerprint = stock(own_world, "Pay now")
    listed = own_world.desk(Role.VIEWER).get("/releases")
    assert (listed.status_code, ReleasesPageSchema().validate(listed.json)) == (200, {})
    newest, first = listed.json["items"]
    assert (newest["number"], newest["fingerprint"], newest["why"]) == (2, fingerprint, "Pay now")
    assert (newest["created_by"], newest["created_at"]) == ("night shift", "2026-11-24T04:00:00Z")
    assert (newest["is_in_force"], states(newest)) == (True, ["in_force"])
    assert (first["number"], first["is_in_force"], states(first)) == (1, False, ["past"])


def test_releases_come_a_page_at_a_time(own_world: World) -> None:
    for title in ("Pay now", "Pay it", "Do pay"):
        stock(own_world, title)
    desk = own_world.desk(Role.VIEWER)
    first = desk.get("/releases?limit=3").json
    second = desk.get(f"/releases?limit=3&cursor={first['next_cursor']}").json
    assert [one["number"] for one in first["items"] + second["items"]] == [4, 3, 2, 1]
    assert second["next_cursor"] is None


def test_one_release_is_read_with_its_files_on_demand(rules_world: World) -> None:
    desk = rules_world.desk(Role.VIEWER)
    read = desk.get("/releases/1")
    assert (read.status_code, ReleaseSchema().validate(read.json)) == (200, {})
    assert "files" not in read.json
    assert desk.get("/releases/1?include=files").json["files"] == small_files()


@pytest.mark.parametrize("number", ["0", "99", "x", "-1", "9" * 30])
def test_odd_numbers_are_releases_that_never_were(rules_world: World, number: str) -> None:
    desk = rules_world.desk(Role.ADMIN)
    asked = [desk.get(f"/releases/{number}")]
    asked += [desk.post(f"/releases/{number}/{step}", WHY) for step in ("rollback", "withdraw")]
    assert [(answer.status_code, answer.json["code"]) for answer in asked] == [(404, "no_such_release")] * 3


def test_releases_are_for_those_who_work_on_the_rules(rules_world: World) -> None:
    assert rules_world.app.test_client().get("/v1/releases").status_code == 401
    assert rules_world.desk(None).get("/releases/1").status_code == 403


# Back to an earlier one


def test_a_rollback_puts_an_earlier_release_in_force_at_once(own_world: World) -> None:
    stock(own_world, "Pay now")
    back = own_world.desk(Role.PUBLISHER).post("/releases/1/rollback", WHY)
    assert (back.status_code, RolledBackSchema().validate(back.json)) == (200, {})
    assert (back.json["is_in_force"], states(back.json)) == (True, ["in_force", "past"])
    assert back.json["publications"][0]["why"] == WHY["why"]
    assert back.json["publications"][0]["by"] == "the publisher"


def test_a_rollback_after_which_nobody_was_advised_says_so(own_world: World) -> None:
    open_case(own_world)
    stock(own_world, "Pay now")
    back = own_world.desk(Role.PUBLISHER).post("/releases/1/rollback", WHY).json["meanwhile"]
    assert (back["decisions"], back["cases"], [one["number"] for one in back["releases"]]) == (0, 0, [2])


def test_the_cases_that_were_advised_by_what_is_taken_back_are_counted(own_world: World) -> None:
    open_case(own_world)
    fingerprint = stock(own_world, "Pay now")
    take_up(own_world)
    for _ in range(3):
        open_case(own_world)
    meanwhile = own_world.desk(Role.PUBLISHER).post("/releases/1/rollback", WHY).json["meanwhile"]
    assert (meanwhile["since"], meanwhile["decisions"], meanwhile["cases"]) == ("2026-11-24T04:01:00Z", 3, 3)
    (release,) = meanwhile["releases"]
    assert (release["number"], release["fingerprint"], release["decisions"]) == (2, fingerprint, 3)


def test_a_rollback_withdraws_what_was_planned(own_world: World) -> None:
    stock(own_world, "Pay now")
    planned = stock(own_world, "Pay then", at=LATER)
    own_world.desk(Role.PUBLISHER).post("/releases/1/rollback", WHY)
    own_world.now += 2 * LATER
    listed = {one["fingerprint"]: one for one in own_world.desk().get("/releases").json["items"]}
    assert states(listed[planned]) == ["withdrawn"]
    assert [one["number"] for one in listed.values() if one["is_in_force"]] == [1]


def test_a_retried_rollback_is_one_rollback(own_world: World) -> None:
    stock(own_world, "Pay now")
    desk = own_world.desk(Role.PUBLISHER)
    first = desk.post("/releases/1/rollback", WHY, Idempotency_Key="one-rollback")
    again = desk.post("/releases/1/rollback", WHY, Idempotency_Key="one-rollback")
    assert again.json == first.json
    assert len(desk.get("/releases/1").json["publications"]) == 2


# A planned one


def test_what_is_planned_can_be_taken_back_until_it_begins(own_world: World) -> None:
    stock(own_world, "Pay then", at=LATER)
    desk = own_world.desk(Role.PUBLISHER)
    assert states(desk.get("/releases/2").json) == ["scheduled"]
    withdrawn = desk.post("/releases/2/withdraw", WHY)
    assert (withdrawn.status_code, states(withdrawn.json)) == (200, ["withdrawn"])
    own_world.now += LATER
    assert desk.get("/releases/1").json["is_in_force"] is True


def test_what_has_begun_cannot_be_withdrawn(own_world: World) -> None:
    stock(own_world, "Pay then", at=LATER)
    own_world.now += LATER
    refused = own_world.desk(Role.PUBLISHER).post("/releases/2/withdraw", WHY)
    assert (refused.status_code, refused.json["code"]) == (409, "not_scheduled")


@pytest.mark.parametrize("step", ["rollback", "withdraw"])
def test_an_editor_neither_rolls_back_nor_withdraws(rules_world: World, step: str) -> None:
    refused = rules_world.desk(Role.EDITOR).post(f"/releases/1/{step}", WHY)
    assert (refused.status_code, refused.json["role"]) == (403, "publisher")


@pytest.mark.parametrize(
    ("body", "pointer"), [({}, "/why"), ({"why": ""}, "/why"), ({"why": 1}, "/why"), ({**WHY, "whom": "me"}, "/whom")]
)
def test_every_rollback_has_a_reason(rules_world: World, body: dict[str, object], pointer: str) -> None:
    refused = rules_world.desk(Role.PUBLISHER).post("/releases/1/rollback", body)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
