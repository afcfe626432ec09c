"""The studio with accounts of every role, in this process."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask

from services.advisor.app import Advisor, create_app
from services.advisor.parts import Parts
from services.casebook.accounts import add_account
from services.casebook.authors import STARTER
from services.casebook.model import Role
from services.casebook.settings import Settings, read_settings
from services.casebook.signing_in import start_session
from tests.advisor.conftest import NOON
from tests.advisor.studio.admin import Admin
from tests.advisor.studio.proving import Studio, make_studio

Enter = Callable[[Role | None, str], Admin]


@pytest.fixture(scope="session")
def studio_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASHORE_DATA", str(tmp_path_factory.mktemp("studio")))
        patch.setenv("ASHORE_LOG_FORMAT", "json")
        return read_settings(env_file=None)


@pytest.fixture(scope="session")
def studio(studio_settings: Settings) -> Advisor:
    """One studio for all tests: each begins drafts of its own."""
    return create_app(studio_settings, clock=lambda: NOON, log_to=StringIO())


@pytest.fixture(scope="session")
def parts_of_studio(studio: Flask) -> Parts:
    held: Parts = studio.extensions["ashore"]
    return held


@pytest.fixture
def enter(studio: Flask, parts_of_studio: Parts, tmp_path: Path) -> Enter:
    """Somebody with this role, signed in; without a role, somebody at the door."""
    count = 0

    def enter(role: Role | None, language: str = "zh-CN") -> Admin:
        nonlocal count
        count += 1
        admin = Admin(studio, language)
        if role is not None:
            with parts_of_studio.database.write() as session:
                row, _ = add_account(session, f"{role}-{tmp_path.name[-30:]}-{count}", role, STARTER, NOON)
                admin.carry(start_session(session, row, NOON))
        return admin

    return enter


@pytest.fixture
def editor(enter: Enter) -> Admin:
    return enter(Role.EDITOR, "en")


@pytest.fixture(scope="session")
def shared(studio_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A studio over the staged rulebook for all tests that publish nothing: what is proved once is known to all."""
    return make_studio(studio_settings, tmp_path_factory.mktemp("shared"))


@pytest.fixture
def staged(studio_settings: Settings, tmp_path: Path, shared: Studio) -> Studio:
    """A studio of this test alone, over the staged rulebook."""
    return make_studio(studio_settings, tmp_path, shared.app.extensions["ashore"].proofs)
