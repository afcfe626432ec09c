"""The small world of the notifier, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.rulebook.release import Release
from tests.notifier.world import World, a_rulebook


@pytest.fixture(scope="session")
def small_release() -> Iterator[Release]:
    release = Release.build(a_rulebook())
    yield release
    release.close()


@pytest.fixture
def world(database_url: str, small_release: Release) -> Iterator[World]:
    """For what must hold on both databases."""
    world = World.at(database_url, small_release)
    yield world
    world.database.close()


@pytest.fixture
def small_world(sqlite_url: str, small_release: Release) -> Iterator[World]:
    """For what is decided in memory: SQLite is enough."""
    world = World.at(sqlite_url, small_release)
    yield world
    world.database.close()
