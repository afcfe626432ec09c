"""`ashore organisation add|list|revoke`: keys for organisations that accompany people."""

from __future__ import annotations

import click
from sqlalchemy import select

from services.casebook.access import add_organisation
from services.casebook.clock import utc_now
from services.casebook.tables import OrganisationKeyRow
from services.commands.casebook import casebook


@click.group()
def organisation() -> None:
    """Keys for organisations that open and accompany cases."""


@organisation.command()
@click.argument("name")
def add(name: str) -> None:
    """Make a key for NAME. It is printed once and kept nowhere."""
    with casebook() as (_, database), database.write() as session:
        row, key = add_organisation(session, name[:100], utc_now())
    click.echo(f"{row.id}  {row.name}  {key}")


@organisation.command("list")
def list_all() -> None:
    """All organisations, each with the number that `revoke` takes."""
    with casebook() as (_, database), database.read() as session:
        for row in session.scalars(select(OrganisationKeyRow).order_by(OrganisationKeyRow.id)):
            state = "in use" if row.revoked_at is None else f"revoked {row.revoked_at:%Y-%m-%d}"
            click.echo(f"{row.id}  {row.name}  {state}")


@organisation.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """End the key with this NUMBER. The cases stay; the people keep their own tokens."""
    with casebook() as (_, database), database.write() as session:
        row = session.get(OrganisationKeyRow, number)
        if row is None:
            raise click.BadParameter(f"there is no organisation {number}", param_hint="NUMBER")
        row.revoked_at = row.revoked_at or utc_now()
    click.echo(f"{number}  revoked")
