"""Lines of a file cut out and put in, in the line ends that the file has."""

from __future__ import annotations

from collections.abc import Sequence

from services.rulebook.editing.nodes import Node, Scalar, lines_of

BYTE_ORDER_MARK = "\ufeff"


def spliced(text: str, start: int, end: int, fresh: str) -> str:
    """The text with its lines from `start` to `end` replaced, in the line ends it has."""
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    bare = text.removeprefix(BYTE_ORDER_MARK)
    lines = lines_of(bare)
    return mark + joined(lines[:start], in_line_ends_of(bare, fresh), lines[end:])


def in_line_ends_of(text: str, fresh: str) -> str:
    plain = fresh.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if "\r\n" in text else plain


def comment_behind(lines: Sequence[str], value: Node) -> str:
    """The comment at the end of a value's only line, with the space before it."""
    if value.last != value.line + 1 or (isinstance(value, Scalar) and value.style in ("|", ">")):
        return ""
    if not isinstance(value, Scalar) and not value.is_flow:
        return ""
    rest = lines[value.line][value.end[1] :].rstrip()
    return rest if rest.lstrip().startswith("#") else ""


def joined(before: Sequence[str], fresh: str, after: Sequence[str]) -> str:
    head = "".join(before)
    if head and fresh and not head.endswith(("\n", "\r")):
        head += "\n"
    body = f"{fresh}\n" if fresh and after and not fresh.endswith(("\n", "\r")) else fresh
    return head + body + "".join(after)


def hanging(written: str, indent: str) -> str:
    """What stands behind a key, with the lines below it indented like the key."""
    first, *rest = written.rstrip("\n").split("\n")
    return "\n".join([first, *(f"{indent}{line}" if line else "" for line in rest)])


def indented(text: str, indent: str) -> str:
    return "".join(indent + line if line.strip() else line for line in lines_of(text))


def without_indentation(text: str) -> str:
    indent = text[: len(text) - len(text.lstrip())]
    return "".join(line.removeprefix(indent) for line in lines_of(text))


def has_only_comments(lines: list[str]) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in lines)
