"""YAML text to plain nodes with line numbers: every scalar stays text; what YAML can do beyond that is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from services.rulebook.characters import find_bad_character
from services.rulebook.model import Place, Text
from services.rulebook.problems import Problem, Problems, quoted
from services.rulebook.yaml_errors import explain

DEEPEST = 12
"""Rule files need six levels; deep nesting is how a YAML file stops a parser (quadratic time in libyaml)."""
MOST_NODES = 200_000
"""About 3,000 rules in one file."""
MOST_KEPT, LARGEST_KEPT = 100, 80_000
"""Files, and characters of one; the starter rulebook has fifty, with 35,000 nodes."""


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A piece of text as it stands in the file, quotes and block signs removed."""

    text: str
    place: Place
    is_joined: bool = False
    """True if YAML joined several lines into this text, with a space for every line end."""


@dataclass(frozen=True, slots=True)
class ListNode:
    items: list[Node]
    place: Place


@dataclass(frozen=True, slots=True)
class MapNode:
    entries: dict[str, Node]
    place: Place
    key_places: dict[str, Place] = field(default_factory=dict)


Node = ScalarNode | ListNode | MapNode


def read_yaml(text: str, file: str, problems: Problems) -> Node | None:
    """The one document of the file, or None if it is empty or refused; the reasons are added to the problems.

    The same text is parsed once: a new release changes one file or two, and every process waits for it to be read.
    """
    node, found = _read(text, file) if len(text) <= LARGEST_KEPT else _parse(text, file)
    for problem in found:
        problems.add(problem)
    return node


@lru_cache(maxsize=MOST_KEPT)
def _read(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Nobody changes a node once it is read."""
    return _parse(text, file)


def _parse(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    problems = Problems()
    try:
        return _Composer(file, problems).document(Parser(typ="base", pure=False).parse(text)), tuple(problems.found)
    except _Refused:
        return None, tuple(problems.found)
    except YAMLError as error:
        line, detail, suggestion = explain(error)
        problems.add(Problem("yaml_syntax", detail, Place(file, line), suggestion=suggestion))
        return None, tuple(problems.found)


class Parser(YAML):
    """libyaml, or ruamel's own parser where that is not installed; it answers the same, ten times as slowly."""

    def official_plug_ins(self) -> list[str]:
        """None: ruamel would look through its folder for them, once for every file of rules."""
        return []


class _Refused(Exception):
    """Reading stops: the problem has been added."""


class _Composer:
    """Builds the nodes of one file from parser events, one after the other, so that it can stop at once."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.nodes = 0

    def document(self, events: Iterator[Any]) -> Node | None:
        root: Node | None = None
        has_begun = False
        for event in events:
            if isinstance(event, (StreamStartEvent, DocumentEndEvent, StreamEndEvent)):
                continue
            if isinstance(event, DocumentStartEvent):
                self._check_start(event, has_begun)
                has_begun = True
            else:
                root = self._node(event, events, 1)
        return root

    def _check_start(self, event: Any, has_begun: bool) -> None:
        if has_begun:
            self._refuse(event, "yaml_documents", _ONE_DOCUMENT)
        if event.version or event.tags:
            self._refuse(event, "yaml_directive", _NO_DIRECTIVE)

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        self._check(event, depth)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if isinstance(event, SequenceStartEvent):
            return self._list(event, events, depth)
        assert isinstance(event, MappingStartEvent)
        return self._map(event, events, depth)

    def _check(self, event: Any, depth: int) -> None:
        if isinstance(event, AliasEvent) or event.anchor is not None:
            self._refuse(event, "yaml_anchor", _NO_ANCHOR)
        if event.tag is not None:
            self._refuse(event, "yaml_tag", _NO_TAG)
        if depth > DEEPEST:
            self._refuse(event, "yaml_depth", _TOO_DEEP)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._refuse(event, "yaml_size", _TOO_MANY)

    def _scalar(self, event: Any) -> ScalarNode:
        text, style = event.value, event.style
        start, end = event.start_mark.line, event.end_mark.line
        node = ScalarNode(text, Place(self.file, start + 1), style != "|" and end > start)
        if style == '"':
            bad = find_bad_character(text)
            if bad is not None:
                self.problems.add(Problem("bad_character", bad.detail, node.place))
        return node

    def _list(self, start: Any, events: Iterator[Any], depth: int) -> ListNode:
        items: list[Node] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._node(event, events, depth + 1))
        return ListNode(items, self._place(start))

    def _map(self, start: Any, events: Iterator[Any], depth: int) -> MapNode:
        node = MapNode({}, self._place(start))
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(self._node(event, events, depth + 1))
            self._add_entry(node, key, self._node(next(events), events, depth + 1))
        return node

    def _key(self, node: Node) -> ScalarNode:
        if not isinstance(node, ScalarNode):
            self.problems.add(Problem("yaml_key", _WORD_AS_KEY, node.place))
            raise _Refused
        if node.text == "<<":
            self.problems.add(Problem("yaml_merge", _NO_MERGE, node.place))
            raise _Refused
        return node

    def _add_entry(self, node: MapNode, key: ScalarNode, value: Node) -> None:
        first = node.key_places.get(key.text)
        if first is None:
            node.entries[key.text] = value
            node.key_places[key.text] = key.place
            return
        name = quoted(key.text)
        detail = Text(
            f"`{name}` 在第 {first.line} 行已经写过一次。请只保留一处。",
            f"`{name}` already stands on line {first.line}. Keep one of the two.",
        )
        self.problems.add(Problem("duplicate_key", detail, key.place, read=name))

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1)

    def _refuse(self, event: Any, code: str, detail: Text) -> None:
        self.problems.add(Problem(code, detail, self._place(event)))
        raise _Refused


_ONE_DOCUMENT = Text(
    "这里开始了第二个文档（`---`）。一个文件只能有一个，请分成两个文件。",
    "A second document begins here (`---`). A file holds one; split it into two files.",
)
_NO_DIRECTIVE = Text("规则文件里不能用 `%` 指令，请删去。", "Rule files cannot use `%` directives. Remove it.")
_NO_ANCHOR = Text(
    "规则文件里不能用 `&` 锚点和 `*` 引用，请把内容直接写在这里；如果是文字，请加引号。",
    "Rule files cannot use `&` anchors and `*` aliases. Write the content out here; if it is text, put it in quotes.",
)
_NO_TAG = Text(
    "规则文件里不能用 `!` 标签，请删去；如果是文字，请加引号。",
    "Rule files cannot use `!` tags. Remove it; if it is text, put it in quotes.",
)
_TOO_DEEP = Text(
    f"嵌套超过 {DEEPEST} 层。规则文件用不到这么深，请检查括号和缩进。",
    f"This is nested more than {DEEPEST} levels deep. Rule files need far fewer; check brackets and indentation.",
)
_TOO_MANY = Text(
    f"文件里的条目超过 {MOST_NODES} 个，请分成几个文件。",
    f"The file has more than {MOST_NODES} entries. Split it into several files.",
)
_WORD_AS_KEY = Text("冒号前面只能是一个词。", "Only a word can stand before the colon.")
_NO_MERGE = Text(
    "规则文件里不能用 `<<` 合并，请把内容直接写在这里。",
    "Rule files cannot use `<<` to merge. Write the content out here.",
)
