"""Only the lines of what differs are written anew."""

from __future__ import annotations

from typing import Any

import pytest

from services.rulebook.editing.nodes import Pairs, lines_of, read_nodes
from services.rulebook.editing.patching import Patcher


def patched(text: str, wanted: Any) -> str:
    """The text after its first key was given another value."""
    root = read_nodes(text)
    assert isinstance(root, Pairs)
    patcher = Patcher("rules", lines_of(text))
    return patcher.patched(list(patcher.field(*root.pairs[0], wanted)))


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ("a: b  # c\nz: 1\n", "d", "a: d  # c\nz: 1\n"),
        ("a: b", "d", "a: d\n"),
        ('a: "b"\n', "b", 'a: "b"\n'),
        ("a: [b, c]  # d\n", ["b"], "a: [b]  # d\n"),
        ("a: {b: c}\n", {"b": "d"}, "a: {b: d}\n"),
        ("a: b\n", ["c", "d"], "a: [c, d]\n"),
        ("a: [b]\n", "c", "a: c\n"),
        ("a: b\n", "c\nd", "a: |\n  c\n  d\n"),
        ("a: |\n  b\n\n# e\n", "c", "a: |\n  c\n\n# e\n"),
        ("a:\n  # one\n  b: c  # two\n  d: e\n", {"b": "c", "d": "f"}, "a:\n  # one\n  b: c  # two\n  d: f\n"),
        ("a:\n  b: c\n  d: e\n", {"d": "e"}, "a:\n  d: e\n"),
        ("a:\n  b: c\n", {"b": "c", "d": "e"}, "a:\n  b: c\n  d: e\n"),
        ("a:\n  b: c\n  d: e", {"b": "c", "x": "1", "d": "e"}, "a:\n  b: c\n  x: 1\n  d: e"),
        ("a:\n  b: c\n", {"d": "e"}, "a:\n  d: e\n"),
        ("a:\n- b # one\n- c\n", ["b", "d", "c"], "a:\n- b # one\n- d\n- c\n"),
        ("a:\n- b # one\n- c\n", ["c"], "a:\n- c\n"),
        ("a:\n- b # one\n- c\n", ["d", "b"], "a:\n- d\n- b # one\n"),
        (
            "a:\n  - b: 1\n    c: 2\n  - d: 3\n",
            [{"b": "1", "c": "2"}, {"d": "4"}],
            "a:\n  - b: 1\n    c: 2\n  - {d: 4}\n",
        ),
        ("a:\n- b", ["b", "c"], "a:\n- b\n- c\n"),
    ],
)
def test_a_value_changes_and_its_surroundings_stay(before: str, wanted: Any, after: str) -> None:
    assert patched(before, wanted) == after
