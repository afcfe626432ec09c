"""From rule files to a rulebook: everything that is wrong is found at once, each with file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

from services.rulebook.characters import plain_lines
from services.rulebook.lint import lint_deadline
from services.rulebook.model import Place, Rulebook, Text
from services.rulebook.pages import ENDING, LARGEST_FILE, TOPICS, Pages, read_pages
from services.rulebook.problems import MOST_PROBLEMS, Problem, Problems, RulebookError, TooManyProblemsError
from services.rulebook.read_checks import read_cases, read_properties
from services.rulebook.read_grounds import read_contacts, read_guidance, read_sources
from services.rulebook.read_rules import Books, read_topic
from services.rulebook.read_vocabulary import read_actions, read_facts, read_impossible, read_never_together
from services.rulebook.reviews import review_problems
from services.rulebook.yields import RulesRead, resolved_rules

ENDINGS = (ENDING, ".yml")
"""A file that ends in `.yml` is read as well, and then refused by name: better than to leave it out in silence."""


def read_folder(folder: Path | str) -> dict[str, str]:
    """All rule files below a folder, by their path in it. Bytes that are no UTF-8 are kept, to be refused."""
    root = Path(folder)
    paths = (path.relative_to(root) for path in sorted(root.rglob("*")) if path.suffix in ENDINGS and path.is_file())
    return {
        path.as_posix(): _text_of(root / path) for path in paths if not any(part.startswith(".") for part in path.parts)
    }


def load_rulebook(files: Mapping[str, str], prefix: str = "rules/") -> Rulebook:
    """The rulebook in these files (path -> text). Raises RulebookError with everything that is wrong.

    `prefix` stands before the paths in messages.
    """
    rulebook, problems = _read(files, prefix)
    if rulebook is None or problems.has_errors:
        raise RulebookError(problem for problem in problems.in_order() if not problem.is_warning)
    return rulebook


def read_if_sound(
    files: Mapping[str, str], today: date, prefix: str = "rules/"
) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """What `load_rulebook` and `find_problems` answer, read once; None where `load_rulebook` would raise.

    Overdue reviews and expired rules are errors, too, but do not make a rulebook unusable.
    """
    rulebook, problems = _read(files, prefix)
    if rulebook is None or problems.has_errors:
        return None, problems.in_order()
    problems.found += islice(review_problems(rulebook, today), MOST_PROBLEMS)
    return rulebook, problems.in_order()


def find_problems(files: Mapping[str, str], today: date | None = None, prefix: str = "rules/") -> tuple[Problem, ...]:
    """Errors and warnings, by file and line. With `today`, overdue reviews and expired rules too."""
    return read_sound_part(files, today, prefix)[1]


def read_sound_part(
    files: Mapping[str, str], today: date | None = None, prefix: str = "rules/"
) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """What is sound of the rulebook, for showing it while it is being written, with everything that is wrong."""
    rulebook, problems = _read(files, prefix, today)
    return rulebook, problems.in_order()


def fingerprint_of(files: Mapping[str, str]) -> str:
    """The SHA-256 of the files, in hex: the same content has the same name, whatever its line ends."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name, plain_lines(files[name])):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _text_of(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(4 * LARGEST_FILE + 1).decode("utf-8", "surrogateescape")


def _read(files: Mapping[str, str], prefix: str, today: date | None = None) -> tuple[Rulebook | None, Problems]:
    problems = Problems()
    try:
        rulebook = _put_together(files, read_pages(files, prefix, problems))
        for problem in review_problems(rulebook, today) if today is not None else ():
            problems.add(problem)
    except TooManyProblemsError:
        problems.found.append(Problem("too_many_problems", _TOO_MANY, Place(prefix, 0), read=str(MOST_PROBLEMS)))
        return None, problems
    return rulebook, problems


def _put_together(files: Mapping[str, str], pages: Pages) -> Rulebook:
    problems = pages.problems
    facts = read_facts(pages.maps("facts.yaml", "facts"), problems)
    actions = read_actions(pages.maps("actions.yaml", "actions"), problems)
    sources = read_sources(pages.maps("sources.yaml", "sources"), problems)
    points = read_guidance(pages.maps("guidance.yaml", "points"), problems)
    facts.is_complete, actions.is_complete = pages.are_listed("facts.yaml"), pages.are_listed("actions.yaml")
    sources.is_complete, points.is_complete = pages.are_listed("sources.yaml"), pages.are_listed("guidance.yaml")
    impossible = read_impossible(pages.maps("facts.yaml", "never_together"), facts, problems)
    contradictory = read_never_together(pages.maps("actions.yaml", "never_together"), actions, problems)
    contacts = read_contacts(pages.maps("contacts.yaml", "contacts"), sources, problems)
    books = Books(facts, actions, sources, points)
    read = _read_topics(pages, books)
    properties = read_properties(pages.maps("always.yaml", "properties"), books, read.rules, problems)
    rules = resolved_rules(read, problems)
    for rule in rules:
        for problem in lint_deadline(rule):
            problems.add(problem)
    rulebook = Rulebook(
        fingerprint=fingerprint_of(files), facts=facts.sound(), actions=actions.sound(), sources=sources.sound(),
        contacts=contacts, topics=read.topics.sound(), rules=rules, impossible=impossible,
        never_together=contradictory, properties=properties, guidance=points.sound(),
    )  # fmt: skip
    return replace(rulebook, cases=read_cases(pages.cases(), rulebook, books, read.rules, problems))


def _read_topics(pages: Pages, books: Books) -> RulesRead:
    read = RulesRead()
    for node in pages.topics():
        read_topic(node, books, read, pages.problems)
    read.rules.is_complete = read.topics.is_complete = pages.are_readable(TOPICS)
    if not read.rules.things and read.rules.is_complete and not pages.problems.has_errors:
        pages.problems.add(Problem("no_rules", _NO_RULES, Place(f"{pages.prefix}{TOPICS}", 0)))
    return read


_TOO_MANY = Text(
    f"问题超过 {MOST_PROBLEMS} 个，只列出了前面的。",
    f"There are more than {MOST_PROBLEMS} problems; these are the first.",
)
_NO_RULES = Text("一条规则也没有。", "There is no rule at all.")
