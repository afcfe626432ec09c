"""What can be wrong with rule files or with a situation, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise

from services.rulebook.model import NOWHERE, Place, Text

MOST_PROBLEMS = 500
"""So many are listed; a file of garbage need not become a report of garbage."""
LONGEST_QUOTE = 60
MOST_WORDS_SHOWN = 16
MOST_COMPARED = 6
"""So many candidates are compared closely: a body full of unknown words must not keep a process busy for minutes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is (a file and line, or a JSON pointer), what was read and what would be right."""

    code: str
    detail: Text
    place: Place = NOWHERE
    pointer: str = ""
    rule: str = ""
    read: str = ""
    allowed: tuple[str, ...] = ()
    suggestion: Text | None = None
    is_warning: bool = False

    def sentence(self, language: str) -> str:
        """The detail, then the suggestion; without a suggestion, the allowed words."""
        detail = self.detail.in_language(language)
        gap = " " if language == "en" else ""
        if self.suggestion is not None:
            return detail + gap + self.suggestion.in_language(language)
        if self.allowed:
            return detail + gap + _allowed_sentence(self.allowed).in_language(language)
        return detail

    def line(self, language: str) -> str:
        """One line for a terminal: `rules/topics/pay.yaml:7: pay-in-full: There is no fact called …`."""
        where = str(self.place) if self.place.file else self.pointer
        return ": ".join(part for part in (where, self.rule, self.sentence(language)) if part)

    def __str__(self) -> str:
        return self.line("en")


class RulebookError(Exception):
    """The rule files cannot be used; `problems` holds everything that is wrong with them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class SituationError(Exception):
    """The facts that were given cannot be used; `problems` holds everything that is wrong with them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class TooManyProblemsError(Exception):
    """So many problems were found that looking for more would only cost time."""


@dataclass(slots=True)
class Problems:
    """Collects problems; `about(rule)` is the same collection, with the rule's id noted on what is added.

    Adding one more than MOST_PROBLEMS raises TooManyProblemsError: a file of garbage must not cost minutes either.
    """

    found: list[Problem] = field(default_factory=list)
    rule: str = ""

    def add(self, problem: Problem) -> None:
        if len(self.found) >= MOST_PROBLEMS:
            raise TooManyProblemsError
        self.found.append(replace(problem, rule=problem.rule or self.rule))

    def about(self, rule: str) -> Problems:
        return Problems(self.found, rule)

    @property
    def has_errors(self) -> bool:
        return any(not problem.is_warning for problem in self.found)

    def in_order(self) -> tuple[Problem, ...]:
        """By file and line, errors and warnings together."""
        return tuple(sorted(self.found, key=lambda problem: (problem.place, problem.is_warning)))


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was most likely meant, if any looks like the word."""
    if len(word) > LONGEST_QUOTE:
        return None
    by_folded = {_folded(candidate): candidate for candidate in candidates}
    folded = _folded(word)
    signs = _signs(folded)
    likely = nlargest(MOST_COMPARED, by_folded, key=lambda candidate: len(signs & _signs(candidate)))
    matches = get_close_matches(folded, likely, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def did_you_mean(word: str, candidates: Iterable[str]) -> Text | None:
    candidate = closest(word, candidates)
    return None if candidate is None else meant(candidate)


def meant(candidate: str) -> Text:
    return Text(f"是不是想写 `{candidate}`？", f"Did you mean `{candidate}`?")


def quoted(read: str) -> str:
    """What was read, short enough and safe to print: one line, no lone surrogates, no control characters."""
    short = read if len(read) <= LONGEST_QUOTE else read[:LONGEST_QUOTE] + "…"
    safe = short.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(sign if sign.isprintable() else " " for sign in safe)


@lru_cache(maxsize=2_000)
def _signs(word: str) -> frozenset[str]:
    """Its letters and pairs of letters: words that share few of them need no closer look."""
    return frozenset(word).union(map("".join, pairwise(word)))


@lru_cache(maxsize=2_000)
def _folded(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")


def _allowed_sentence(allowed: tuple[str, ...]) -> Text:
    words = ", ".join(f"`{word}`" for word in allowed[:MOST_WORDS_SHOWN])
    more = " …" if len(allowed) > MOST_WORDS_SHOWN else ""
    return Text(f"可以写：{words.replace(', ', '、')}{more}。", f"Allowed: {words}{more}.")
