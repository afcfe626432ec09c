"""Values as YAML in the form of the house: short maps in braces, texts in blocks, quotes only where they are needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.rulebook.editing.nodes import Node, Pairs, Scalar, plain, read_nodes

KEY_ORDER = {
    "rules": (
        "id", "title", "when", "advise", "urgency", "order", "text", "because", "sources", "deadline", "follow_up",
        "yields_to", "covers", "valid", "review_by", "owner",
    ),
    "facts": (
        "id", "kind", "group", "asked", "range", "moves", "turns_into", "unit", "label", "question", "why", "choices",
    ),
    "actions": ("id", "order", "title", "minutes", "at_hand", "done_when"),
    "sources": (
        "id", "title", "kind", "confidence", "authority", "url", "in_force", "checked", "review_by", "says", "parts",
    ),
    "contacts": ("id", "name", "number", "use", "hours", "source", "emergency"),
    "points": ("id", "says", "left_out"),
    "properties": (
        "id", "title", "when", "anywhere", "must", "must_one_of", "must_not", "first_one_of", "only",
        "fires_one_of", "as", "urgency",
    ),
    "cases": ("name", "given", "as_of", "first", "expect", "not", "ask", "fires", "silent"),
    "topics": ("topic", "title", "may_join", "yields_to"),
}  # fmt: skip
"""The fields of an entry in the order in which the house writes them."""

_BLOCKS = {
    "rules": {"title", "when", "text", "because", "say"},
    "facts": {"question", "why"},
    "sources": {"says", "parts"},
    "points": {"left_out"},
    "properties": {"title"},
    "topics": {"title"},
}
"""Maps that stand on lines of their own; all others stand in braces."""
_LITERAL = {("rules", "text")}
"""Texts that are written `|` even if they have one line only."""
_QUOTED_NUMBERS = {"part", "number"}
_NUMBER = re.compile(r"[0-9][0-9 -]*")
_RANGE = re.compile(r"-[0-9]")
_FIRST_SIGNS = frozenset("!&*-?|>@`\"'%{}[],#:~= ")
_LINE_END = "\n"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a value is to be written: as the kind of entry it stands in wants it, or as it was written before."""

    kind: str
    was: Node | None = None

    def is_block(self, key: str, above: str) -> bool:
        if isinstance(self.was, Pairs) and self.was.pairs:
            return not self.was.is_flow
        return key in _BLOCKS.get(self.kind, ()) or above == "parts"

    def is_literal(self, above: str) -> bool:
        if isinstance(self.was, Scalar) and self.was.style == "|":
            return True
        return (self.kind, above) in _LITERAL

    def below(self, key: str) -> Style:
        return Style(self.kind, self.was.find(key) if isinstance(self.was, Pairs) else None)


def tidy(value: Any) -> Any:
    """A field as strings, lists and dicts; None if it is empty. Inside, keys without a value are left out."""
    plain_value = _tidy(value)
    return None if plain_value == [] else plain_value


def _tidy(value: Any) -> Any:
    """An empty list inside stays: a situation may say that a fact holds no word at all."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        inner = {str(key): _tidy(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item is not None} or None
    if isinstance(value, (list, tuple)):
        return [item for item in map(_tidy, value) if item is not None]
    if value is None:
        return None
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n") if text.strip() else None


def is_same(one: Any, other: Any) -> bool:
    """Whether two tidy values mean the same: blank lines at the end of a text do not count."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or one.rstrip("\n") == other.rstrip("\n")
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other)


def written_entry(kind: str, values: Mapping[str, Any], column: int = 0) -> str:
    """A whole entry of a list, its fields in the order of the house."""
    order = KEY_ORDER[kind]
    keys = [*(key for key in order if key in values), *(key for key in values if key not in order)]
    lines = item_lines(Style(kind), {key: values[key] for key in keys}, column, "", is_entry=True)
    return "".join(f"{line}\n" for line in lines)


def written_pair(style: Style, key: str, value: Any, column: int, above: str = "") -> list[str]:
    """A key and its tidy value as lines; the first one without its indentation, which the caller gives."""
    first, *rest = written_value(style, key, value, column, above)
    return [f"{_key(key, above)}:{first}", *rest]


def written_value(style: Style, key: str, value: Any, column: int, above: str = "") -> list[str]:
    """What stands behind `key:`, and the lines below it, if the key stands at this column."""
    if isinstance(value, dict):
        if style.is_block(key, above) or not _fits_in_braces(value):
            return ["", *_map_lines(style, value, column + 2, key)]
        return [f" {_braces(value, key)}"]
    if isinstance(value, list):
        if all(isinstance(item, str) and _LINE_END not in item for item in value):
            return [f" {_braces(value, key)}"]
        return ["", *(line for item in value for line in item_lines(style, item, column, key))]
    text = str(value).rstrip(_LINE_END)
    literal = _literal(text, " " * (column + 2)) if style.is_literal(above) or _LINE_END in text else None
    return [" |", *literal] if literal is not None else [f" {scalar(text, key)}"]


def scalar(text: str, key: str = "", in_flow: bool = False, quoted: bool = False) -> str:
    """One line of text as YAML that is read back as the same text."""
    is_number = key in _QUOTED_NUMBERS and _NUMBER.fullmatch(text)
    if not quoted and not is_number and _is_plain(text, in_flow):
        return text
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def item_lines(style: Style, item: Any, column: int, above: str, is_entry: bool = False) -> Iterator[str]:
    """One item of a list with its dash, its first line indented too; short maps in braces, entries never."""
    indent = " " * column
    if isinstance(item, str):
        yield f"{indent}- {scalar(item, above)}"
    elif isinstance(item, list) or (not is_entry and _is_short(item)):
        yield f"{indent}- {_braces(item, above)}"
    else:
        first, *rest = _map_lines(Style(style.kind), item, column + 2, above)
        yield f"{indent}- {first.lstrip()}"
        yield from rest


def _map_lines(style: Style, values: Mapping[str, Any], column: int, above: str) -> Iterator[str]:
    for key, value in values.items():
        first, *rest = written_pair(style.below(key), key, value, column, above)
        yield " " * column + first
        yield from rest


def _is_short(values: Mapping[str, Any]) -> bool:
    return all(isinstance(value, str) and "\n" not in value for value in values.values())


def _fits_in_braces(value: Any) -> bool:
    if isinstance(value, str):
        return "\n" not in value
    return all(map(_fits_in_braces, value.values() if isinstance(value, dict) else value))


def _braces(value: Any, key: str) -> str:
    if isinstance(value, dict):
        inner = (f"{_key(name, key)}: {_braces(item, name)}" for name, item in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_braces(item, key) for item in value) + "]"
    return scalar(value, key, in_flow=True)


def _key(key: str, above: str) -> str:
    if above == "parts" and _NUMBER.fullmatch(key):
        return f'"{key}"'
    return scalar(key, in_flow=True)


def _literal(text: str, indent: str) -> list[str] | None:
    """The lines of a text written `|`; None if that would not give back every sign."""
    lines = text.split(_LINE_END)
    kept = "".join(lines)
    if not lines[0] or lines[0][0] in " \t" or not all(_is_printable(sign) or sign == "\t" for sign in kept):
        return None
    return [indent + line if line else "" for line in lines]


def _is_plain(text: str, in_flow: bool) -> bool:
    """Whether the text needs no quotes; the parser has the last word."""
    if not text or text != text.strip() or not all(map(_is_printable, text)):
        return False
    if text[0] in _FIRST_SIGNS and not _RANGE.match(text):
        return False
    if ": " in text or " #" in text or text.endswith(":") or (in_flow and set(text) & set(",[]{}")):
        return False
    read = plain(read_nodes(f"[{text}]" if in_flow else f"a: {text}"))
    return bool(read == ([text] if in_flow else {"a": text}))


def _is_printable(sign: str) -> bool:
    """Letters and spaces of all sorts; a no-break space comes along when texts are pasted."""
    return sign.isprintable() or unicodedata.category(sign) == "Zs"


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if _is_printable(sign):
        return sign
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
