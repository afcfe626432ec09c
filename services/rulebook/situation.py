"""Reads what a person stated into a situation, with every mistake at once and a JSON pointer for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from services.rulebook.characters import normalised
from services.rulebook.compile import holds
from services.rulebook.model import UNKNOWN_WORD, Fact, Kind, Rulebook, Situation, Text, Value
from services.rulebook.problems import Problem, SituationError, did_you_mean, quoted

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
MOST_FACTS_REPORTED = 50

Checker = Callable[[object, str], "Value | Problem | None"]
"""Takes a raw value and its pointer; answers the value, the problem with it, or None for "not known"."""


def read_situation(rulebook: Rulebook, raw: object, declined: object = ()) -> Situation:
    """The situation that `raw` (fact id -> JSON value) states. Raises SituationError.

    The answer `unknown`, where the vocabulary has that word, means the same as declining: the fact stays unknown and is
    not asked again. `declined` names facts the person left open.
    """
    if not isinstance(raw, Mapping):
        raise SituationError((Problem("not_an_object", _OBJECT, pointer="/facts", read=_shown(raw)),))
    check = checkers(rulebook)
    values: dict[str, Value] = {}
    left_open: set[str] = set()
    problems: list[Problem] = []
    for name, given in raw.items():
        if len(problems) >= MOST_FACTS_REPORTED:
            break
        checker = check.get(name)
        if checker is None:
            problems.append(_unknown_fact(rulebook, name))
            continue
        read = checker(given, f"/facts/{name}")
        if read is None:
            left_open.add(name)
        elif isinstance(read, Problem):
            problems.append(read)
        else:
            values[name] = read
    left_open |= _declined(rulebook, declined, problems)
    problems += _contradictions(rulebook, values)
    if problems:
        raise SituationError(problems[:MOST_FACTS_REPORTED])
    return Situation(values, frozenset(left_open - values.keys()))


@lru_cache(maxsize=16)
def checkers(rulebook: Rulebook) -> dict[str, Checker]:
    """One checker per fact, made once per rulebook: this is the first thing that every request does."""
    makers = {
        Kind.YES_NO: _yes_no,
        Kind.ONE_OF: _one_of,
        Kind.SOME_OF: _some_of,
        Kind.WHOLE: _number,
        Kind.MONEY: _number,
        Kind.DATE: _day,
    }
    return {fact.id: makers[fact.kind](fact) for fact in rulebook.facts.values()}


def _yes_no(fact: Fact) -> Checker:
    def check(given: object, pointer: str) -> Value | Problem | None:
        if given is True or given is False:
            return given
        return _wrong_type(fact, given, pointer, ("true", "false"), _YES_NO)

    return check


def _one_of(fact: Fact) -> Checker:
    words = frozenset(fact.words)

    def check(given: object, pointer: str) -> Value | Problem | None:
        if type(given) is not str:
            return _wrong_type(fact, given, pointer, fact.words, _ONE_WORD)
        if given not in words:
            return _unknown_word(fact, given, pointer)
        return None if given == UNKNOWN_WORD else given

    return check


def _some_of(fact: Fact) -> Checker:
    words = frozenset(fact.words)

    def check(given: object, pointer: str) -> Value | Problem | None:
        if not isinstance(given, (list, tuple)):
            return _wrong_type(fact, given, pointer, fact.words, _SOME_WORDS)
        for place, word in enumerate(given):
            if type(word) is not str:
                return _wrong_type(fact, word, f"{pointer}/{place}", fact.words, _ONE_WORD)
            if word not in words:
                return _unknown_word(fact, word, f"{pointer}/{place}")
        held = frozenset(given)
        if len(held) == len(given):
            return held
        place = next(place for place, word in enumerate(given) if word in given[:place])
        return Problem("written_twice", _TWICE, pointer=f"{pointer}/{place}", read=given[place], suggestion=_ONCE)

    return check


def _number(fact: Fact) -> Checker:
    low, high = fact.minimum, fact.maximum

    def check(given: object, pointer: str) -> Value | Problem | None:
        if type(given) is not int:
            return _no_number(fact, given, pointer)
        if low <= given <= high:
            return given
        detail = Text(f"`{fact.id}` 要在 {low} 到 {high} 之间。", f"`{fact.id}` has to be from {low} to {high}.")
        return Problem("out_of_range", detail, pointer=pointer, read=_shown(given), allowed=(f"{low}..{high}",))

    return check


def _day(fact: Fact) -> Checker:
    def check(given: object, pointer: str) -> Value | Problem | None:
        day = _iso_day(given)
        if day is not None:
            return day
        return _wrong_type(fact, given, pointer, ("2026-11-24",), _DAY)

    return check


def _iso_day(given: object) -> date | None:
    if type(given) is not str or len(given) != len("2026-11-24"):
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _no_number(fact: Fact, given: object, pointer: str) -> Problem:
    problem = _wrong_type(fact, given, pointer, (f"{fact.minimum}..{fact.maximum}",), _WHOLE)
    meant = _meant_number(given)
    if meant is None or not fact.minimum <= meant <= fact.maximum:
        return problem
    return Problem(
        problem.code, problem.detail, pointer=pointer, read=problem.read, allowed=problem.allowed,
        suggestion=Text(f"请写 {meant}，不加引号和小数点。", f"Write {meant}, without quotes or a decimal point."),
    )  # fmt: skip


def _meant_number(given: object) -> int | None:
    """The number behind `"7"`, `"７"` and `7.0`."""
    if isinstance(given, float) and given.is_integer() and abs(given) < 1e15:
        return int(given)
    if isinstance(given, str) and len(given) <= 20:
        plain = normalised(given)
        return int(plain) if plain.isascii() and plain.removeprefix("-").isdecimal() else None
    return None


def _wrong_type(fact: Fact, given: object, pointer: str, allowed: tuple[str, ...], wanted: Text) -> Problem:
    read = _shown(given)
    detail = Text(f"`{fact.id}` {wanted.zh}这里是 {read}。", f"`{fact.id}` {wanted.en} This is {read}.")
    suggestion = _LEAVE_OUT if given is None else None
    return Problem("wrong_type", detail, pointer=pointer, read=read, allowed=allowed, suggestion=suggestion)


def _unknown_word(fact: Fact, word: str, pointer: str) -> Problem:
    read = quoted(word)
    detail = Text(f"`{fact.id}` 没有 `{read}` 这个值。", f"`{fact.id}` cannot be `{read}`.")
    suggestion = did_you_mean(word, fact.words)
    return Problem("unknown_word", detail, pointer=pointer, read=read, allowed=fact.words, suggestion=suggestion)


def _unknown_fact(rulebook: Rulebook, name: object) -> Problem:
    read = quoted(name) if isinstance(name, str) else _shown(name)
    detail = Text(f"没有名为 `{read}` 的事实。", f"There is no fact called `{read}`.")
    suggestion = did_you_mean(read, rulebook.facts)
    pointer = f"/facts/{read.replace('~', '~0').replace('/', '~1')}"
    return Problem(
        "unknown_fact", detail, pointer=pointer, read=read, allowed=tuple(rulebook.facts), suggestion=suggestion
    )


def _declined(rulebook: Rulebook, declined: object, problems: list[Problem]) -> set[str]:
    if not isinstance(declined, (list, tuple, set, frozenset)):
        problems.append(Problem("wrong_type", _NAMES, pointer="/declined", read=_shown(declined)))
        return set()
    names: set[str] = set()
    for place, name in enumerate(declined):
        if len(problems) >= MOST_FACTS_REPORTED:
            break
        if isinstance(name, str) and name in rulebook.facts:
            names.add(name)
            continue
        read = quoted(name) if isinstance(name, str) else _shown(name)
        detail = Text(f"没有名为 `{read}` 的事实。", f"There is no fact called `{read}`.")
        suggestion = did_you_mean(read, rulebook.facts)
        pointer = f"/declined/{place}"
        problems.append(Problem("unknown_fact", detail, pointer=pointer, read=read, suggestion=suggestion))
    return names


def _contradictions(rulebook: Rulebook, values: Mapping[str, Value]) -> list[Problem]:
    """What the rulebook says cannot be true together, one problem for each fact that takes part."""
    found = []
    for bar in rulebook.impossible:
        if all(holds(condition, values.get(condition.fact)) for condition in bar.when):
            facts = [condition.fact for condition in bar.when if condition.fact in values]
            for fact in facts:
                others = ", ".join(f"`{other}`" for other in facts if other != fact)
                suggestion = Text(f"请和 {others} 一起核对。", f"Check it together with {others}.")
                pointer = f"/facts/{fact}"
                found.append(
                    Problem("contradictory_facts", bar.message, pointer=pointer, read=fact, suggestion=suggestion)
                )
    return found


def _shown(given: object) -> str:
    """A raw value, short and safe to print."""
    if isinstance(given, str):
        return f'"{quoted(given)}"'
    if isinstance(given, bool) or given is None:
        return {True: "true", False: "false", None: "null"}[given]
    if isinstance(given, int):
        return str(given) if abs(given) < 10**20 else "a very long number"
    if isinstance(given, (list, tuple)):
        return "[…]" if given else "[]"
    return "{…}" if isinstance(given, Mapping) else quoted(repr(given))


_OBJECT = Text("`facts` 要写成一个对象，可以是空的 {}。", "`facts` has to be an object; {} will do.")
_NAMES = Text("`declined` 要写成事实名的列表。", "`declined` has to be a list of fact names.")
_YES_NO = Text("只能是 true 或 false。", "has to be true or false.")
_ONE_WORD = Text("要写一个词。", "has to be one word.")
_SOME_WORDS = Text("要写一个列表，都没有就写 []。", "has to be a list; [] means none of these.")
_WHOLE = Text("要写一个整数。", "has to be a whole number.")
_DAY = Text("要写日期，比如 2026-11-24。", "has to be a day such as 2026-11-24.")
_TWICE = Text("同一个词写了两次。", "A word is given twice.")
_ONCE = Text("每个词只写一次。", "Give each word once.")
_LEAVE_OUT = Text("不知道就不写这一项。", "Leave it out if it is not known.")
