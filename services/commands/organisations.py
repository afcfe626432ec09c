"""`ashore organisation add|list|revoke`: keys for organisations that accompany people."""

from __future__ import annotations

from getpass import getuser

import click
from sqlalchemy import select

from services.casebook.access import add_organisation
from services.casebook.audit import record_key
from services.casebook.authors import operator
from services.casebook.clock import utc_now
from services.casebook.model import Role
from services.casebook.tables import OrganisationKeyRow
from services.commands.casebook import casebook


@click.group()
def organisation() -> None:
    """Keys for organisations that open and accompany cases."""


@organisation.command()
@click.argument("name")
@click.option(
    "--rules", "role", type=click.Choice([role.value for role in Role]), help="What it may do with the rules."
)
def add(name: str, role: str | None) -> None:
    """Make a key for NAME. It is printed once and kept nowhere."""
    with casebook() as (_, database), database.write() as session:
        row, key = add_organisation(session, name[:100], utc_now(), Role(role) if role else None)
        record_key(session, row, "organisation.added", operator(getuser()), utc_now())
    click.echo(f"{row.id}  {row.name}  {key}")


@organisation.command("list")
def list_all() -> None:
    """All organisations, each with the number that `revoke` takes."""
    with casebook() as (_, database), database.read() as session:
        for row in session.scalars(select(OrganisationKeyRow).order_by(OrganisationKeyRow.id)):
            state = "in use" if row.revoked_at is None else f"revoked {row.revoked_at:%Y-%m-%d}"
            rules = f"  rules: {row.rules_role.value}" if row.rules_role else ""
            click.echo(f"{row.id}  {row.name}  {state}{rules}")


@organisation.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """End the key with this NUMBER. The cases stay; the people keep their own tokens."""
    with casebook() as (_, database), database.write() as session:
        row = session.get(OrganisationKeyRow, number)
        if row is None:
            raise click.BadParameter(f"there is no organisation {number}", param_hint="NUMBER")
        row.revoked_at = row.revoked_at or utc_now()
        record_key(session, row, "organisation.revoked", operator(getuser()), utc_now())
    click.echo(f"{number}  revoked")
