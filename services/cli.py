"""The command `ashore`. Each group of commands is one module of `services.commands`; it is added to COMMANDS here."""

from __future__ import annotations

import click

from services.commands.admin import admin
from services.commands.advise import advise
from services.commands.audit import audit
from services.commands.database import db
from services.commands.demo import demo
from services.commands.organisations import organisation
from services.commands.releases import rules

COMMANDS: tuple[click.Command, ...] = (advise, rules, admin, audit, db, demo, organisation)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Ashore: the next step out of overdue debt, with its reason and its source."""


for command in COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    main(prog_name="ashore")
