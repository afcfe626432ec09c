"""`ashore rules releases|rollback`: which rules were in force when, and back to those of before."""

from __future__ import annotations

from getpass import getuser

import click
from sqlalchemy import select

from services.casebook.authors import operator
from services.casebook.clock import utc_now
from services.casebook.releases import NoReleaseError, fingerprint_in_force, release_numbered, roll_back
from services.casebook.tables import ReleaseRow
from services.commands.casebook import casebook
from services.commands.rule_folders import rules
from services.commands.shared_options import SHOWN_DIGITS, refuse

__all__ = ["rules"]


@rules.command()
def releases() -> None:
    """List all releases, the newest first, with who made them and why."""
    with casebook() as (_, database), database.read() as session:
        try:
            in_force = fingerprint_in_force(session, utc_now())
        except NoReleaseError as error:
            refuse(str(error))
        for row in session.scalars(select(ReleaseRow).order_by(ReleaseRow.number.desc())):
            sign = "*" if row.fingerprint == in_force else " "
            made = f"{row.created_at:%Y-%m-%d %H:%M}"
            click.echo(f"{sign} {row.number:>4}  {row.fingerprint[:SHOWN_DIGITS]}  {made}  {row.created_by}: {row.why}")


@rules.command()
@click.argument("number", type=int)
@click.option("--why", required=True, help="Why it goes back; kept.")
@click.option("--by", default=getuser, help="Who goes back; your user name unless said otherwise.")
def rollback(number: int, why: str, by: str) -> None:
    """Put the release NUMBER in force again, at once; what was planned for later is withdrawn."""
    with casebook() as (_, database), database.write() as session:
        try:
            row = release_numbered(session, number)
        except NoReleaseError as error:
            refuse(f"{error}; `ashore rules releases` lists them")
        roll_back(session, number, operator(by), why, utc_now())
    click.echo(f"release {row.number} ({row.fingerprint[:SHOWN_DIGITS]}) is in force again")
