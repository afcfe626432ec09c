"""YAML text to nodes that know their lines: where each key and value begins, and where it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from services.rulebook.yaml_nodes import DEEPEST, Parser

_LINES = re.compile("[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029])|[^\n\r\x85\u2028\u2029]+")
"""Lines as the YAML parser counts them; `str.splitlines` knows more line ends than it does."""

CACHED_FILES = 120
"""Two rulebooks and a half, about 30 MB."""


@dataclass(slots=True)
class Node:
    """A value in a file. Lines and columns count from 0; `last` is the line after its last one, comments left out."""

    line: int
    column: int
    last: int
    end: tuple[int, int]
    """Line and column behind it, for what stands on one line."""
    is_flow: bool = False


@dataclass(slots=True)
class Scalar(Node):
    text: str = ""
    style: str = ""
    """`|`, `>`, `"`, `'`, or nothing for a plain one."""


@dataclass(slots=True)
class Items(Node):
    items: tuple[Node, ...] = ()


@dataclass(slots=True)
class Pairs(Node):
    pairs: tuple[tuple[Scalar, Node], ...] = ()

    def find(self, key: str) -> Node | None:
        return next((value for name, value in self.pairs if name.text == key), None)


def lines_of(text: str) -> list[str]:
    """The lines with their ends."""
    return _LINES.findall(text)


@lru_cache(maxsize=CACHED_FILES)
def read_file(text: str) -> Node | None:
    """The document of a whole file. Files are read again and again while one of them is edited, so they are kept."""
    return read_nodes(text)


def read_nodes(text: str) -> Node | None:
    """The document in this text; None if it is empty, broken, or uses what rule files may not use."""
    try:
        return _Reader(lines_of(text)).document(Parser(typ="base", pure=False).parse(text))
    except (YAMLError, UnicodeError, _RefusedError):
        return None


def plain(node: Node | None) -> Any:
    """The value as strings, lists and dicts, as written."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    if isinstance(node, Pairs):
        return {key.text: plain(value) for key, value in node.pairs}
    return None


class _RefusedError(Exception):
    """Anchors, tags, a second document, keys that are no words, deep nesting."""


class _Reader:
    """Builds the nodes of one text from parser events."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def document(self, events: Iterator[Any]) -> Node | None:
        root: Node | None = None
        has_begun = False
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if has_begun or event.version or event.tags:
                    raise _RefusedError
                has_begun = True
            elif isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent, AliasEvent)):
                root = self._node(event, events, 1)
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if depth > DEEPEST or isinstance(event, AliasEvent) or event.anchor is not None or event.tag is not None:
            raise _RefusedError
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if isinstance(event, SequenceStartEvent):
            return self._items(event, events, depth)
        return self._pairs(event, events, depth)

    def _scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark, event.end_mark
        last = self._last_of_block(start, end) if event.style in ("|", ">") else end.line + 1
        stop = (end.line, end.column)
        return Scalar(start.line, start.column, last, stop, text=event.value, style=event.style or "")

    def _last_of_block(self, start: Any, end: Any) -> int:
        """The parser's mark stands after the blank lines that follow; they belong to the text only after `|+`."""
        last = int(end.line) + (1 if end.column else 0)
        if "+" in self.lines[start.line][start.column :].partition("#")[0]:
            return last
        while last > start.line + 1 and not self.lines[last - 1].strip():
            last -= 1
        return last

    def _items(self, start: Any, events: Iterator[Any], depth: int) -> Items:
        found: list[Node] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                return Items(*_span(start, event, found), tuple(found))
            found.append(self._node(event, events, depth + 1))
        raise _RefusedError

    def _pairs(self, start: Any, events: Iterator[Any], depth: int) -> Pairs:
        found: list[tuple[Scalar, Node]] = []
        for event in events:
            if isinstance(event, MappingEndEvent):
                return Pairs(*_span(start, event, [value for _, value in found]), tuple(found))
            key = self._node(event, events, depth + 1)
            if not isinstance(key, Scalar):
                raise _RefusedError
            found.append((key, self._node(next(events), events, depth + 1)))
        raise _RefusedError


def _span(start: Any, end: Any, inside: list[Node]) -> tuple[int, int, int, tuple[int, int], bool]:
    begin, stop, is_flow = start.start_mark, end.end_mark, bool(start.flow_style)
    last = int(stop.line) + 1 if is_flow or not inside else inside[-1].last
    return begin.line, begin.column, last, (stop.line, stop.column), is_flow
