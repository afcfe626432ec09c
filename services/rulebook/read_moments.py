"""Reads days that are said relative to a case: deadlines, and when to come back to the person."""

from __future__ import annotations

import re
from dataclasses import replace

from services.rulebook.catalogue import Catalogue
from services.rulebook.characters import normalised
from services.rulebook.fields import Fields
from services.rulebook.model import Fact, FollowUp, Kind, Moment, Text
from services.rulebook.problems import Problem, Problems, quoted
from services.rulebook.yaml_nodes import ScalarNode

MOMENT_KEYS = ("in", "when", "at")
FOLLOW_UP_KEYS = (*MOMENT_KEYS, "ask", "say", "hour")
FIRST_HOUR, LAST_HOUR = 9, 20
"""Messages leave between 9:00 and 20:30 of the person's day."""
LONGEST_WAIT = 3650
_IN = re.compile(r"([0-9]{1,4}) days?")
_WHEN = re.compile(r"([a-z0-9_]+) reaches (-?[0-9]{1,15})")
_AT = re.compile(r"(?:([0-9]{1,4}) days? (before|after) )?([a-z0-9_]+)")
_SOME_TIME = re.compile(r"([0-9]{1,3}) ?(天|日|周|d|day|days|week|weeks)?")


def read_deadline(fields: Fields, facts: Catalogue[Fact]) -> tuple[Moment, ...]:
    """The moments under `deadline`."""
    nodes = fields.maps("deadline")
    moments = (_moment(Fields(node, fields.problems, MOMENT_KEYS), facts) for node in nodes)
    return tuple(moment for moment in moments if moment is not None)


def read_follow_ups(fields: Fields, facts: Catalogue[Fact]) -> tuple[FollowUp, ...]:
    """The moments under `follow_up`, each with the fact to ask for."""
    nodes = fields.maps("follow_up")
    found = (_follow_up(Fields(node, fields.problems, FOLLOW_UP_KEYS), facts) for node in nodes)
    return tuple(follow_up for follow_up in found if follow_up is not None)


def _follow_up(fields: Fields, facts: Catalogue[Fact]) -> FollowUp | None:
    moment, ask = _moment(fields, facts), fields.word("ask")
    say, hour = fields.text_or_none("say"), fields.number("hour", FIRST_HOUR, LAST_HOUR)
    if moment is None or ask is None or not facts.has(ask, fields.problems):
        return None
    return FollowUp(moment, ask.text, say, hour, fields.place)


def _moment(fields: Fields, facts: Catalogue[Fact]) -> Moment | None:
    """One of `in: 7 days`, `when: days_overdue reaches 91` and `at: 3 days before hearing_on`."""
    given = [key for key in MOMENT_KEYS if fields.has(key)]
    if len(given) != 1:
        problem = Problem("bad_moment", _ONE_MOMENT, fields.place, read=", ".join(given), allowed=MOMENT_KEYS)
        fields.problems.add(problem)
        return None
    node = fields.word(given[0])
    if node is None:
        return None
    read = {"in": _after, "when": _reached, "at": _on_day}[given[0]]
    moment = read(node, facts, fields.problems)
    return None if moment is None else replace(moment, place=node.place)


def _after(node: ScalarNode, _facts: Catalogue[Fact], problems: Problems) -> Moment | None:
    found = _IN.fullmatch(normalised(node.text))
    if found is None or int(found[1]) > LONGEST_WAIT:
        read, meant = quoted(node.text), _in_days(node.text)
        problems.add(Problem("bad_moment", _BAD_IN, node.place, read=read, allowed=("7 days",), suggestion=meant))
        return None
    return Moment(in_days=int(found[1]))


def _in_days(text: str) -> Text | None:
    """What somebody meant who wrote `7`, `7 天` or `1 week`."""
    found = _SOME_TIME.fullmatch(normalised(text))
    if found is None:
        return None
    days = int(found[1]) * (7 if found[2] in ("周", "week", "weeks") else 1)
    written = f"{days} day" if days == 1 else f"{days} days"
    return Text(f"请写 `{written}`。", f"Write `{written}`.")


def _reached(node: ScalarNode, facts: Catalogue[Fact], problems: Problems) -> Moment | None:
    found = _WHEN.fullmatch(normalised(node.text))
    if found is None:
        allowed = ("days_overdue reaches 91",)
        problems.add(Problem("bad_moment", _BAD_WHEN_REACHES, node.place, read=quoted(node.text), allowed=allowed))
        return None
    fact = facts.find(ScalarNode(found[1], node.place), problems)
    if fact is None:
        return None
    value = int(found[2])
    if fact.moves is None or not fact.minimum <= value <= fact.maximum:
        problems.add(Problem("bad_moment", _NOT_MOVING, node.place, read=quoted(node.text)))
        return None
    return Moment(fact=fact.id, reaches=value)


def _on_day(node: ScalarNode, facts: Catalogue[Fact], problems: Problems) -> Moment | None:
    found = _AT.fullmatch(normalised(node.text))
    if found is None:
        allowed = ("hearing_on", "3 days before hearing_on")
        problems.add(Problem("bad_moment", _BAD_AT, node.place, read=quoted(node.text), allowed=allowed))
        return None
    fact = facts.find(ScalarNode(found[3], node.place), problems)
    if fact is None:
        return None
    if fact.kind is not Kind.DATE:
        problems.add(Problem("bad_moment", _NO_DATE, node.place, read=quoted(node.text)))
        return None
    days = int(found[1] or 0)
    return Moment(date_fact=fact.id, offset=-days if found[2] == "before" else days)


_ONE_MOMENT = Text("`in`、`when`、`at` 只能写一个。", "Write exactly one of `in`, `when` and `at`.")
_BAD_IN = Text("`in` 要写成 `7 days`。", "`in` is written `7 days`.")
_BAD_WHEN_REACHES = Text("`when` 要写成 `days_overdue reaches 91`。", "`when` is written `days_overdue reaches 91`.")
_NOT_MOVING = Text(
    "这个事实不会自己变化，或到不了这个数。", "This fact does not change by itself, or never reaches that number."
)
_BAD_AT = Text(
    "`at` 要写成 `hearing_on` 或 `3 days before hearing_on`。",
    "`at` is written `hearing_on` or `3 days before hearing_on`.",
)
_NO_DATE = Text("`at` 只能跟日期（`kind: date`）。", "`at` takes a fact that is a date (`kind: date`).")
