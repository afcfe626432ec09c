"""What is wrong with the files of a draft, for views that ask again and again while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.advisor.studio.bookshelf import book_of
from services.rulebook.model import Place
from services.rulebook.problems import Problem

FOLDER = "rules/"


def problems_in(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """All problems, errors and warnings, in the order of the files; places are paths as the draft names its files."""
    return tuple(_placed(problem) for problem in book_of(files).problems)


def errors_in(files: Mapping[str, str]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems_in(files) if not problem.is_warning)


def new_errors(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Problem, ...]:
    """The errors that an edit brings. What was wrong before it is no reason to refuse it."""
    known = {_meaning(problem) for problem in errors_in(before)}
    return tuple(problem for problem in errors_in(after) if _meaning(problem) not in known)


def _meaning(problem: Problem) -> object:
    """Lines move with every edit; what is wrong does not."""
    return problem.code, problem.place.file, problem.rule, problem.detail


def _placed(problem: Problem) -> Problem:
    return replace(problem, place=Place(problem.place.file.removeprefix(FOLDER), problem.place.line))
