"""Killed by -9 at every point between claim and mark, on both databases: the message still arrives, under one key."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from services.casebook.database import Database, open_database
from services.casebook.model import FollowUpState
from services.casebook.tables import FollowUpRow
from tests.notifier.receiver import Receiver, webhook_receiver
from tests.servers import wait_until
from tests.whole.advisor_server import ROOT
from tests.whole.due_messages import add_due_messages
from tests.whole.dying_roles import POINTS
from tests.whole.fleet import Fleet, run_fleet

pytestmark = pytest.mark.whole
PATIENCE = 60.0
ARRIVALS = {"after the send": 2}
"""How often the message reaches the receiver; once, unless nobody could know that it had arrived."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhook_receiver() as receiver:
        yield receiver


@pytest.mark.parametrize("point", POINTS)
def test_a_message_survives_kill_9(
    tmp_path: Path, database: Database, redis_url: str, receiver: Receiver, point: str
) -> None:
    add_due_messages(database, 1, {"url": receiver.url, "secret": "whsec_" + "c2VjcmV0" * 4})
    with run_fleet(tmp_path, str(database.engine.url), redis_url) as fleet:
        if point != "after the claim":
            fleet.start("sweeper-1")
        _run_until_it_dies(fleet, point)
        for name in {"sweeper-1", "worker-1"} - set(fleet.processes):
            fleet.start(name)
        wait_until(lambda: _states(database) == [FollowUpState.SENT], "the message", PATIENCE)
    assert len(set(receiver.keys)) == 1
    assert len(receiver.keys) == ARRIVALS.get(point, 1)


def _run_until_it_dies(fleet: Fleet, point: str) -> None:
    command = [sys.executable, "-m", "tests.whole.dying_roles", point]
    with (fleet.folder / "dying").open("wb") as log:
        dying = subprocess.Popen(command, env=fleet.environment, stdout=log, stderr=log, cwd=ROOT)
    try:
        assert dying.wait(PATIENCE) == -signal.SIGKILL, (fleet.folder / "dying").read_text()
    finally:
        dying.kill()


def _states(database: Database) -> list[FollowUpState]:
    with database.read() as session:
        return list(session.scalars(select(FollowUpRow.state)))
