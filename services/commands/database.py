"""`ashore db upgrade`: bring the database that the settings name to the present form."""

from __future__ import annotations

import sys

import click

from services.casebook.database import DatabaseUnavailableError, open_database
from services.casebook.settings import SettingsError, read_settings
from services.commands.shared_options import FOUND, WRONG_INPUT


@click.group("db")
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Apply the migrations that are missing; safe to run again, and by several hosts at once."""
    try:
        database = open_database(read_settings().database_url)
        database.upgrade()
        database.close()
    except SettingsError as error:
        click.echo(error, err=True)
        sys.exit(WRONG_INPUT)
    except DatabaseUnavailableError as error:
        click.echo(f"The database cannot be used: {error.reason}", err=True)
        sys.exit(FOUND)
