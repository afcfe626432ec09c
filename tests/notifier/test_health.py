"""What a container is asked: is your worker, is your sweeper at work?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from rq import Queue, SimpleWorker

from services.casebook.database import Database, open_database
from services.casebook.heartbeats import Beat, beat
from services.notifier.health import sweeper_is_at_work, worker_is_at_work

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    database = open_database(sqlite_url)
    database.upgrade()
    yield database
    database.close()


@pytest.mark.parametrize(
    ("name", "age", "is_at_work"),
    [("sweeper:here:7", 5, True), ("sweeper:here:7", 90, False), ("sweeper:there:7", 5, False)],
)
def test_a_sweeper_is_at_work_while_one_of_this_host_leaves_signs(
    database: Database, name: str, age: int, is_at_work: bool
) -> None:
    with database.write() as session:
        beat(session, Beat.SWEEPER, name, NOW - timedelta(seconds=age))
    with database.read() as session:
        assert sweeper_is_at_work(session, "here", NOW) is is_at_work


@pytest.mark.whole
def test_a_worker_is_at_work_while_it_is_registered(redis_url: str) -> None:
    with Redis.from_url(redis_url) as connection:
        worker = SimpleWorker([Queue("any", connection=connection)], connection=connection)
        worker.register_birth()
        while_it_works = worker_is_at_work(connection, worker.hostname)
        worker.register_death()
        assert (while_it_works, worker_is_at_work(connection, worker.hostname)) == (True, False)
