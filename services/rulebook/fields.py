"""Takes typed fields out of one map of a rule file and says which are missing, unknown or wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from services.rulebook.characters import normalised
from services.rulebook.lint import joined_without_gaps, lint_text
from services.rulebook.model import Place, Text
from services.rulebook.problems import Problem, Problems, did_you_mean, quoted
from services.rulebook.yaml_nodes import ListNode, MapNode, Node, ScalarNode

LONGEST_TEXT = 5_000
LONGEST_WORD = 200
LONGEST_ID = 60
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
NO_TEXT = Text("", "")
_EMPTY_WORDS = frozenset({"", "~", "null", "…", "...", "TODO", "TBD", "待翻译", "待补"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,15}")

Words = TypeVar("Words", bound=StrEnum)


class IdStyle(StrEnum):
    """How the ids of one sort are written."""

    KEBAB = "kebab-case"
    SNAKE = "snake_case"
    EITHER = "kebab-case or snake_case"
    POINT = "a letter and digits"


_ID_FORMS = {
    IdStyle.KEBAB: re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*"),
    IdStyle.SNAKE: re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*"),
    IdStyle.EITHER: re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*"),
    IdStyle.POINT: re.compile(r"[A-Z][0-9]{1,4}"),
}
_ID_EXAMPLES = {
    IdStyle.KEBAB: "pay-in-full",
    IdStyle.SNAKE: "days_overdue",
    IdStyle.EITHER: "pay-in-full",
    IdStyle.POINT: "G01",
}


class Fields:
    """The entries of one map. A wrong field is reported and answered with an empty value, so that reading goes on."""

    def __init__(self, node: MapNode, problems: Problems, allowed: tuple[str, ...]) -> None:
        self.node = node
        self.problems = problems
        for key, place in node.key_places.items():
            if key not in allowed:
                self._unknown_key(key, place, allowed)

    @property
    def place(self) -> Place:
        return self.node.place

    def has(self, key: str) -> bool:
        return key in self.node.entries

    def optional(self, key: str) -> Node | None:
        return self.node.entries.get(key)

    def needed(self, key: str) -> Node | None:
        """The value under the key; a problem if there is none."""
        node = self.node.entries.get(key)
        if node is None or (isinstance(node, ScalarNode) and node.text in _EMPTY_WORDS):
            detail = Text(f"缺少 `{key}`。", f"`{key}` is missing.")
            self.problems.add(Problem("missing_key", detail, self.node.place if node is None else node.place, read=key))
            return None
        return node

    def word(self, key: str) -> ScalarNode | None:
        """A required single word or line."""
        node = self.needed(key)
        return None if node is None else as_word(node, self.problems)

    def word_or_none(self, key: str) -> ScalarNode | None:
        node = self.optional(key)
        return None if node is None else as_word(node, self.problems)

    def id(self, key: str, style: IdStyle) -> ScalarNode | None:
        """A required id of the given style."""
        node = self.word(key)
        if node is not None and not (len(node.text) <= LONGEST_ID and _ID_FORMS[style].fullmatch(node.text)):
            self.problems.add(_bad_id(node, style))
        return node

    def text(self, key: str) -> Text:
        """A required text in both languages."""
        node = self.needed(key)
        return NO_TEXT if node is None else as_text(node, self.problems)

    def text_or_none(self, key: str) -> Text | None:
        node = self.optional(key)
        return None if node is None else as_text(node, self.problems)

    def own_text(self) -> Text:
        """The text whose `zh` and `en` stand in this very map, beside other keys."""
        return _both_languages(self)

    def choice(self, key: str, words: type[Words], default: Words | None = None) -> Words | None:
        """One of the words; None (with a problem) if it is another one, or missing without a default."""
        if default is not None and key not in self.node.entries:
            return default
        node = self.word(key)
        if node is None:
            return None
        allowed = tuple(word.value for word in words)
        if node.text in allowed:
            return words(node.text)
        self.problems.add(not_one_of(node, key, allowed))
        return None

    def yes_no(self, key: str, default: bool = False) -> bool:
        node = self.word_or_none(key)
        if node is None:
            return default
        if node.text not in ("yes", "no"):
            self.problems.add(not_one_of(node, key, ("yes", "no")))
        return node.text == "yes"

    def number(self, key: str, low: int, high: int) -> int | None:
        """A whole number between the two, if there is one."""
        node = self.word_or_none(key)
        if node is None:
            return None
        plain = normalised(node.text)
        if _NUMBER.fullmatch(plain) and low <= int(plain) <= high:
            return int(plain)
        read = quoted(node.text)
        detail = Text(
            f"`{key}` 要写 {low} 到 {high} 的整数，这里是 `{read}`。",
            f"`{key}` is a whole number from {low} to {high}; this is `{read}`.",
        )
        self.problems.add(Problem("bad_number", detail, node.place, read=read, allowed=(f"{low}..{high}",)))
        return None

    def day(self, key: str) -> date | None:
        """A required calendar day."""
        node = self.word(key)
        return None if node is None else as_day(node, self.problems)

    def day_or_none(self, key: str) -> date | None:
        node = self.word_or_none(key)
        return None if node is None else as_day(node, self.problems)

    def words(self, key: str) -> list[ScalarNode]:
        """The words of a list, or the one word that stands in its place; each at most once."""
        node = self.optional(key)
        return [] if node is None else as_words(node, self.problems)

    def maps(self, key: str) -> list[MapNode]:
        """The maps of a list, or the one map that stands in its place."""
        node = self.optional(key)
        return [] if node is None else as_maps(node, self.problems)

    def map(self, key: str) -> MapNode | None:
        """A required map."""
        node = self.needed(key)
        return None if node is None else as_map(node, self.problems)

    def _unknown_key(self, key: str, place: Place, allowed: tuple[str, ...]) -> None:
        read = quoted(key)
        detail = Text(f"这里不能写 `{read}`。", f"`{read}` has no place here.")
        suggestion = did_you_mean(key, [word for word in allowed if not self.has(word)])
        self.problems.add(Problem("unknown_key", detail, place, read=read, allowed=allowed, suggestion=suggestion))


def as_word(node: Node, problems: Problems) -> ScalarNode | None:
    if not isinstance(node, ScalarNode):
        problems.add(Problem("not_a_word", _ONE_WORD, node.place))
        return None
    if len(node.text) > LONGEST_WORD:
        problems.add(_too_long(node, LONGEST_WORD))
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
    problems.add(Problem("not_a_map", _MAP, node.place, read=_read(node)))
    return None


def as_maps(node: Node, problems: Problems) -> list[MapNode]:
    if isinstance(node, ScalarNode):
        if node.text not in _EMPTY_WORDS:
            problems.add(Problem("not_a_list", _LIST, node.place, read=_read(node)))
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


def as_text(node: Node, problems: Problems) -> Text:
    """Both languages of a text, its numbers compared."""
    if not isinstance(node, MapNode):
        problems.add(Problem("missing_translation", _BOTH, node.place, read=_read(node)))
        return NO_TEXT
    return _both_languages(Fields(node, problems, ("zh", "en")))


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


def _both_languages(fields: Fields) -> Text:
    text = Text(_one_language(fields, "zh"), _one_language(fields, "en"))
    if text.zh and text.en:
        for problem in lint_text(text, fields.place):
            fields.problems.add(problem)
    return text


def _one_language(fields: Fields, language: str) -> str:
    node = fields.optional(language)
    if node is None or (isinstance(node, ScalarNode) and node.text.strip() in _EMPTY_WORDS):
        place = fields.place if node is None else node.place
        detail = _MISSING[language]
        fields.problems.add(Problem("missing_translation", detail, place, read=language, allowed=("zh", "en")))
        return ""
    if not isinstance(node, ScalarNode):
        fields.problems.add(Problem("not_a_text", _ONE_TEXT, node.place))
        return ""
    if len(node.text) > LONGEST_TEXT:
        fields.problems.add(_too_long(node, LONGEST_TEXT))
        return ""
    text = node.text.strip()
    return joined_without_gaps(text) if node.is_joined and language == "zh" else text


def _bad_id(node: ScalarNode, style: IdStyle) -> Problem:
    read = quoted(node.text)
    detail = Text(
        f"编号 `{read}` 的写法不对：要像 `{_ID_EXAMPLES[style]}`，最长 {LONGEST_ID} 个字符。",
        f"The id `{read}` is not written like `{_ID_EXAMPLES[style]}` ({style.value}, up to {LONGEST_ID} signs).",
    )
    join = "_" if style is IdStyle.SNAKE else "-"
    better = re.sub(r"[^a-z0-9]+", join, normalised(node.text).lower()).strip(join)
    is_better = style is not IdStyle.POINT and _ID_FORMS[style].fullmatch(better) and len(better) <= LONGEST_ID
    suggestion = Text(f"可以写 `{better}`。", f"Write `{better}`.") if is_better else None
    return Problem("bad_id", detail, node.place, read=read, suggestion=suggestion)


def _too_long(node: ScalarNode, limit: int) -> Problem:
    detail = Text(f"这段文字超过 {limit} 个字符，请缩短。", f"This text has more than {limit} characters. Shorten it.")
    return Problem("too_long", detail, node.place, read=quoted(node.text))


def _read(node: Node) -> str:
    return quoted(node.text) if isinstance(node, ScalarNode) else ""


_ONE_WORD = Text("这里只能写一个词或一行文字。", "Only one word or one line can stand here.")
_ONE_TEXT = Text("这里只能写一段文字。", "Only a text can stand here.")
_MAP = Text("这里要写 `名称: 值` 的条目。", "Entries of the form `name: value` belong here.")
_LIST = Text("这里要写一个列表，每一项以 `- ` 开头。", "A list belongs here; each item begins with `- `.")
_BOTH = Text("这段文字要分别写 `zh:` 和 `en:`。", "This text needs a `zh:` and an `en:`.")
_MISSING = {
    "zh": Text("缺少中文（`zh:`）。", "The Chinese text (`zh:`) is missing."),
    "en": Text("缺少英文（`en:`）。", "The English text (`en:`) is missing."),
}
