"""`ashore rules check|test|diff`: what is wrong with a folder of rules, whether its cases hold, what a change does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from services.advisor.language import DEFAULT_LANGUAGE
from services.commands.check_report import report_lines
from services.commands.impact_report import impact_lines
from services.commands.rules_differences import differences
from services.commands.shared_options import (
    FOUND,
    Day,
    language_option,
    print_problems,
    read_rulebook,
    rules_argument,
    today,
)
from services.rulebook.cases import find_failures
from services.rulebook.check import check_rulebook
from services.rulebook.impact import impact
from services.rulebook.load import find_problems, load_rulebook, read_folder
from services.rulebook.model import Text
from services.rulebook.release import Release

NOTHING_DIFFERS = Text("没有不同。", "Nothing differs.")


@click.group()
def rules() -> None:
    """Check, test and compare folders of rules. Exit codes: 0 all is well, 1 something was found, 2 wrong use."""


@rules.command()
@rules_argument()
@language_option()
@click.option(
    "--today", "day", type=Day(), help="The day on which reviews and validity are judged; today unless given."
)
def check(folder: Path, language: str | None, day: date | None) -> None:
    """Say everything that is wrong with the rules in FOLDER, each with file and line, over all situations."""
    said = language or DEFAULT_LANGUAGE
    files, as_of = read_folder(folder), day or today()
    problems = find_problems(files, as_of)
    print_problems(problems, said)
    if any(not problem.is_warning for problem in problems):
        raise SystemExit(FOUND)
    report = check_rulebook(load_rulebook(files), today=as_of)
    print_problems([finding.problem() for finding in report.findings], said)
    for line in report_lines(report, said):
        click.echo(line)
    if report.errors:
        raise SystemExit(FOUND)


@rules.command()
@rules_argument()
@language_option()
@click.option("--today", "day", type=Day(), help="The day for cases that name none; today unless given.")
def test(folder: Path, language: str | None, day: date | None) -> None:
    """Answer every case of the rules in FOLDER and say which are answered otherwise than they expect."""
    said = language or DEFAULT_LANGUAGE
    release = Release.build(read_rulebook(folder, said))
    try:
        failures = find_failures(release, day or today())
    finally:
        release.close()
    print_problems(failures, said)
    failed = len({failure.place for failure in failures})
    click.echo(f"{len(release.rulebook.cases) - failed} passed, {failed} failed")
    if failures:
        raise SystemExit(FOUND)


@rules.command()
@rules_argument("old")
@rules_argument("new")
@language_option()
def diff(old: Path, new: Path, language: str | None) -> None:
    """Say what differs between the rules in OLD and in NEW, and for whom the advice changes."""
    said = language or DEFAULT_LANGUAGE
    before, after = read_rulebook(old, said), read_rulebook(new, said)
    found = [difference.line() for difference in differences(before, after)]
    if not found:
        click.echo(NOTHING_DIFFERS.in_language(said))
        return
    for line in (*found, *impact_lines(impact(before, after), said)):
        click.echo(line)
    raise SystemExit(FOUND)
