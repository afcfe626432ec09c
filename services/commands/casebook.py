"""Opens the casebook for a command; what stands in the way is said in a sentence, with an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from services.casebook.database import Database, DatabaseUnavailableError, open_database
from services.casebook.settings import Settings, SettingsError, read_settings
from services.commands.shared_options import FOUND, WRONG_INPUT


@contextmanager
def casebook() -> Iterator[tuple[Settings, Database]]:
    """The settings and the database that they name, migrated."""
    try:
        settings = read_settings()
        database = open_database(settings.database_url)
        database.upgrade()
        yield settings, database
        database.close()
    except SettingsError as error:
        click.echo(error, err=True)
        sys.exit(WRONG_INPUT)
    except DatabaseUnavailableError as error:
        click.echo(f"The database cannot be used: {error.reason}", err=True)
        sys.exit(FOUND)
