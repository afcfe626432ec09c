"""The small world of the notifier, on SQLite and on PostgreSQL, empty for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.casebook.database import Database, open_database
from services.casebook.tables import Table
from services.rulebook.release import Release
from tests.notifier.world import World, a_rulebook
from tests.servers import new_database


@pytest.fixture(scope="session")
def small_release() -> Iterator[Release]:
    release = Release.build(a_rulebook())
    yield release
    release.close()


@pytest.fixture(scope="session")
def small_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    yield from _with_tables(f"sqlite:///{tmp_path_factory.mktemp('notifier') / 'ashore.db'}")


@pytest.fixture(scope="session")
def small_postgresql(postgresql_server: str) -> Iterator[Database]:
    with new_database(postgresql_server) as url:
        yield from _with_tables(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, small_release: Release) -> World:
    """An empty casebook, for what must hold on both databases. The tables are made once."""
    return _emptied(request.getfixturevalue(f"small_{request.param}"), small_release)


@pytest.fixture
def small_world(small_sqlite: Database, small_release: Release) -> World:
    """For what is decided in memory: SQLite is enough."""
    return _emptied(small_sqlite, small_release)


@pytest.fixture
def postgresql_world(small_postgresql: Database, small_release: Release) -> World:
    """For what only PostgreSQL can do."""
    return _emptied(small_postgresql, small_release)


def _with_tables(url: str) -> Iterator[Database]:
    database = open_database(url)
    with database.write() as session:
        Table.metadata.create_all(session.connection())
    yield database
    database.close()


def _emptied(database: Database, release: Release) -> World:
    with database.write() as session:
        for table in reversed(Table.metadata.sorted_tables):
            session.execute(table.delete())
    return World(database, release)
