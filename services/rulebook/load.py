"""From rule files to a rulebook: everything that is wrong is found at once, each with file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from services.rulebook.characters import find_bad_character, plain_lines
from services.rulebook.fields import Fields
from services.rulebook.lint import lint_deadline
from services.rulebook.model import Place, Rulebook, Text
from services.rulebook.problems import Problem, Problems, RulebookError
from services.rulebook.read_checks import read_cases, read_properties
from services.rulebook.read_grounds import read_contacts, read_guidance, read_sources
from services.rulebook.read_rules import Books, RulesRead, read_topic, resolved_rules
from services.rulebook.read_vocabulary import read_actions, read_facts, read_impossible, read_never_together
from services.rulebook.reviews import review_problems
from services.rulebook.yaml_nodes import MapNode, read_yaml

LARGEST_FILE = 2 * 1024 * 1024
"""Characters; the starter rulebook's largest file is a tenth of it."""
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
"""The files beside topics and cases, with what may stand in them."""


def read_folder(folder: Path | str) -> dict[str, str]:
    """All rule files below a folder, by their path in it. Bytes that are no UTF-8 are kept, to be refused."""
    root = Path(folder)
    return {
        file.relative_to(root).as_posix(): file.read_bytes().decode("utf-8", "surrogateescape")
        for file in sorted(root.rglob(f"*{ENDING}"))
    }


def load_rulebook(files: Mapping[str, str], prefix: str = "rules/") -> Rulebook:
    """The rulebook in these files (path -> text). Raises RulebookError with everything that is wrong.

    `prefix` stands before the paths in messages.
    """
    rulebook, problems = _read(files, prefix)
    errors = tuple(problem for problem in problems.in_order() if not problem.is_warning)
    if errors or rulebook is None:
        raise RulebookError(errors)
    return rulebook


def find_problems(files: Mapping[str, str], today: date | None = None, prefix: str = "rules/") -> tuple[Problem, ...]:
    """Errors and warnings, by file and line. With `today`, overdue reviews and expired rules too."""
    rulebook, problems = _read(files, prefix)
    if rulebook is not None and today is not None:
        for problem in review_problems(rulebook, today):
            problems.add(problem)
    return problems.in_order()


def fingerprint_of(files: Mapping[str, str]) -> str:
    """The SHA-256 of the files, in hex: the same content has the same name, whatever its line ends."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name, plain_lines(files[name])):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


@dataclass(slots=True)
class _Pages:
    """The files of one rulebook as nodes; a file that could not be read holds None."""

    nodes: dict[str, MapNode | None]
    problems: Problems
    prefix: str

    def is_readable(self, name: str) -> bool:
        return self.nodes.get(name) is not None

    def maps(self, name: str, key: str) -> list[MapNode]:
        """The entries under one key of one file; none if the file is not there."""
        node = self.nodes.get(name)
        return [] if node is None else Fields(node, self.problems, tuple(node.entries)).maps(key)

    def under(self, folder: str) -> Iterator[MapNode]:
        yield from (node for name, node in self.nodes.items() if name.startswith(folder) and node is not None)

    def all_readable(self, folder: str) -> bool:
        return all(node is not None for name, node in self.nodes.items() if name.startswith(folder))


def _read(files: Mapping[str, str], prefix: str) -> tuple[Rulebook | None, Problems]:
    problems = Problems()
    pages = _Pages({}, problems, prefix)
    if len(files) > MOST_FILES:
        problems.add(Problem("too_many_files", _TOO_MANY, Place(prefix, 0), read=str(len(files))))
        return None, problems
    for name in sorted(files):
        pages.nodes[name] = _page(name, files[name], pages)
    for name in NEEDED:
        if name not in files:
            detail = Text(f"缺少文件 `{name}`。", f"The file `{name}` is missing.")
            problems.add(Problem("missing_file", detail, Place(f"{prefix}{name}", 1), read=name))
    return _put_together(files, pages), problems


def _page(name: str, text: str, pages: _Pages) -> MapNode | None:
    place = Place(f"{pages.prefix}{name}", 1)
    allowed = _allowed_keys(name)
    if allowed is None:
        pages.problems.add(
            Problem("unknown_file", _UNKNOWN_FILE, place, allowed=(*KEYS, "topics/*.yaml", "cases/*.yaml"))
        )
        return None
    if len(text) > LARGEST_FILE:
        pages.problems.add(Problem("file_too_large", _TOO_LARGE, place, read=str(len(text))))
        return None
    plain = plain_lines(text)
    bad = find_bad_character(plain)
    if bad is not None:
        pages.problems.add(Problem("bad_character", bad.detail, place._replace(line=bad.line)))
        return None
    node = read_yaml(plain, place.file, pages.problems)
    if isinstance(node, MapNode):
        if allowed:
            Fields(node, pages.problems, allowed)
        return node
    if node is not None or not pages.problems.has_errors:
        pages.problems.add(Problem("empty_file", _EMPTY_FILE, place, allowed=allowed or ("topic", "rules")))
    return None


def _allowed_keys(name: str) -> tuple[str, ...] | None:
    """What may stand in a file of this name; empty if its reader says so itself; None for a file with no place."""
    if name in KEYS:
        return KEYS[name]
    if name.startswith(CASES) and name.endswith(ENDING):
        return ("cases",)
    return () if name.startswith(TOPICS) and name.endswith(ENDING) else None


def _put_together(files: Mapping[str, str], pages: _Pages) -> Rulebook | None:
    problems = pages.problems
    facts = read_facts(pages.maps("facts.yaml", "facts"), problems)
    actions = read_actions(pages.maps("actions.yaml", "actions"), problems)
    sources = read_sources(pages.maps("sources.yaml", "sources"), problems)
    points = read_guidance(pages.maps("guidance.yaml", "points"), problems)
    for name, catalogue in (("facts.yaml", facts), ("actions.yaml", actions), ("sources.yaml", sources)):
        catalogue.is_complete = pages.is_readable(name)
    points.is_complete = pages.is_readable("guidance.yaml")
    impossible = read_impossible(pages.maps("facts.yaml", "never_together"), facts, problems)
    contradictory = read_never_together(pages.maps("actions.yaml", "never_together"), actions, problems)
    contacts = read_contacts(pages.maps("contacts.yaml", "contacts"), sources, problems)
    read = _read_topics(pages, Books(facts, actions, sources, points))
    properties = read_properties(pages.maps("always.yaml", "properties"), facts, actions, problems)
    rules = resolved_rules(read, problems)
    for rule in rules:
        for problem in lint_deadline(rule):
            problems.add(problem)
    rulebook = Rulebook(
        fingerprint=fingerprint_of(files), facts=facts.sound(), actions=actions.sound(), sources=sources.sound(),
        contacts=contacts, topics=read.topics.sound(), rules=rules, impossible=impossible,
        never_together=contradictory, properties=properties, guidance=points.sound(),
    )  # fmt: skip
    nodes = [node for page in pages.under(CASES) for node in Fields(page, problems, ("cases",)).maps("cases")]
    return replace(rulebook, cases=read_cases(nodes, rulebook, read.rules, actions, problems))


def _read_topics(pages: _Pages, books: Books) -> RulesRead:
    read = RulesRead.nothing()
    for node in pages.under(TOPICS):
        read_topic(node, books, read, pages.problems)
    read.rules.is_complete = read.topics.is_complete = pages.all_readable(TOPICS)
    if not read.rules.things and read.rules.is_complete and not pages.problems.has_errors:
        pages.problems.add(Problem("no_rules", _NO_RULES, Place(f"{pages.prefix}{TOPICS}", 0)))
    return read


_TOO_MANY = Text(f"文件超过 {MOST_FILES} 个。", f"There are more than {MOST_FILES} files.")
_UNKNOWN_FILE = Text("规则目录里没有这种文件。", "A rulebook has no such file.")
_TOO_LARGE = Text(
    f"文件超过 {LARGEST_FILE} 个字符，请分成几个。", f"The file has more than {LARGEST_FILE} characters. Split it."
)
_EMPTY_FILE = Text(
    "文件是空的，或最外层不是 `名称: 值`。", "The file is empty, or its outermost level is not `name: value`."
)
_NO_RULES = Text("一条规则也没有。", "There is no rule at all.")
