"""A function for batches, written line by line for one rulebook, of which only numbers ever become source code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from services.rulebook.model import Value

Decide = Callable[[Sequence[Mapping[str, Value]]], Iterator[tuple[int, int]]]
"""Situations -> for each the rules that apply and those that are possible, as masks."""

MOST_LINES = 4_000


class ScriptTooLong(Exception):
    """The lines would not be worth the memory and the time to compile them."""


class Script:
    """Collects what is done with one situation. The lines may use `values` and `get`, and set `applies` and `possible`.

    Ids and words reach the function as arguments, under names made of a number: whatever they say, it is never run.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names: dict[object, str] = {}
        self._bound: dict[str, object] = {}

    def add(self, depth: int, line: str) -> None:
        """`depth` 0 is the body of the loop over all situations."""
        if len(self.lines) == MOST_LINES:
            raise ScriptTooLong
        self.lines.append("  " + " " * depth + line)

    def name(self, value: str | frozenset[object]) -> str:
        """What the lines call this id or word, or these words."""
        if value not in self._names:
            self._names[value] = self.bind(value)
        return self._names[value]

    def bind(self, value: object) -> str:
        """The same for anything else, such as a table or a function; a new name every time."""
        name = f"k{len(self._bound)}"
        self._bound[name] = value
        return name

    def finish(self) -> Decide:
        arguments = ", ".join(f"{name}={name}" for name in self._bound)
        head = [f"def decide(situations, {arguments}):", " for values in situations:", "  get = values.get"]
        tail = ["  yield applies, possible"]
        namespace: dict[str, Any] = dict(self._bound)
        exec(compile("\n".join([*head, *self.lines, *tail]), "<batch>", "exec"), namespace)
        decide: Decide = namespace["decide"]
        return decide
