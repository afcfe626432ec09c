"""Options that several commands take, and how they read a rulebook; messages go to standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import click

from services.advisor.language import DEFAULT_LANGUAGE
from services.casebook.settings import starter_rules
from services.rulebook.load import load_rulebook, read_folder
from services.rulebook.model import LANGUAGES, Rulebook
from services.rulebook.problems import Problem, RulebookError

Options = Callable[[Callable[..., Any]], Callable[..., Any]]

FOUND = 1
"""The exit code of a check that found something."""
WRONG_INPUT = 2
"""The exit code when what was handed in cannot be used."""
SHOWN_DIGITS = 12
"""So much of a release's name is enough to tell it from all others."""


class Day(click.ParamType[date]):
    """A calendar day such as 2026-11-24."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC).date()
        except ValueError:
            self.fail(f"{value!r} is no day such as 2026-11-24", param, ctx)


def language_option() -> Options:
    return click.option("--language", type=click.Choice(LANGUAGES), help=f"{DEFAULT_LANGUAGE} unless said otherwise.")


def rules_argument(name: str = "folder") -> Options:
    """A folder of rules; the one the service uses, unless it is named."""
    return click.argument(
        name,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        envvar="ASHORE_RULES",
        default=starter_rules,
    )


def read_rulebook(folder: Path, language: str) -> Rulebook:
    """The rulebook of a folder; stops the command with every mistake in it."""
    try:
        return load_rulebook(read_folder(folder), prefix=f"{folder.name}/")
    except RulebookError as error:
        print_problems(error.problems, language)
        raise SystemExit(FOUND) from error


def print_problems(problems: Iterable[Problem], language: str) -> None:
    """One line each: the place, the sentence, what was probably meant."""
    for problem in problems:
        click.echo(problem.line(language), err=True)


def refuse(why: str) -> NoReturn:
    """Stops the command with a sentence."""
    click.echo(why, err=True)
    raise SystemExit(FOUND)


def today() -> date:
    """The day it is in China, where the rules hold."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()
