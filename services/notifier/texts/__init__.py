"""The words of messages: read from `messages.yaml`, so that they can be changed without touching code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from services.rulebook.model import Text

FILE = Path(__file__).with_name("messages.yaml")
FALLBACK = "anything_else"


class TextsError(Exception):
    """The file of texts cannot be used; the message says which entry is wrong."""


@dataclass(frozen=True, slots=True)
class AskTexts:
    """How one fact is asked in a message: the question, what follows from it, and the answers that get a button."""

    question: Text
    then: Text
    answers: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Texts:
    """All words of messages. `words` are named by their place in the file, such as `smaller_try.lines`."""

    words: Mapping[str, Text]
    asks: Mapping[str, AskTexts]
    telling_words: tuple[str, ...]

    def say(self, name: str, language: str, /, **values: object) -> str:
        return self.words[name].in_language(language).format(**values)

    def ask(self, fact: str | None) -> AskTexts:
        """A fact without words of its own is asked in general ones."""
        return self.asks.get(fact or FALLBACK) or self.asks[FALLBACK]

    def is_neutral(self, text: str) -> bool:
        """Whether the text may be read on a locked screen by somebody else."""
        lowered = text.lower()
        return not any(word in lowered for word in self.telling_words)


def read_texts(path: Path = FILE) -> Texts:
    raw = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    telling = raw.pop("telling_words")
    asks = {fact: _ask(f"asks.{fact}", entry) for fact, entry in raw.pop("asks").items()}
    if FALLBACK not in asks:
        raise TextsError(f"{path.name}: asks.{FALLBACK} is missing")
    words = tuple(word.lower() for language in ("zh", "en") for word in telling[language])
    return Texts(dict(_flat("", raw)), asks, words)


def _flat(prefix: str, node: Mapping[str, Any]) -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    for key, value in node.items():
        name = f"{prefix}{key}"
        found += [(name, _text(name, value))] if "zh" in value else _flat(f"{name}.", value)
    return found


def _ask(name: str, entry: Mapping[str, Any]) -> AskTexts:
    answers = {word: _text(f"{name}.answers.{word}", text) for word, text in entry.get("answers", {}).items()}
    return AskTexts(_text(f"{name}.question", entry["question"]), _text(f"{name}.then", entry["then"]), answers)


def _text(name: str, value: object) -> Text:
    if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(isinstance(v, str) for v in value.values()):
        raise TextsError(f"{name}: write it in both languages, zh and en")
    return Text(value["zh"], value["en"])
