"""The entries of rule files as blocks of lines, and the fields of an entry: each can be replaced, the rest stays.

Nothing here understands rules; the loader judges the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from services.rulebook.editing import edit_errors as errors
from services.rulebook.editing.edit_errors import EditError
from services.rulebook.editing.lines import BYTE_ORDER_MARK, comment_behind, hanging, has_only_comments, joined, spliced
from services.rulebook.editing.nodes import CACHED_FILES, Items, Node, Pairs, Scalar, lines_of, read_file, read_nodes

__all__ = [
    "ID_KEYS", "Block", "EditError", "Field", "ListHead", "add_block", "blocks_of", "fields_of", "find_blocks",
    "lists_of", "may_hold", "own_node", "remove_field", "replace_block", "set_field",
]  # fmt: skip

ID_KEYS = {
    "rules": "id", "facts": "id", "actions": "id", "sources": "id", "contacts": "id", "points": "id",
    "properties": "id", "cases": "name", "topics": "topic",
}  # fmt: skip
"""The kinds of entries, and the key that names one. A topic is the head of a file in `topics/`."""


@dataclass(frozen=True, slots=True)
class Block:
    """One entry: the lines `start` up to but not including `end` of its file, both counted from 0."""

    kind: str
    id: str
    file: str
    start: int
    end: int
    text: str
    node: Pairs
    """Its keys and values, with lines counted in the file."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an entry: its lines within the entry's text, and how far they are indented."""

    key: str
    start: int
    end: int
    text: str
    indent: int


@dataclass(frozen=True, slots=True)
class ListHead:
    """One list of a file: its kind, the line of its key, and the node of the list."""

    kind: str
    line: int
    node: Node


def find_blocks(files: Mapping[str, str], kind: str) -> dict[str, Block]:
    """All entries of one kind by id, in the order of the files. Raises EditError if a file cannot be read."""
    found: dict[str, Block] = {}
    for file in sorted(files):
        if may_hold(file, kind):
            for block in blocks_of(file, files[file]):
                if block.kind == kind:
                    found.setdefault(block.id, block)
    return found


def may_hold(file: str, kind: str) -> bool:
    """Whether entries of this kind stand in such a file at all."""
    folder = {"rules": "topics/", "topics": "topics/", "cases": "cases/"}.get(kind)
    if folder is None:
        return not file.startswith(("topics/", "cases/"))
    return file.startswith(folder)


def blocks_of(file: str, text: str) -> tuple[Block, ...]:
    """The entries of one file, top to bottom. Raises EditError."""
    found = _blocks_in(text.removeprefix(BYTE_ORDER_MARK))
    if found is None:
        raise EditError(errors.cannot_read(file))
    return tuple(replace(block, file=file) for block in found)


def replace_block(files: Mapping[str, str], block: Block, text: str) -> dict[str, str]:
    """The files with the entry's lines replaced; an empty text takes the entry out."""
    return {**files, block.file: spliced(files[block.file], block.start, block.end, text)}


def add_block(files: Mapping[str, str], kind: str, file: str, text: str, lead: str = "\n") -> dict[str, str]:
    """The files with a new entry, after `lead`, behind the last one of its list in that file."""
    here = [block for block in blocks_of(file, files[file]) if block.kind == kind]
    if not here:
        raise EditError(errors.no_list(file, kind))
    return {**files, file: spliced(files[file], here[-1].end, here[-1].end, lead + text)}


def fields_of(block: Block) -> dict[str, Field]:
    """The top-level fields of an entry, in the order written. Raises EditError if it is written in brackets."""
    node = own_node(block)
    lines = lines_of(block.text)
    return {
        key.text: Field(key.text, key.line, value.last, "".join(lines[key.line : value.last]), key.column)
        for key, value in node.pairs
    }


def set_field(block: Block, key: str, written: str, order: Sequence[str] = ()) -> Block:
    """The entry with one field rewritten or added. `written` is the YAML after the key: ` today` or lines below it.

    A comment behind a one-line field stays. A new field stands where `order` puts it, else at the end.
    """
    fields, lines = fields_of(block), lines_of(block.text)
    indent = " " * next(iter(fields.values())).indent
    if key not in fields:
        place = _place_of_new(fields, key, order)
        return replace(block, text=joined(lines[:place], f"{indent}{key}:{hanging(written, indent)}\n", lines[place:]))
    old = fields[key]
    lead = lines[old.start][: old.indent]
    value = own_node(block).find(key)
    comment = comment_behind(lines, value) if value is not None and "\n" not in written.rstrip("\n") else ""
    fresh = f"{lead}{key}:{hanging(written, indent)}{comment}\n"
    return replace(block, text=joined(lines[: old.start], fresh, lines[old.end :]))


def remove_field(block: Block, key: str) -> Block:
    """The entry without one field; the field that carries the dash cannot be removed."""
    field = fields_of(block).get(key)
    if field is None:
        return block
    lines = lines_of(block.text)
    if lines[field.start][: field.indent].strip():
        raise EditError(errors.first_field(key))
    return replace(block, text="".join(lines[: field.start] + lines[field.end :]))


def own_node(block: Block) -> Pairs:
    """The entry's keys and values, with lines counted from its own first one."""
    root = read_nodes(block.text)
    node = root.items[0] if isinstance(root, Items) and root.items else root
    if not isinstance(node, Pairs) or node.is_flow or not node.pairs:
        raise EditError(errors.in_brackets(block.file, block.id))
    return node


def lists_of(root: Node | None) -> Iterator[ListHead]:
    """The lists of entries in a file, top to bottom."""
    for key, value in root.pairs if isinstance(root, Pairs) else ():
        if key.text in ID_KEYS and key.text != "topics":
            yield ListHead(key.text, key.line, value)


@lru_cache(maxsize=CACHED_FILES)
def _blocks_in(text: str) -> tuple[Block, ...] | None:
    """The entries of one text; None if it cannot be read."""
    root, lines = read_file(text), lines_of(text)
    if root is None:
        return () if not text.strip() or has_only_comments(lines) else None
    found = [*_topic_in(root, lines)]
    for head in lists_of(root):
        if isinstance(head.node, Items):
            if head.node.is_flow and head.node.items:
                return None
            found += _blocks_in_list(head.kind, head.node, lines)
    return tuple(found)


def _topic_in(root: Node, lines: list[str]) -> Iterator[Block]:
    """The keys before the first list of entries, if they are the head of a topic."""
    if not isinstance(root, Pairs) or root.is_flow:
        return
    own = []
    for key, value in root.pairs:
        if key.text in ID_KEYS:
            break
        own.append((key, value))
    node = Pairs(root.line, root.column, own[-1][1].last if own else 0, root.end, pairs=tuple(own))
    name = node.find("topic")
    if isinstance(name, Scalar):
        start = own[0][0].line
        yield Block("topics", name.text, "", start, node.last, "".join(lines[start : node.last]), node)


def _blocks_in_list(kind: str, node: Items, lines: list[str]) -> Iterator[Block]:
    for item in node.items:
        if isinstance(item, Pairs):
            name = item.find(ID_KEYS[kind])
            start = _dash_line(lines, item.line)
            text = "".join(lines[start : item.last])
            yield Block(kind, name.text if isinstance(name, Scalar) else "", "", start, item.last, text, item)


def _dash_line(lines: list[str], line: int) -> int:
    while line > 0 and not lines[line].lstrip().startswith("-"):
        line -= 1
    return line


def _place_of_new(fields: Mapping[str, Field], key: str, order: Sequence[str]) -> int:
    """The line behind the last field that stands before this one in the house's order."""
    ends = [field.end for field in fields.values()]
    if key not in order:
        return max(ends)
    before = order[: order.index(key)]
    return max((field.end for field in fields.values() if field.key in before), default=max(ends))
