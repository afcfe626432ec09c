"""The difference between two versions of the rule files as programmers read it: lines with a sign before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff

SIGNS = {"+": "new", "-": "old", "@": "place"}


@dataclass(frozen=True, slots=True)
class FileDifference:
    """`lines`: new, old, place or same, and the line with its sign."""

    file: str
    lines: tuple[tuple[str, str], ...]


def text_differences(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[FileDifference, ...]:
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return tuple(FileDifference(name, tuple(_lines(old.get(name, ""), new.get(name, "")))) for name in names)


def _lines(old: str, new: str) -> Iterator[tuple[str, str]]:
    for line in list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2))[2:]:
        yield SIGNS.get(line[:1], "same"), line
