"""Where keys and values begin and end in a file, comments and blank lines left out."""

from __future__ import annotations

import pytest

from services.rulebook.editing.nodes import Node, Pairs, lines_of, plain, read_nodes


def value_at(text: str, key: str) -> Node:
    root = read_nodes(text)
    assert isinstance(root, Pairs)
    found = root.find(key)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: b # c\nz: 1\n", (0, 1)),
        ("a: |\n  b\n\n  c\n\n# d\nz: 1\n", (0, 4)),
        ("a: |\n  b\n  # no comment\n# comment\nz: 1\n", (0, 3)),
        ("a: |+\n  b\n\n\nz: 1\n", (0, 4)),
        ("a: |\n\nz: 1\n", (0, 1)),
        ("a: |\n  b", (0, 2)),
        ("a: >\n  b\n  c\nz: 1\n", (0, 3)),
        ("a: b\n  c\n\n  d # e\nz: 1\n", (0, 4)),
        ('a: "b\n  c"\nz: 1\n', (0, 2)),
        ("a: [b,\n  c]  # d\n# e\nz: 1\n", (0, 2)),
        ("a:\n  b: c\n\n  d: e\n# f\n\nz: 1\n", (1, 4)),
        ("a:\n- b\n- c\n# d\nz: 1\n", (1, 3)),
        ("a:\nz: 1\n", (0, 1)),
        ("a: |\r\n  b\r\n\r\nz: 1\r\n", (0, 2)),
    ],
)
def test_a_value_ends_with_its_last_line(text: str, lines: tuple[int, int]) -> None:
    value = value_at(text, "a")
    assert (value.line, value.last) == lines
    if "z" in text:
        assert plain(value_at(text, "z")) == "1"


def test_everything_is_text_as_it_is_written() -> None:
    assert plain(read_nodes("a: [no, 012, {b: '1:30'}]\nc: |\n  x\n  y\nd:\n")) == {
        "a": ["no", "012", {"b": "1:30"}],
        "c": "x\ny\n",
        "d": "",
    }


def test_lines_are_counted_as_the_parser_counts_them() -> None:
    assert lines_of("a\r\nb\rc\u2028d\x0be\n\nf") == ["a\r\n", "b\r", "c\u2028", "d\x0be\n", "\n", "f"]
    assert "".join(lines_of("\n\r\n\n\r")) == "\n\r\n\n\r"


@pytest.mark.parametrize(
    "text", ["", "# only\n", "a: &b c\n", "a: *b\n", "a: !c d\n", "%YAML 1.1\n---\na: b\n", "[a]: b\n"]
)
def test_what_rule_files_may_not_hold_is_no_document(text: str) -> None:
    assert read_nodes(text) is None
