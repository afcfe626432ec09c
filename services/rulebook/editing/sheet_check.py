"""Mistakes that a sheet brings into the rule files, each with the column that it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import find_block
from services.rulebook.editing.nodes import Node, Pairs, Scalar
from services.rulebook.load import find_problems
from services.rulebook.problems import Problem


def new_problems(base: Mapping[str, str], files: Mapping[str, str]) -> Iterator[tuple[Problem, str]]:
    """The errors that are in the files and were not in the base, with the name of the column, if one is meant."""
    if files == base:
        return
    known = {_what(problem) for problem in find_problems(base, prefix="")}
    for problem in find_problems(files, prefix=""):
        if not problem.is_warning and _what(problem) not in known:
            yield problem, _column_of(files, problem)


def _what(problem: Problem) -> tuple[str, str, str, str]:
    """A problem without its line, which moves when something is written above it."""
    return problem.code, problem.rule, problem.read, problem.detail.en


def _column_of(files: Mapping[str, str], problem: Problem) -> str:
    try:
        block = find_block(files, "rules", problem.rule)
    except EditError:
        return ""
    line = problem.place.line - 1
    for key, value in block.node.pairs:
        if key.line <= line < value.last:
            inner = next((name.text for name, _ in _pairs(value) if name.line == line), "")
            return f"{key.text}.{inner}" if inner else key.text
    return ""


def _pairs(node: Node) -> tuple[tuple[Scalar, Node], ...]:
    return node.pairs if isinstance(node, Pairs) else ()
