"""A casebook with the starter rulebook as release 1, once on SQLite and once on PostgreSQL.

`life` shares one database with the other tests and is erased after each of them; `database` is a test's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from services.casebook.database import Database, open_database
from services.casebook.erasure import erase
from services.casebook.releases import Load, Shelf, ensure_first_release
from services.casebook.settings import starter_rules
from services.casebook.tables import CaseRow
from services.rulebook.load import load_rulebook, read_folder
from services.rulebook.model import Rulebook
from tests.casebook.life import START, Life
from tests.servers import new_database


@pytest.fixture(scope="session")
def rule_files() -> Mapping[str, str]:
    return read_folder(starter_rules())


@pytest.fixture(scope="session")
def load() -> Load:
    """Reads the same files once for all tests."""
    known: dict[str, Rulebook] = {}

    def remember(files: Mapping[str, str]) -> Rulebook:
        content = repr(sorted(files.items()))
        if content not in known:
            known[content] = load_rulebook(files)
        return known[content]

    return remember


@pytest.fixture(scope="session")
def shelf(load: Load) -> Iterator[Shelf]:
    """Releases are built once for all tests: they are immutable."""
    shelf = Shelf(8, load)
    yield shelf
    shelf.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty casebook of this test alone, on either database."""
    opened = open_database(database_url)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def casebook(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    rule_files: Mapping[str, str],
    load: Load,
) -> Iterator[Database]:
    """A casebook that all tests share; each has a case of its own in it."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path_factory.mktemp('casebook') / 'ashore.db'}"
        if request.param == "postgresql":
            url = stack.enter_context(new_database(request.getfixturevalue("postgresql_server")))
        opened = open_database(url)
        opened.upgrade()
        with opened.write() as session:
            ensure_first_release(session, lambda: rule_files, START, load)
        yield opened
        opened.close()


@pytest.fixture
def life(casebook: Database, shelf: Shelf) -> Iterator[Life]:
    life = Life(casebook, shelf)
    yield life
    with casebook.write() as session:
        case = session.get(CaseRow, life.case_id)
        if case is not None:
            erase(session, case, life.now)
