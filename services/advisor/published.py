"""What the advisor takes from the database when it starts: the release in force, and whether the database answers."""

from __future__ import annotations

from sqlalchemy import text

from services.advisor.readiness import Component, Work
from services.casebook.clock import Clock
from services.casebook.database import Database, DatabaseUnavailableError
from services.casebook.releases import build_release, ensure_first_release
from services.casebook.settings import Settings
from services.rulebook.load import read_folder
from services.rulebook.release import Release


def published_release(settings: Settings, database: Database, clock: Clock) -> Release:
    """The release in force, ready to decide. The very first start makes the tables and loads the starter rulebook."""
    database.upgrade()
    with database.write() as session:
        fingerprint = ensure_first_release(session, lambda: read_folder(settings.rules), clock())
        return build_release(session, fingerprint)


def database_component(database: Database) -> Component:
    """Cases and follow-ups need the database; advice is given without it."""
    try:
        with database.read() as session:
            session.execute(text("SELECT 1"))
    except DatabaseUnavailableError as error:
        return Component("database", False, Work.FOLLOW_UPS, type(error.__cause__).__name__)
    return Component("database", True, Work.FOLLOW_UPS, database.engine.dialect.name)
