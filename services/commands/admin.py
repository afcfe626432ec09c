"""`ashore admin create|list|link`: people who may sign in to the rule studio."""

from __future__ import annotations

from getpass import getuser

import click

from services.casebook.accounts import WELCOME, AccountError, accounts, add_account, find_account, renew_link
from services.casebook.authors import operator
from services.casebook.clock import utc_now
from services.casebook.model import Role
from services.casebook.settings import Settings
from services.commands.casebook import casebook


@click.group()
def admin() -> None:
    """People who may sign in to the rule studio."""


@admin.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ADMIN.value, show_default=True)
def create(name: str, role: str) -> None:
    """Make an account for NAME and print the one-time link with which its password is set."""
    with casebook() as (settings, database), database.write() as session:
        try:
            row, token = add_account(session, name, Role(role), operator(getuser()), utc_now())
        except AccountError as error:
            raise click.BadParameter(error.text.en, param_hint="NAME") from error
    click.echo(f"{row.name}  {row.role.value}  {welcome_address(settings, token)}")


@admin.command("list")
def list_all() -> None:
    """All accounts with their roles."""
    with casebook() as (_, database), database.read() as session:
        for row in accounts(session):
            state = "locked" if row.disabled_at else "in use" if row.password_hash else "no password yet"
            click.echo(f"{row.name}  {row.role.value}  {state}")


@admin.command()
@click.argument("name")
def link(name: str) -> None:
    """Print a new one-time link for NAME, who lost the last one or the password."""
    with casebook() as (settings, database), database.write() as session:
        row = find_account(session, name)
        if row is None:
            raise click.BadParameter(f"there is no account {name}; `ashore admin list` shows all", param_hint="NAME")
        token = renew_link(session, row, operator(getuser()), utc_now())
    click.echo(welcome_address(settings, token))


def welcome_address(settings: Settings, token: str) -> str:
    """Where a one-time link leads; it works once, for a week."""
    return f"{settings.base_url}{WELCOME}{token}"
