"""Releases in the database: named by their content, published, rolled back, built once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Thread

import pytest
from sqlalchemy import select

from services.casebook.database import Database
from services.casebook.releases import (
    Load,
    NoReleaseError,
    Shelf,
    add_release,
    ensure_first_release,
    fingerprint_in_force,
    publish,
)
from services.casebook.tables import PublicationRow, ReleaseRow
from services.rulebook.load import load_rulebook
from services.rulebook.problems import RulebookError
from tests.casebook.life import LAWYER, START

First = Callable[[Mapping[str, str]], str]


@pytest.fixture
def first(database: Database, load: Load) -> First:
    """A first start with these files."""

    def start(files: Mapping[str, str]) -> str:
        with database.write() as session:
            return ensure_first_release(session, lambda: files, START, load)

    return start


def test_the_first_start_loads_the_folder_as_release_1(
    database: Database, first: First, rule_files: Mapping[str, str]
) -> None:
    fingerprint = first(rule_files)
    with database.read() as session:
        row = session.get_one(ReleaseRow, fingerprint)
    assert row.number == 1
    assert load_rulebook(row.files).fingerprint == fingerprint == load_rulebook(rule_files).fingerprint


def test_later_starts_leave_the_published_release_alone(
    database: Database, first: First, rule_files: Mapping[str, str]
) -> None:
    fingerprint = first(rule_files)
    assert first({"facts.yaml": "a changed folder"}) == fingerprint


def test_several_first_starts_at_once_make_one_release(
    database: Database, first: First, rule_files: Mapping[str, str]
) -> None:
    threads = [Thread(target=first, args=(rule_files,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert len(session.scalars(select(ReleaseRow)).all()) == 1
        assert len(session.scalars(select(PublicationRow)).all()) == 1


def test_files_that_cannot_be_used_become_no_release(database: Database) -> None:
    with pytest.raises(RulebookError), database.write() as session:
        add_release(session, {"facts.yaml": "facts: ["}, LAWYER, "a test", START)
    with database.read() as session:
        assert session.scalars(select(ReleaseRow)).all() == []


def test_the_same_content_is_the_same_release(database: Database, first: First, rule_files: Mapping[str, str]) -> None:
    fingerprint = first(rule_files)
    with database.write() as session:
        again = add_release(session, dict(reversed(rule_files.items())), LAWYER, "a test", START)
    assert (again.fingerprint, again.number) == (fingerprint, 1)


def test_publishing_puts_a_release_in_force_and_rolling_back_the_one_before(
    database: Database, first: First, load: Load, rule_files: Mapping[str, str]
) -> None:
    old = first(rule_files)
    path = next(path for path in rule_files if path.endswith("topics/pay.yaml"))
    with database.write() as session:
        new = add_release(session, {**rule_files, path: rule_files[path] + "\n# a remark\n"}, LAWYER, "b", START, load)
        publish(session, new.fingerprint, LAWYER, "a test", START)
        assert fingerprint_in_force(session, START) == new.fingerprint != old
        publish(session, old, LAWYER, "it was wrong", START)
        assert fingerprint_in_force(session, START) == old


def test_without_a_release_there_is_a_plain_word(database: Database) -> None:
    with database.read() as session, pytest.raises(NoReleaseError):
        fingerprint_in_force(session, START)


def test_a_release_is_built_once_in_a_process(
    database: Database, first: First, shelf: Shelf, rule_files: Mapping[str, str]
) -> None:
    fingerprint = first(rule_files)
    with database.read() as session:
        assert shelf.in_force(session, START) is shelf.release(session, fingerprint)
        with pytest.raises(NoReleaseError):
            shelf.release(session, "0" * 64)
