"""From a request that was read to its answer as JSON bytes; the same for HTTP and for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import orjson
from marshmallow import ValidationError

from services.advisor.problem_json import problem_document
from services.advisor.reading import INVALID
from services.advisor.schemas.advice_request import AdviceRequestSchema
from services.advisor.schemas.strict import messages_of, problems_of
from services.rulebook.advice import advise
from services.rulebook.model import Text
from services.rulebook.problems import Problem, SituationError
from services.rulebook.release import Release
from services.rulebook.situation import read_situation

SITUATION = AdviceRequestSchema()
MOST_BATCH_PROBLEMS = 2_000
NOT_READ = Text(
    "前面的错误太多，这一条没有再看。请先改正前面的。",
    "There were so many mistakes before it that this one was not read. Mend those first.",
)


Heard = Callable[[Iterable[str]], None]
"""Is told the ids of the rules that spoke in one answer."""


def unheard(_: Iterable[str]) -> None:
    """Nobody counts."""


class Default(NamedTuple):
    """What holds for a situation that does not say it."""

    as_of: date
    language: str


def answer_one(release: Release, asked: Mapping[str, Any], default: Default, heard: Heard = unheard) -> bytes:
    """The answer to one situation that its schema has let pass. Raises SituationError about its facts.

    `heard` is told which rules speak in it.
    """
    situation = read_situation(release.rulebook, asked["facts"], asked.get("declined", ()))
    as_of = asked.get("as_of") or default.as_of
    answer = advise(release, situation, as_of, asked.get("language") or default.language)
    heard([step["rule"] for step in answer["steps"]])
    return orjson.dumps(answer)


class BatchAnswer(NamedTuple):
    """All items as one JSON document, and how many of them were answered and refused."""

    body: bytes
    answered: int
    refused: int


def answer_batch(
    release: Release, situations: Iterable[object], default: Default, heard: Heard = unheard
) -> BatchAnswer:
    """One item per situation, in their order: its answer, or the problem document that it would have got alone.

    After MOST_BATCH_PROBLEMS the rest is refused unread: finding what was meant takes longer than answering.
    """
    items: list[dict[str, Any]] = []
    problems = 0
    for index, raw in enumerate(situations):
        is_read = problems < MOST_BATCH_PROBLEMS
        item = _answer_item(release, raw, index, default, heard) if is_read else _unread(raw, index, default)
        problems += len(item["problem"]["errors"]) if "problem" in item else 0
        items.append(item)
    refused = sum("problem" in item for item in items)
    document = {"items": items, "answered": len(items) - refused, "refused": refused}
    return BatchAnswer(orjson.dumps(document), len(items) - refused, refused)


def _answer_item(release: Release, raw: object, index: int, default: Default, heard: Heard) -> dict[str, Any]:
    at = f"/situations/{index}"
    try:
        asked = SITUATION.load(raw)  # type: ignore[arg-type]
        answer = answer_one(release, asked, default, heard)
    except ValidationError as error:
        return _refused(index, problems_of(messages_of(error), SITUATION, raw, at), _language_in(raw, default))
    except SituationError as error:
        problems = tuple(replace(problem, pointer=at + problem.pointer) for problem in error.problems)
        return _refused(index, problems, _language_in(raw, default))
    return {"index": index, "answer": orjson.Fragment(answer)}


def _unread(raw: object, index: int, default: Default) -> dict[str, Any]:
    problem = Problem("not_read", NOT_READ, pointer=f"/situations/{index}")
    return _refused(index, (problem,), _language_in(raw, default))


def _refused(index: int, problems: tuple[Problem, ...], language: str) -> dict[str, Any]:
    return {"index": index, "problem": problem_document(422, "invalid_situation", INVALID, problems, language)}


def _language_in(raw: object, default: Default) -> str:
    asked = raw.get("language") if isinstance(raw, dict) else None
    return asked if asked in ("zh-CN", "en") else default.language
