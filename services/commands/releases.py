"""`ashore rules import|export|releases|rollback`: from a folder to a release in force and back, without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from getpass import getuser
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy import select

from services.advisor.language import DEFAULT_LANGUAGE
from services.casebook.authors import operator
from services.casebook.clock import utc_now
from services.casebook.database import Database, DatabaseUnavailableError, open_database
from services.casebook.releases import NoReleaseError, add_release, fingerprint_in_force, publish, roll_back
from services.casebook.settings import SettingsError, read_settings
from services.casebook.tables import ReleaseRow
from services.commands.rules import rules
from services.commands.shared_options import FOUND, WRONG_INPUT, language_option, print_problems, read_rulebook, today
from services.rulebook.agreement import AgreementError, prove_in_subprocess
from services.rulebook.cases import find_failures
from services.rulebook.check import check_rulebook
from services.rulebook.load import read_folder
from services.rulebook.model import Rulebook
from services.rulebook.release import Release

__all__ = ["rules"]

PROVED_WITHIN = timedelta(seconds=60)
SHOWN_DIGITS = 12


@rules.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--why", required=True, help="Why the rules change; kept with the release.")
@click.option("--by", default=getuser, help="Who changes them; your user name unless said otherwise.")
@language_option()
def import_rules(folder: Path, why: str, by: str, language: str | None) -> None:
    """Put the rules in FOLDER in force, if nothing is wrong with them; running services take them up at once."""
    said = language or DEFAULT_LANGUAGE
    _prove(read_rulebook(folder, said), said)
    with _database() as database, database.write() as session:
        row = add_release(session, read_folder(folder), operator(by), why, utc_now())
        publish(session, row.fingerprint, operator(by), why, utc_now())
    click.echo(f"release {row.number} ({row.fingerprint[:SHOWN_DIGITS]}) is in force")


@rules.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--release", "number", type=int, help="The number of a release; the one in force unless said otherwise.")
def export_rules(folder: Path, number: int | None) -> None:
    """Write the rules of a release into FOLDER, which must be empty or not there yet."""
    if folder.exists() and any(folder.iterdir()):
        _refuse(f"{folder} is not empty")
    with _database() as database:
        row = _release(database, number)
    for name, text in row.files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    click.echo(f"release {row.number} is in {folder}")


@rules.command()
def releases() -> None:
    """List all releases, the newest first, with who made them and why."""
    with _database() as database, database.read() as session:
        in_force = fingerprint_in_force(session, utc_now())
        for row in session.scalars(select(ReleaseRow).order_by(ReleaseRow.number.desc())):
            sign = "*" if row.fingerprint == in_force else " "
            made = f"{row.created_at:%Y-%m-%d %H:%M}"
            click.echo(f"{sign} {row.number:>4}  {row.fingerprint[:SHOWN_DIGITS]}  {made}  {row.created_by}: {row.why}")


@rules.command()
@click.argument("number", type=int)
@click.option("--why", required=True, help="Why it goes back; kept.")
@click.option("--by", default=getuser, help="Who goes back; your user name unless said otherwise.")
def rollback(number: int, why: str, by: str) -> None:
    """Put the release NUMBER in force again."""
    with _database() as database:
        row = _release(database, number)
        with database.write() as session:
            roll_back(session, number, operator(by), why, utc_now())
    click.echo(f"release {row.number} ({row.fingerprint[:SHOWN_DIGITS]}) is in force again")


def _prove(rulebook: Rulebook, language: str) -> None:
    """Stops the command unless the check finds no error, all cases hold and both engines agree."""
    errors = check_rulebook(rulebook, today=today()).errors
    print_problems([finding.problem() for finding in errors], language)
    release = Release.build(rulebook)
    failures = tuple(find_failures(release, today()))
    release.close()
    print_problems(failures, language)
    if errors or failures:
        raise SystemExit(FOUND)
    try:
        report = prove_in_subprocess(rulebook, PROVED_WITHIN)
    except AgreementError as error:
        _refuse(f"durable_rules cannot work with these rules: {error}")
    if report.differences:
        _refuse(f"the two engines differ on {report.differences[0].rules}")


def _release(database: Database, number: int | None) -> ReleaseRow:
    with database.read() as session:
        wanted = (
            ReleaseRow.fingerprint == fingerprint_in_force(session, utc_now()) if number is None else ReleaseRow.number == number
        )
        row = session.scalar(select(ReleaseRow).where(wanted))
    if row is None:
        _refuse(f"there is no release {number}; `ashore rules releases` lists them")
    return row


@contextmanager
def _database() -> Iterator[Database]:
    try:
        database = open_database(read_settings().database_url)
        database.upgrade()
        yield database
        database.close()
    except SettingsError as error:
        click.echo(error, err=True)
        raise SystemExit(WRONG_INPUT) from error
    except (DatabaseUnavailableError, NoReleaseError) as error:
        _refuse(str(error))


def _refuse(why: str) -> NoReturn:
    click.echo(why, err=True)
    raise SystemExit(FOUND)
