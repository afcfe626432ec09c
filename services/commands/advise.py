"""`ashore advise FILE|-`: the answer of `POST /v1/advice` without a server, as text for people or as the same JSON."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson
from marshmallow import ValidationError

from services.advisor.advising import Default, answer_one
from services.advisor.json_reading import JsonError, read_json
from services.advisor.language import DEFAULT_LANGUAGE
from services.advisor.schemas.advice_request import AdviceRequestSchema
from services.advisor.schemas.strict import FIRST_DAY, LAST_DAY, messages_of, problems_of
from services.casebook.settings import starter_rules
from services.commands.advice_text import advice_lines
from services.commands.shared_options import WRONG_INPUT, Day, language_option, print_problems, read_rulebook, today
from services.rulebook.problems import Problem, SituationError
from services.rulebook.release import Release


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Print the JSON that POST /v1/advice answers.")
@language_option()
@click.option("--as-of", type=Day(), help="The day the advice is for; today unless said otherwise.")
@click.option(
    "--rules",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="ASHORE_RULES",
    default=starter_rules,
    help="The folder of rules to advise by.",
)
def advise(file: BinaryIO, as_json: bool, language: str | None, as_of: date | None, folder: Path) -> None:
    """Advise on the situation in FILE (or -, standard input).

    FILE holds what POST /v1/advice takes: {"facts": {"days_overdue": 12}}. What the options say counts more.
    """
    said = language or DEFAULT_LANGUAGE
    asked = _read_request(file.read(), language, as_of)
    said = asked.get("language", said)
    release = Release.build(read_rulebook(folder, said))
    try:
        answer = answer_one(release, asked, Default(today(), said))
    except SituationError as error:
        _refuse(error.problems, said)
    finally:
        release.close()
    click.echo(answer if as_json else "\n".join(advice_lines(orjson.loads(answer), said)))


def _read_request(data: bytes, language: str | None, as_of: date | None) -> dict[str, Any]:
    """What FILE asks, and above it what the options ask; stops the command with all that is wrong."""
    schema = AdviceRequestSchema()
    raw: Any = None
    try:
        raw = read_json(data)
        asked: dict[str, Any] = schema.load(raw)
    except JsonError as error:
        _refuse(error.problems, language or DEFAULT_LANGUAGE)
    except ValidationError as error:
        _refuse(problems_of(messages_of(error), schema, raw), language or _language_in(raw))
    if as_of is not None and not FIRST_DAY <= as_of <= LAST_DAY:
        raise click.BadParameter(f"the day has to lie between {FIRST_DAY} and {LAST_DAY}", param_hint="--as-of")
    said = {"language": language, "as_of": as_of}
    return asked | {name: value for name, value in said.items() if value is not None}


def _language_in(raw: Any) -> str:
    return "en" if isinstance(raw, dict) and raw.get("language") == "en" else DEFAULT_LANGUAGE


def _refuse(problems: tuple[Problem, ...], language: str) -> Any:
    print_problems(problems, language)
    raise SystemExit(WRONG_INPUT)
