"""An answer of `POST /v1/advice` as lines for people to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from services.rulebook.model import Text

Json = dict[str, Any]

WIDTH = 3
"""How far everything below a step is moved to the right: as far as `1. ` reaches."""

CALL = Text("现在就可以打", "You can call now")
BY = Text("最晚 {due}", "by {due}")
LATE = Text("原定日期已过", "its day has passed")
WHY = Text("为什么：", "Why: ")
MINUTES = Text("需要 {minutes} 分钟", "{minutes} minutes")
AT_HAND = Text("准备好：", "Have at hand: ")
DONE_WHEN = Text("做完的标志：", "Done when: ")
SOURCE = Text("依据：{title}（{kind}，{confidence}）", "Source: {title} ({kind}, {confidence})")
ASK = Text("下一个问题", "The next question")
OPEN = Text("还没有定的", "Still open")
FORECAST = Text("如果什么都不变", "If nothing changes")
WHY_NOT = Text("为什么不建议", "Why not")
BASIS = Text("规则版本 {release}，日期 {as_of}", "Rules {release}, as of {as_of}")


def advice_lines(answer: Json, language: str) -> Iterator[str]:
    """Safety first, then the steps, what is open, what comes later and why not the rest."""
    yield from _safety(answer["safety"], language)
    for number, step in enumerate(answer["steps"], 1):
        yield from _step(number, step, language)
        yield ""
    yield from _section(ASK, _question(answer["next_question"]), language)
    yield from _section(OPEN, [f"- {note['text']}" for note in (answer["completeness"], *answer["notes"])], language)
    yield from _section(FORECAST, [f"- {change['text']}" for change in answer["forecast"]], language)
    yield from _section(WHY_NOT, [f"- {item['title']}: {item['text']}" for item in answer["why_not"]], language)
    yield answer["disclaimer"]
    receipt = answer["receipt"]
    yield BASIS.in_language(language).format(release=receipt["release"][:12], as_of=receipt["as_of"])


def _safety(safety: Json, language: str) -> Iterator[str]:
    if safety["level"] == "ok":
        return
    yield f"{CALL.in_language(language)}:"
    yield from (f"- {contact['number']}  {contact['name']}" for contact in safety["contacts"] if contact["emergency"])
    yield ""


def _step(number: int, step: Json, language: str) -> Iterator[str]:
    yield f"{number}. {step['title']} ({', '.join(_when(step, language))})"
    for line in _about(step, language):
        yield f"{'':{WIDTH}}{line}"


def _when(step: Json, language: str) -> Iterator[str]:
    yield step["urgency_label"]
    if step["due"]:
        yield BY.in_language(language).format(due=step["due"])
    if step["late"]:
        yield LATE.in_language(language)
    if step["minutes"]:
        yield MINUTES.in_language(language).format(minutes=step["minutes"])


def _about(step: Json, language: str) -> Iterator[str]:
    yield from step["text"].strip().splitlines()
    yield f"{WHY.in_language(language)}{step['because'].strip()}"
    if step["at_hand"]:
        yield f"{AT_HAND.in_language(language)}{step['at_hand']}"
    if step["done_when"]:
        yield f"{DONE_WHEN.in_language(language)}{step['done_when']}"
    for source in step["sources"]:
        title = " ".join(part for part in (source["title"], source["part"]) if part)
        kind, confidence = source["kind_label"], source["confidence_label"]
        yield SOURCE.in_language(language).format(title=title, kind=kind, confidence=confidence)


def _question(question: Json | None) -> list[str]:
    if question is None:
        return []
    choices = [f"- {choice['label']} ({json.dumps(choice['value'])})" for choice in question["choices"]]
    return [f"{question['question']} ({question['fact']})", question["why"], *choices]


def _section(title: Text, lines: list[str], language: str) -> Iterator[str]:
    if lines:
        yield f"{title.in_language(language)}:"
        yield from lines
        yield ""
