"""`ashore audit verify`: whether anybody changed what was recorded about the rules."""

from __future__ import annotations

import click

from services.casebook.audit import verify as verify_audit
from services.commands.casebook import casebook
from services.commands.shared_options import FOUND


@click.group()
def audit() -> None:
    """The record of every act on the rules."""


@audit.command()
@click.option("--head", default="", help="The head that an earlier run printed: nothing before it may be gone.")
def verify(head: str) -> None:
    """Recompute the chain of hashes, the names of all releases, and look for publications nobody recorded."""
    with casebook() as (_, database), database.read() as session:
        report = verify_audit(session, head)
    for fault in report.faults:
        click.echo(fault, err=True)
    click.echo(f"{report.entries} entries, {len(report.faults)} faults, head {report.head}")
    if report.faults:
        raise SystemExit(FOUND)
