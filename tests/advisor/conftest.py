"""The whole advisor with the starter rulebook, in this process, on a fixed day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.advisor.app import create_app
from services.casebook.settings import Settings, read_settings, starter_rules
from services.rulebook.load import load_rulebook, read_folder
from services.rulebook.model import Rulebook
from services.rulebook.release import Release
from tests.advisor.rules_world import World, started
from tests.rulebook.small_rulebook import small_files
from tests.servers import new_database

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""Noon in China."""


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASHORE_DATA", str(tmp_path_factory.mktemp("data")))
        patch.setenv("ASHORE_LOG_FORMAT", "json")
        return read_settings(env_file=None)


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load_rulebook(read_folder(starter_rules()))


@pytest.fixture(scope="session")
def release(rulebook: Rulebook) -> Iterator[Release]:
    release = Release.build(rulebook)
    yield release
    release.close()


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    return create_app(settings, clock=lambda: NOON, log_to=StringIO())


@pytest.fixture
def log() -> StringIO:
    """What the application of one test alone has logged."""
    return StringIO()


@pytest.fixture
def own_app(settings: Settings, release: Release, log: StringIO) -> Flask:
    """An application of one test alone, whose parts it may change."""
    return create_app(settings, clock=lambda: NOON, release=release, log_to=log)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def situation_file(tmp_path: Path) -> Path:
    """Where a test puts the JSON that it hands to the command line."""
    return tmp_path / "situation.json"


@pytest.fixture(scope="session")
def rules_world(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[World]:
    """An installation with the small rulebook on SQLite, in which all tests work on the rules."""
    folder = tmp_path_factory.mktemp("rules-world")
    yield from started(settings, f"sqlite:///{folder / 'ashore.db'}", folder / "rules", small_files())


@pytest.fixture(scope="session")
def postgresql_rules_world(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: str, settings: Settings
) -> Iterator[World]:
    with new_database(postgresql_server) as url:
        yield from started(settings, url, tmp_path_factory.mktemp("rules-world"), small_files())


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> World:
    """An installation with the small rulebook, on either database."""
    name = "rules_world" if request.param == "sqlite" else "postgresql_rules_world"
    world: World = request.getfixturevalue(name)
    world.now = NOON
    return world
