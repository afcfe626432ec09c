"""Rule files read once and kept for a while: what is sound of them, and everything that is wrong with the rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from services.rulebook.load import fingerprint_of, read_sound_part
from services.rulebook.model import Rule, Rulebook
from services.rulebook.problems import Problem

MOST_KEPT = 12


@dataclass(frozen=True, eq=False)
class Book:
    """`rulebook` holds what is sound; None only for files of which nothing can be read."""

    files: Mapping[str, str]
    rulebook: Rulebook | None
    problems: tuple[Problem, ...]
    rules: Mapping[str, Rule]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_warning)


@dataclass(slots=True)
class Bookshelf:
    """The books of this process, the ones used least recently put away first."""

    _kept: OrderedDict[tuple[str, date], Book] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def read(self, files: Mapping[str, str], today: date) -> Book:
        key = (fingerprint_of(files), today)
        with self._lock:
            book = self._kept.pop(key, None)
        book = book or _read(files, today)
        with self._lock:
            self._kept[key] = book
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return book


def _read(files: Mapping[str, str], today: date) -> Book:
    rulebook, problems = read_sound_part(files, today)
    rules = {rule.id: rule for rule in rulebook.rules} if rulebook else {}
    return Book(files, rulebook, problems, rules)
