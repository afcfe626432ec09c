"""A database that is full or takes no writes: nothing is lost, nothing is half written, and it goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from services.casebook.database import DatabaseUnavailableError
from services.casebook.model import FollowUpState
from services.notifier.claims import LEASE
from tests.notifier.world import PaperChannel, World

FULL_ON_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
    "'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
)
TRIGGER = "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON follow_up EXECUTE FUNCTION full_disk()"


@contextmanager
def full_disk(world: World) -> Iterator[None]:
    """Nothing can be written any more."""
    if world.database.is_postgresql:
        _run(world, FULL_ON_POSTGRESQL, TRIGGER)
        yield
        _run(world, "DROP TRIGGER full_disk ON follow_up")
        return
    event.listen(world.database.engine, "begin", _refuse_writes, insert=True)
    yield
    event.remove(world.database.engine, "begin", _refuse_writes)
    world.database.engine.dispose()


def test_a_promise_on_a_full_disk_is_refused_as_a_whole(world: World) -> None:
    case_id = world.open_case({"negotiation": "not_started"})
    with full_disk(world), pytest.raises(DatabaseUnavailableError):
        world.change(case_id, {"negotiation": "waiting"})
    assert world.rows() == []
    world.change(case_id, {"negotiation": "waiting"})
    assert [row.ask for row in world.rows()] == ["negotiation"] * 2


def test_a_claim_on_a_full_disk_leaves_everything_due(world: World) -> None:
    for _ in range(3):
        world.open_case()
    world.pass_time(days=3)
    with full_disk(world), pytest.raises(DatabaseUnavailableError):
        world.claim()
    world.deliver()
    assert len(world.paper.letters) == 3


def test_a_disk_that_fills_up_between_sending_and_marking_leads_to_a_repeat_with_the_same_key(world: World) -> None:
    world.open_case()
    world.pass_time(days=3)
    filling = _FillingChannel(full_disk(world))
    with pytest.raises(DatabaseUnavailableError):
        world.deliver(world.post_office(filling))
    filling.disk.__exit__(None, None, None)
    world.pass_time(seconds=LEASE.total_seconds())
    world.deliver()
    assert world.paper.keys == filling.keys
    assert world.states()[0] is FollowUpState.SENT


def test_a_database_that_is_busy_for_a_moment_costs_nothing(world: World) -> None:
    world.open_case()
    world.pass_time(days=3)
    filling = _FillingChannel(full_disk(world))
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        filling.disk.__exit__(None, None, None)

    world.deliver(world.post_office(filling, rest=rest))
    assert len(rests) == 1
    assert world.states()[0] is FollowUpState.SENT
    assert world.claim() == []


class _FillingChannel(PaperChannel):
    """The disk is full from the moment of sending on."""

    def __init__(self, disk: AbstractContextManager[None]) -> None:
        super().__init__()
        self.disk = disk

    def send(self, letter: Any, address: Any) -> str:
        self.disk.__enter__()
        return super().send(letter, address)


def _refuse_writes(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA query_only = 1")


def _run(world: World, *statements: str) -> None:
    with world.database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
