"""The files of one rulebook as nodes: their names, sizes and outermost keys are looked at before anything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.rulebook.characters import find_bad_character, plain_lines
from services.rulebook.fields import Fields
from services.rulebook.model import Place, Text
from services.rulebook.problems import Problem, Problems, quoted
from services.rulebook.yaml_nodes import ListNode, MapNode, ScalarNode, read_yaml

LARGEST_FILE = 2_000_000
LARGEST_RULEBOOK = 6_000_000
"""Characters; the starter rulebook has less than a tenth of it."""
MOST_FILES = 500
ENDING = ".yaml"
TOPICS, CASES = "topics/", "cases/"
NEEDED = ("facts.yaml", "actions.yaml", "sources.yaml")
KEYS = {
    "facts.yaml": ("facts", "never_together"),
    "actions.yaml": ("actions", "never_together"),
    "sources.yaml": ("sources",),
    "contacts.yaml": ("contacts",),
    "guidance.yaml": ("points",),
    "always.yaml": ("properties",),
}
"""The files beside topics and cases, with what may stand in them; the first key is what the file is for."""
NAMES = (*KEYS, "topics/….yaml", "cases/….yaml")
TOPIC_KEYS = ("topic", "title", "may_join", "yields_to", "rules")
CASES_KEYS = ("cases",)
_NAMED_FREELY = re.compile(r"(topics|cases)/(?:[\w-][\w.-]{0,80}/){0,3}[\w-][\w.-]{0,80}\.yaml")
"""No `..`, no empty and no hidden part: an export writes files under these names."""


@dataclass(slots=True)
class Pages:
    """The files of one rulebook as nodes; a file that could not be read holds None."""

    nodes: dict[str, MapNode | None]
    problems: Problems
    prefix: str

    def are_listed(self, name: str) -> bool:
        """Whether the file tells all there is of its sort; an optional file that is not there tells that nothing is."""
        if name not in self.nodes:
            return name not in NEEDED
        node = self.nodes[name]
        return node is not None and isinstance(node.entries.get(KEYS[name][0]), (ListNode, MapNode))

    def are_readable(self, folder: str) -> bool:
        return all(node is not None for name, node in self.nodes.items() if name.startswith(folder))

    def maps(self, name: str, key: str) -> list[MapNode]:
        """The entries under one key of one file; none if the file is not there."""
        node = self.nodes.get(name)
        if node is None:
            return []
        fields = Fields(node, self.problems)
        return _listed(fields, key) if key == KEYS[name][0] else fields.maps(key)

    def topics(self) -> list[MapNode]:
        return [node for name, node in self.nodes.items() if name.startswith(TOPICS) and node is not None]

    def cases(self) -> list[MapNode]:
        """The entries of all files of cases."""
        files = [node for name, node in self.nodes.items() if name.startswith(CASES) and node is not None]
        return [case for node in files for case in _listed(Fields(node, self.problems), CASES_KEYS[0])]


def read_pages(files: Mapping[str, str], prefix: str, problems: Problems) -> Pages:
    """Every file as a node, in the order of the names; what cannot be read is reported."""
    pages = Pages({}, problems, prefix)
    characters = sum(map(len, files.values()))
    if len(files) > MOST_FILES or characters > LARGEST_RULEBOOK:
        read = f"{len(files)} files, {characters} characters"
        problems.add(Problem("rulebook_too_large", _TOO_MUCH, Place(prefix, 0), read=read))
    else:
        for name in sorted(files):
            pages.nodes[name] = _page(name, files[name], pages)
    for name in NEEDED:
        if name not in files:
            detail = Text(f"缺少文件 `{name}`。", f"The file `{name}` is missing.")
            problems.add(Problem("missing_file", detail, Place(f"{prefix}{name}", 1), read=name))
    return pages


def _page(name: str, text: str, pages: Pages) -> MapNode | None:
    problems, place, keys = pages.problems, Place(f"{pages.prefix}{quoted(name)}", 1), _keys(name)
    if not keys:
        problems.add(Problem("unknown_file", _UNKNOWN_FILE, place, read=quoted(name), allowed=NAMES))
        return None
    if len(text) > LARGEST_FILE:
        problems.add(Problem("file_too_large", _TOO_LARGE, place, read=str(len(text))))
        return None
    plain = plain_lines(text)
    bad = find_bad_character(plain)
    if bad is not None:
        problems.add(Problem("bad_character", bad.detail, place._replace(line=bad.line)))
        return None
    before = len(problems.found)
    node = read_yaml(plain, place.file, problems)
    if isinstance(node, MapNode):
        problems.found[before:] = [
            replace(found, rule=_rule_at(node, found.place)) for found in problems.found[before:]
        ]
        Fields(node, problems, keys)
        return node
    if len(problems.found) == before:
        problems.add(Problem("empty_file", _EMPTY_FILE, place, allowed=keys))
    return None


def _rule_at(node: MapNode, place: Place) -> str:
    """The id of the rule on whose lines the place is; nothing outside rules."""
    rules = node.entries.get("rules")
    items = rules.items if isinstance(rules, ListNode) else []
    before = [item for item in items if isinstance(item, MapNode) and item.place.line <= place.line]
    name = before[-1].entries.get("id") if before else None
    return quoted(name.text) if isinstance(name, ScalarNode) else ""


def _listed(fields: Fields, key: str) -> list[MapNode]:
    """The entries under a key that must be there."""
    fields.needed(key)
    return fields.maps(key)


def _keys(name: str) -> tuple[str, ...]:
    """What may stand in a file of this name; nothing for a file that has no place in a rulebook."""
    if name in KEYS:
        return KEYS[name]
    if not _NAMED_FREELY.fullmatch(name):
        return ()
    return CASES_KEYS if name.startswith(CASES) else TOPIC_KEYS


_TOO_MUCH = Text(
    f"最多 {MOST_FILES} 个文件，合计 {LARGEST_RULEBOOK} 个字符。",
    f"A rulebook has at most {MOST_FILES} files and {LARGEST_RULEBOOK} characters.",
)
_UNKNOWN_FILE = Text("规则目录里没有这种文件。", "A rulebook has no such file.")
_TOO_LARGE = Text(
    f"文件超过 {LARGEST_FILE} 个字符，请分成几个。", f"The file has more than {LARGEST_FILE} characters. Split it."
)
_EMPTY_FILE = Text(
    "文件是空的，或最外层不是 `名称: 值`。", "The file is empty, or its outermost level is not `name: value`."
)
