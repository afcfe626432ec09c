"""The one way to the database: sessions that either write everything or nothing, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).with_name("migrations")
PATIENCE = timedelta(seconds=5)
"""How long a statement waits for a lock that somebody else holds."""
WRITES = "ashore_writes"
UPGRADE_LOCK = 7_216_001
"""An arbitrary number that stands for "somebody is migrating" on PostgreSQL."""


class DatabaseUnavailableError(Exception):
    """The database is locked, full or out of reach. Nothing was written; trying again later can help."""

    def __init__(self, reason: str, retry_after: timedelta) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. Share one per process; sessions are short and belong to one unit of work."""

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and writes nothing."""
        with _said_plainly(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session
            session.expunge_all()  # what was read may still be used; what was added is not written
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at the end of the block, or rolled back if it is left by an exception.

        On SQLite the write lock is taken at once, so that what is read in the block still holds when it is written.
        """
        engine = self.engine.execution_options(**{WRITES: True})
        with _said_plainly(), Session(engine, expire_on_commit=False) as session, session.begin():
            session.connection()
            yield session

    def upgrade(self) -> None:
        """Bring the tables up to date. Safe to call from several processes at once."""
        engine = self.engine.execution_options(**{WRITES: True})
        with _said_plainly(), engine.begin() as connection:
            if self.is_postgresql:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            command.upgrade(_alembic(connection), "head")

    def is_current(self) -> bool:
        """Whether all migrations have been applied."""
        with _said_plainly(), self.engine.connect() as connection:
            applied = MigrationContext.configure(connection).get_current_heads()
        return set(applied) == set(ScriptDirectory(str(MIGRATIONS)).get_heads())

    def scrub(self) -> None:
        """After an erasure: empty SQLite's write-ahead log, in which erased pages would live on for a while.

        While somebody reads it is left for the next time. PostgreSQL does this by itself.
        """
        if not self.is_postgresql:
            with _said_plainly(), closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def is_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str, patience: timedelta = PATIENCE) -> Database:
    """Connects lazily. SQLite runs with a write-ahead log, full synchronisation and foreign keys switched on."""
    milliseconds = int(patience.total_seconds() * 1000)
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": patience.total_seconds(), "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Database(engine)
    options = f"-c lock_timeout={milliseconds} -c timezone=UTC"
    arguments = {"options": options, "connect_timeout": max(2, int(patience.total_seconds()))}
    return Database(create_engine(url, connect_args=arguments, pool_pre_ping=True, pool_timeout=milliseconds / 1000))


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        reason = str(error.orig)
        if "no such" in reason:
            raise  # a table or column is missing: that is a fault of ours, and waiting does not mend it
        raise DatabaseUnavailableError(reason, _when_to_try_again(reason)) from error
    except TimeoutError as error:
        raise DatabaseUnavailableError(str(error), timedelta(seconds=2)) from error


def _when_to_try_again(reason: str) -> timedelta:
    return timedelta(seconds=60) if "full" in reason or "No space" in reason else timedelta(seconds=2)
