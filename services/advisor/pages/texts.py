"""The words of the pages, read from a catalogue: `texts/pages.yaml` holds every key in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

from services.rulebook.model import Text

CATALOGUE = Path(__file__).resolve().parents[1] / "texts" / "pages.yaml"


class CatalogueError(Exception):
    """A key of the catalogue is missing in one of the languages."""


def read_catalogue(path: Path = CATALOGUE) -> Mapping[str, Text]:
    """All texts by `section.key`. Raises CatalogueError for a text that is not there in both languages."""
    sections = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return {
        f"{section}.{key}": _text(f"{section}.{key}", said)
        for section, keys in sections.items()
        for key, said in keys.items()
    }


class Words:
    """Says texts of the catalogue in one language."""

    def __init__(self, catalogue: Mapping[str, Text], language: str) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, key: str, **filled: object) -> str:
        return self._catalogue[key].in_language(self.language).format(**filled)

    @property
    def characters(self) -> frozenset[str]:
        """Every character of the catalogue, in either language."""
        return frozenset("".join(text.zh + text.en for text in self._catalogue.values()))


def _text(key: str, said: object) -> Text:
    if not isinstance(said, dict) or not said.get("zh") or not said.get("en"):
        raise CatalogueError(f"{key} needs a text in zh and in en")
    return Text(str(said["zh"]), str(said["en"]))
