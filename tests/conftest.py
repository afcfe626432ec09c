"""Fixtures for all tests: empty databases and a Redis, on real servers.

A server that is not installed is a visible skip on a developer's machine and a failure where CI is set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import redis

from tests.servers import MissingServerError, free_port, new_database, run_postgresql, run_redis


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("whole") is None)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database."""
    return f"sqlite:///{tmp_path / 'ashore.db'}"


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with new_database(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once on SQLite and once on PostgreSQL: for what must hold on both."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Redis."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
def port() -> int:
    """A port that nothing listens on."""
    return free_port()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server for the whole run."""
    yield from _server_or_skip(run_postgresql())


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """A Redis server for the whole run."""
    yield from _server_or_skip(run_redis())


def _server_or_skip(server: AbstractContextManager[str]) -> Iterator[str]:
    try:
        address = server.__enter__()
    except MissingServerError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    try:
        yield address
    finally:
        server.__exit__(None, None, None)
