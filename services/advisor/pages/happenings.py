"""What can be told with one tap, read from its catalogue; those that fit the facts come first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from services.rulebook.model import UNKNOWN_WORD, Text, Value

CATALOGUE = Path(__file__).resolve().parents[1] / "texts" / "happenings.yaml"


@dataclass(frozen=True, slots=True)
class Happening:
    """One line to tap: the event it stands for."""

    id: str
    type: str
    label: Text
    data: Mapping[str, Any] = field(default_factory=dict)
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def fits(self, values: Mapping[str, Value]) -> bool:
        """Whether the facts make it likely; a fact that is not known fits the word `unknown`."""
        return all(values.get(fact, UNKNOWN_WORD) in words for fact, words in self.when.items())


def read_happenings(path: Path = CATALOGUE) -> Mapping[str, Happening]:
    entries = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))["happenings"]
    return {
        entry["id"]: Happening(
            entry["id"],
            entry["type"],
            Text(entry["zh"], entry["en"]),
            entry.get("data", {}),
            {fact: tuple(words) for fact, words in entry.get("when", {}).items()},
        )
        for entry in entries
    }
