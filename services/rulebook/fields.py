"""Takes typed fields out of one map of a rule file and says which are missing, unknown or wrong."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import TypeVar

from services.rulebook.characters import normalised
from services.rulebook.ids import IdStyle, find_bad_id
from services.rulebook.lint import joined_without_gaps, lint_text
from services.rulebook.model import Place, Text
from services.rulebook.problems import Problem, Problems, did_you_mean, quoted
from services.rulebook.values import (
    EMPTY_WORDS,
    as_day,
    as_map,
    as_maps,
    as_word,
    as_words,
    not_one_of,
    read_of,
    too_long,
)
from services.rulebook.yaml_nodes import MapNode, Node, ScalarNode

LONGEST_TEXT = 5_000
NO_TEXT = Text("", "")
_NUMBER = re.compile(r"-?[0-9]{1,15}")

Words = TypeVar("Words", bound=StrEnum)


class Fields:
    """The entries of one map. A wrong field is reported and answered with an empty value, so that reading goes on."""

    def __init__(self, node: MapNode, problems: Problems, allowed: tuple[str, ...] | None = None) -> None:
        """With `allowed`, any other key is a problem; without, somebody has looked at the keys before."""
        self.node = node
        self.problems = problems
        for key, place in node.key_places.items():
            if allowed is not None and key not in allowed:
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
        if node is None or (isinstance(node, ScalarNode) and node.text in EMPTY_WORDS):
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
        problem = None if node is None else find_bad_id(node, style)
        if problem is not None:
            self.problems.add(problem)
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


def as_text(node: Node, problems: Problems) -> Text:
    """Both languages of a text, its numbers compared."""
    if not isinstance(node, MapNode):
        problems.add(Problem("missing_translation", _BOTH, node.place, read=read_of(node)))
        return NO_TEXT
    return _both_languages(Fields(node, problems, ("zh", "en")))


def _both_languages(fields: Fields) -> Text:
    text = Text(_one_language(fields, "zh"), _one_language(fields, "en"))
    if text.zh and text.en:
        for problem in lint_text(text, fields.place):
            fields.problems.add(problem)
    return text


def _one_language(fields: Fields, language: str) -> str:
    node = fields.optional(language)
    if node is None or (isinstance(node, ScalarNode) and node.text.strip() in EMPTY_WORDS):
        place = fields.place if node is None else node.place
        detail = _MISSING[language]
        fields.problems.add(Problem("missing_translation", detail, place, read=language))
        return ""
    if not isinstance(node, ScalarNode):
        fields.problems.add(Problem("not_a_text", _ONE_TEXT, node.place))
        return ""
    if len(node.text) > LONGEST_TEXT:
        fields.problems.add(too_long(node, LONGEST_TEXT))
        return ""
    text = node.text.strip()
    return joined_without_gaps(text) if node.is_joined and language == "zh" else text


_ONE_TEXT = Text("这里只能写一段文字。", "Only a text can stand here.")
_BOTH = Text("这段文字要分别写 `zh:` 和 `en:`。", "This text needs a `zh:` and an `en:`.")
_MISSING = {
    "zh": Text("缺少中文（`zh:`）。", "The Chinese text (`zh:`) is missing."),
    "en": Text("缺少英文（`en:`）。", "The English text (`en:`) is missing."),
}
