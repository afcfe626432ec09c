"""Turns nodes of rule files into words, days, lists and maps, or says what else is expected there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from services.rulebook.characters import normalised
from services.rulebook.model import Text
from services.rulebook.problems import Problem, Problems, did_you_mean, quoted
from services.rulebook.yaml_nodes import ListNode, MapNode, Node, ScalarNode

LONGEST_WORD = 200
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
EMPTY_WORDS = frozenset({"", "~", "null", "…", "...", "TODO", "TBD", "待翻译", "待补"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def as_word(node: Node, problems: Problems) -> ScalarNode | None:
    if not isinstance(node, ScalarNode):
        problems.add(Problem("not_a_word", _ONE_WORD, node.place))
        return None
    if len(node.text) > LONGEST_WORD:
        problems.add(too_long(node, LONGEST_WORD))
        return None
    return node


def as_words(node: Node, problems: Problems) -> list[ScalarNode]:
    items = node.items if isinstance(node, ListNode) else [node]
    words = [word for word in (as_word(item, problems) for item in items) if word is not None]
    seen: set[str] = set()
    for word in words:
        if word.text in seen:
            read = quoted(word.text)
            detail = Text(f"`{read}` 写了两次。", f"`{read}` is written twice.")
            problems.add(Problem("written_twice", detail, word.place, read=read))
        seen.add(word.text)
    return words


def as_map(node: Node, problems: Problems) -> MapNode | None:
    if isinstance(node, MapNode):
        return node
    problems.add(Problem("not_a_map", _MAP, node.place, read=read_of(node)))
    return None


def as_maps(node: Node, problems: Problems) -> list[MapNode]:
    if isinstance(node, ScalarNode):
        if node.text not in EMPTY_WORDS:
            problems.add(Problem("not_a_list", _LIST, node.place, read=read_of(node)))
        return []
    items: Iterable[Node] = node.items if isinstance(node, ListNode) else [node]
    return [item for item in (as_map(entry, problems) for entry in items) if item is not None]


def as_day(node: ScalarNode, problems: Problems) -> date | None:
    plain = normalised(node.text)
    try:
        day = date.fromisoformat(plain) if _DAY.fullmatch(plain) else None
    except ValueError:
        day = None
    if day is not None and EARLIEST <= day <= LATEST:
        return day
    read = quoted(node.text)
    detail = Text(
        f"日期要写成 `2026-11-24` 的样子，并且日历上有这一天；这里是 `{read}`。",
        f"A day is written like `2026-11-24` and must exist; this is `{read}`.",
    )
    problems.add(Problem("bad_day", detail, node.place, read=read))
    return None


def not_one_of(node: ScalarNode, key: str, allowed: tuple[str, ...]) -> Problem:
    read = quoted(node.text)
    detail = Text(f"`{key}` 不能是 `{read}`。", f"`{key}` cannot be `{read}`.")
    suggestion = did_you_mean(SAME_WORDS.get(normalised(node.text).casefold(), node.text), allowed)
    return Problem("unknown_word", detail, node.place, read=read, allowed=allowed, suggestion=suggestion)


SAME_WORDS = {
    **dict.fromkeys(("true", "y", "on", "是", "有", "对"), "yes"),
    **dict.fromkeys(("false", "n", "off", "否", "没有", "不是"), "no"),
}
"""How people write yes and no when they do not write `yes` and `no`."""


def too_long(node: ScalarNode, limit: int) -> Problem:
    detail = Text(f"这段文字超过 {limit} 个字符，请缩短。", f"This text has more than {limit} characters. Shorten it.")
    return Problem("too_long", detail, node.place, read=quoted(node.text))


def read_of(node: Node) -> str:
    return quoted(node.text) if isinstance(node, ScalarNode) else ""


_ONE_WORD = Text("这里只能写一个词或一行文字。", "Only one word or one line can stand here.")
_MAP = Text("这里要写 `名称: 值` 的条目。", "Entries of the form `name: value` belong here.")
_LIST = Text("这里要写一个列表，每一项以 `- ` 开头。", "A list belongs here; each item begins with `- `.")
