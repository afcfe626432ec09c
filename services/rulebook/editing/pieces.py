"""A rule file as a row of pieces that, put together, give back every letter: entries, and what stands between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from services.rulebook.editing.blocks import EditError, blocks_of, lists_of
from services.rulebook.editing.lines import BYTE_ORDER_MARK
from services.rulebook.editing.nodes import Items, Pairs, lines_of, plain, read_file, read_nodes

OUTSIDE = "file"
"""The kind of a piece that is no entry."""
WHOLE, END = "whole", "end"


class Key(NamedTuple):
    """Names a piece among all files; `nth` tells apart two that bear the same id by mistake."""

    kind: str
    id: str
    nth: int


@dataclass(frozen=True, slots=True)
class Piece:
    """`lead` is what stands right above an entry: blank lines and comments. Every text ends with its line."""

    file: str
    lead: str
    text: str


class Unit(NamedTuple):
    """One field of an entry as lines, with the comments above it; without the dash, so that it can change places."""

    key: str
    text: str
    value: object


def pieces_of(file: str, text: str) -> list[tuple[str, str, Piece]]:
    """Kind, id and piece, top to bottom; every line is given its end. A file that cannot be read is one piece."""
    text = text if not text or text.endswith(("\n", "\r")) else f"{text}\n"
    bare = text.removeprefix(BYTE_ORDER_MARK)
    mark = text[: len(text) - len(bare)]
    try:
        found = list(_cut(file, bare))
    except EditError:
        return [whole_piece(file, text)]
    if "".join(piece.lead + piece.text for _, _, piece in found) != bare:
        return [whole_piece(file, text)]
    kind, name, first = found[0]
    return [(kind, name, Piece(file, mark + first.lead, first.text)), *found[1:]]


def whole_piece(file: str, text: str) -> tuple[str, str, Piece]:
    return OUTSIDE, f"{file}#{WHOLE}", Piece(file, "", text)


def is_whole(found: list[tuple[str, str, Piece]]) -> bool:
    """Whether a file is one piece because it could not be cut."""
    return any(name.endswith(f"#{WHOLE}") for _, name, _ in found)


def numbered(found: list[tuple[str, str, Piece]]) -> dict[Key, Piece]:
    """The pieces by their keys, in order."""
    seen: Counter[tuple[str, str]] = Counter()
    pieces = {}
    for kind, name, piece in found:
        seen[kind, name] += 1
        pieces[Key(kind, name, seen[kind, name])] = piece
    return pieces


def units_of(text: str) -> list[Unit] | None:
    """The fields of an entry; None if they do not stand one below the other, each once."""
    root = read_nodes(text)
    node = root.items[0] if isinstance(root, Items) and root.items else root
    if not isinstance(node, Pairs) or node.is_flow or not node.pairs:
        return None
    lines = lines_of(text)
    first = node.pairs[0][0]
    if first.line != 0 or set(lines[0][: first.column]) - set(" -"):
        return None
    lines[0] = " " * first.column + lines[0][first.column :]
    starts = [0, *(value.last for _, value in node.pairs)]
    units = [
        Unit(key.text, "".join(lines[start : value.last]), plain(value))
        for start, (key, value) in zip(starts, node.pairs, strict=False)
    ]
    return units if len({unit.key for unit in units}) == len(units) else None


def written_of(unit: Unit) -> str:
    """What stands behind the key, as a person would read it: without the indentation, comments above it left out."""
    lines = [line.rstrip("\r\n") for line in lines_of(unit.text)]
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith("#")):
        lines = lines[1:]
    first = lines[0].lstrip()
    margin = len(lines[0]) - len(first)
    behind = first.partition(":")[2].strip()
    below = [line[margin:] if not line[:margin].strip() else line for line in lines[1:]]
    return "\n".join([*([behind] if behind else []), *below])


def _cut(file: str, text: str) -> Iterator[tuple[str, str, Piece]]:
    """Raises EditError if the text cannot be read."""
    lines = lines_of(text)
    heads = [(head.line, head.kind) for head in lists_of(read_file(text))]
    here = 0
    for block in blocks_of(file, text):
        for line, kind in [head for head in heads if here <= head[0] < block.start]:
            yield OUTSIDE, f"{file}#{kind}", Piece(file, "", "".join(lines[here : line + 1]))
            here = line + 1
        yield block.kind, block.id, Piece(file, "".join(lines[here : block.start]), block.text)
        here = block.end
    for line, kind in [head for head in heads if here <= head[0]]:
        yield OUTSIDE, f"{file}#{kind}", Piece(file, "", "".join(lines[here : line + 1]))
        here = line + 1
    yield OUTSIDE, f"{file}#{END}", Piece(file, "", "".join(lines[here:]))
