"""The database keeps its promises on SQLite and on PostgreSQL: all or nothing, and a plain word when it cannot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select, text

from services.casebook.database import Database, DatabaseUnavailableError, open_database
from services.casebook.tables import HeartbeatRow, Table

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
IMPATIENT = timedelta(milliseconds=50)


def heartbeat(name: str) -> HeartbeatRow:
    return HeartbeatRow(name=name, kind="sweeper", at=NOW, detail={})


def write_half(database: Database) -> None:
    with database.write() as session:
        session.add(heartbeat("half"))
        session.flush()
        raise RuntimeError


def write_more_than_fits(database: Database) -> None:
    with database.write() as session:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        session.add_all(heartbeat(f"row {number}" + "x" * 80) for number in range(500))


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_a_migrated_database_is_current_and_migrating_again_changes_nothing(database: Database) -> None:
    database.upgrade()
    assert database.is_current()


def test_an_empty_database_is_not_current(database_url: str) -> None:
    database = open_database(database_url)
    assert not database.is_current()
    database.close()


def test_a_moment_comes_back_in_utc(database: Database) -> None:
    with database.write() as session:
        session.add(heartbeat("one"))
    with database.read() as session:
        assert session.get_one(HeartbeatRow, "one").at == NOW


def test_what_is_left_by_an_exception_is_not_written(database: Database) -> None:
    with pytest.raises(RuntimeError):
        write_half(database)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(HeartbeatRow)) == 0


def test_a_reader_writes_nothing(database: Database) -> None:
    with database.read() as session:
        session.add(heartbeat("reader"))
    with database.read() as session:
        assert session.get(HeartbeatRow, "reader") is None


def test_a_locked_database_says_that_it_can_be_tried_again(sqlite_url: str) -> None:
    patient, impatient = open_database(sqlite_url), open_database(sqlite_url, IMPATIENT)
    patient.upgrade()
    with patient.write() as holding:
        holding.add(heartbeat("first"))
        with pytest.raises(DatabaseUnavailableError) as caught, impatient.write():
            pass
    assert caught.value.retry_after == timedelta(seconds=2)
    patient.close()
    impatient.close()


def test_a_locked_table_on_postgresql_says_that_it_can_be_tried_again(postgresql_url: str) -> None:
    patient, impatient = open_database(postgresql_url), open_database(postgresql_url, IMPATIENT)
    patient.upgrade()
    with patient.write() as holding:
        holding.execute(text("LOCK TABLE heartbeat IN EXCLUSIVE MODE"))
        with pytest.raises(DatabaseUnavailableError), impatient.write() as waiting:
            waiting.add(heartbeat("second"))
    patient.close()
    impatient.close()


def test_a_full_database_says_so_and_nothing_is_half_written(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    database.upgrade()
    with pytest.raises(DatabaseUnavailableError) as caught:
        write_more_than_fits(database)
    assert caught.value.retry_after == timedelta(seconds=60)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(HeartbeatRow)) == 0
    database.close()


def test_a_missing_file_system_is_no_reason_to_crash(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'absent' / 'ashore.db'}")
    with pytest.raises(DatabaseUnavailableError), database.read() as session:
        session.execute(text("SELECT 1"))
    database.close()


def test_a_database_out_of_reach_says_that_it_can_be_tried_again(port: int) -> None:
    database = open_database(f"postgresql+psycopg://nobody@127.0.0.1:{port}/none")
    with pytest.raises(DatabaseUnavailableError), database.read() as session:
        session.execute(text("SELECT 1"))
    database.close()


def test_sqlite_keeps_what_it_acknowledged(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()
