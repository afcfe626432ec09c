"""Reads JSON that strangers send: what two readers could understand differently is refused, with its place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from services.rulebook.model import Text
from services.rulebook.problems import Problem, quoted

DEEPEST = 20
"""Levels of nesting; the deepest body that means anything has six."""
LONGEST_NUMBER = 40
MOST_PROBLEMS = 100

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonError(Exception):
    """The bytes are no JSON that we read; `problems` says why, each with its pointer."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.code for problem in problems))
        self.problems = problems


def read_json(data: bytes) -> object:
    """The value that `data` holds. Raises JsonError, with all problems that can be told apart."""
    text = _decoded(data)
    if not text.strip(" \t\r\n"):
        raise JsonError((Problem("empty_body", SAID["empty_body"]),))
    try:
        value = _STRICT.decode(text)
    except _DoubtfulError:
        raise JsonError(_find_problems(text)) from None
    except json.JSONDecodeError as error:
        raise JsonError((_not_json(error),)) from None
    except RecursionError:
        raise JsonError((Problem("nested_too_deep", SAID["nested_too_deep"]),)) from None
    if _ESCAPED_SURROGATE.search(text) or not _is_shallow(value):
        problems = _find_problems(text)
        if problems:
            raise JsonError(problems)
    return value


def pointer_to(parent: str, key: object) -> str:
    """The JSON pointer (RFC 6901) of a member of `parent`; a key too long to be read is cut short."""
    written = quoted(str(key)).replace("~", "~0").replace("/", "~1")
    return f"{parent}/{written}"


class _DoubtfulError(Exception):
    """The quick reading met something that the slow one has to look at."""


class _Pairs(list[tuple[str, object]]):
    """An object as it was written, with all its keys."""


class _BadNumber(NamedTuple):
    code: str
    written: str


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise JsonError((Problem("byte_order_mark", SAID["byte_order_mark"]),))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonError((Problem("not_utf8", SAID["not_utf8"], read=f"byte {error.start}"),)) from None


def _not_json(error: json.JSONDecodeError) -> Problem:
    zh, en = SAID["not_json"]
    place = (error.lineno, error.colno)
    return Problem("not_json", Text(zh.format(*place), en.format(*place)), read=quoted(error.doc[error.pos :][:20]))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DoubtfulError
    return members


def _short_whole(written: str) -> int:
    if len(written) > LONGEST_NUMBER:
        raise _DoubtfulError
    return int(written)


def _finite(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise _DoubtfulError
    return number


def _refuse_constant(written: str) -> float:
    raise _DoubtfulError(written)


def _judged_whole(written: str) -> int | _BadNumber:
    return int(written) if len(written) <= LONGEST_NUMBER else _BadNumber("number_too_long", quoted(written))


def _judged_float(written: str) -> float | _BadNumber:
    number = float(written)
    return _BadNumber("number_too_large", quoted(written)) if math.isinf(number) else number


_JUDGED_CONSTANTS = {word: _BadNumber("not_a_json_number", word) for word in ("NaN", "Infinity", "-Infinity")}

_STRICT = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_short_whole, parse_float=_finite, parse_constant=_refuse_constant
)
_LENIENT = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_int=_judged_whole,
    parse_float=_judged_float,
    parse_constant=_JUDGED_CONSTANTS.__getitem__,
)


def _is_shallow(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _members(outer) if isinstance(inner, dict | list)]
        if not level:
            return True
    return False


def _members(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _find_problems(text: str) -> tuple[Problem, ...]:
    """The slow reading: every problem with its pointer, in the order of the text, as far as they are told."""
    try:
        whole = _LENIENT.decode(text)
    except json.JSONDecodeError as error:
        return (_not_json(error),)
    except RecursionError:
        return (Problem("nested_too_deep", SAID["nested_too_deep"]),)
    return tuple(islice(_problems_in(whole, "", 0), MOST_PROBLEMS + 1))


def _problems_in(value: object, pointer: str, depth: int) -> Iterator[Problem]:
    if depth > DEEPEST:
        yield Problem("nested_too_deep", SAID["nested_too_deep"], pointer="/".join(pointer.split("/")[:4]))
        return
    yield from _problems_of_one(pointer, value)
    for at, inner in _children(pointer, value):
        yield from _problems_in(inner, at, depth + 1)


def _problems_of_one(pointer: str, value: object) -> Iterator[Problem]:
    if isinstance(value, _BadNumber):
        yield Problem(value.code, SAID[value.code], pointer=pointer, read=value.written)
    elif isinstance(value, str) and _has_lone_surrogate(value):
        yield Problem("lone_surrogate", SAID["lone_surrogate"], pointer=pointer, read=quoted(value))
    elif isinstance(value, _Pairs):
        keys = [key for key, _ in value]
        for key in sorted({key for key in keys if _has_lone_surrogate(key)}):
            yield Problem("lone_surrogate", SAID["lone_surrogate"], pointer=pointer_to(pointer, key), read=quoted(key))
        if len(set(keys)) == len(keys):
            return
        seen: set[str] = set()
        for key in keys:
            if key in seen:
                zh, en = SAID["duplicate_key"]
                said = Text(zh.format(quoted(key)), en.format(quoted(key)))
                yield Problem("duplicate_key", said, pointer=pointer_to(pointer, key), read=quoted(key))
            seen.add(key)


def _children(pointer: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, _Pairs):
        for key, inner in value:
            yield pointer_to(pointer, key), inner
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield pointer_to(pointer, index), inner


def _has_lone_surrogate(text: str) -> bool:
    return _SURROGATE.search(text) is not None


SAID = {
    "empty_body": Text("请求没有内容。", "The request has no content."),
    "not_utf8": Text("内容不是 UTF-8 编码。", "The content is not UTF-8."),
    "byte_order_mark": Text(
        "开头有字节顺序标记。请用不带 BOM 的 UTF-8。", "It starts with a byte order mark. Send UTF-8 without one."
    ),
    "not_json": Text("第 {0} 行第 {1} 个字符处不是合法的 JSON。", "This is not JSON at line {0}, character {1}."),
    "nested_too_deep": Text("嵌套层数太多。", "It is nested too deep."),
    "duplicate_key": Text("“{0}”写了不止一次。请只留一个。", "'{0}' is written more than once. Keep one of them."),
    "not_a_json_number": Text("JSON 里没有这样的数字。", "JSON has no such number."),
    "number_too_long": Text("这个数字太长。", "This number is too long."),
    "number_too_large": Text("这个数字太大。", "This number is too large."),
    "lone_surrogate": Text(
        "文字里有不完整的字符（单独的代理项）。", "The text holds half a character (a lone surrogate)."
    ),
}
