"""The entries of rule files as blocks of lines, and the fields of an entry: each can be replaced, the rest stays.

Nothing here understands rules; the loader judges the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from services.rulebook.editing.nodes import Items, Node, Pairs, Scalar, lines_of, read_nodes
from services.rulebook.model import Text

ID_KEYS = {
    "rules": "id", "facts": "id", "actions": "id", "sources": "id", "contacts": "id", "points": "id",
    "properties": "id", "cases": "name", "topics": "topic",
}  # fmt: skip
"""The kinds of entries, and the key that names one. A topic is the head of a file in `topics/`."""
BYTE_ORDER_MARK = "\ufeff"


class EditError(Exception):
    """An edit that the files do not allow; the text says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


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
        raise EditError(_cannot_read(file))
    return tuple(replace(block, file=file) for block in found)


def replace_block(files: Mapping[str, str], block: Block, text: str) -> dict[str, str]:
    """The files with the entry's lines replaced; an empty text takes the entry out."""
    return {**files, block.file: spliced(files[block.file], block.start, block.end, text)}


def add_block(files: Mapping[str, str], kind: str, file: str, text: str, lead: str = "\n") -> dict[str, str]:
    """The files with a new entry, after `lead`, behind the last one of its list in that file."""
    here = [block for block in blocks_of(file, files[file]) if block.kind == kind]
    if not here:
        raise EditError(_no_list(file, kind))
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
        return replace(
            block, text=_joined(lines[:place], f"{indent}{key}:{_indented(written, indent)}\n", lines[place:])
        )
    old = fields[key]
    lead = lines[old.start][: old.indent]
    value = own_node(block).find(key)
    comment = comment_behind(lines, value) if value is not None and "\n" not in written.rstrip("\n") else ""
    fresh = f"{lead}{key}:{_indented(written, indent)}{comment}\n"
    return replace(block, text=_joined(lines[: old.start], fresh, lines[old.end :]))


def remove_field(block: Block, key: str) -> Block:
    """The entry without one field; the field that carries the dash cannot be removed."""
    field = fields_of(block).get(key)
    if field is None:
        return block
    lines = lines_of(block.text)
    if lines[field.start][: field.indent].strip():
        raise EditError(_first_field(key))
    return replace(block, text="".join(lines[: field.start] + lines[field.end :]))


def spliced(text: str, start: int, end: int, fresh: str) -> str:
    """The text with its lines from `start` to `end` replaced, in the line ends it has."""
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    bare = text.removeprefix(BYTE_ORDER_MARK)
    lines = lines_of(bare)
    return mark + _joined(lines[:start], in_line_ends_of(bare, fresh), lines[end:])


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


def own_node(block: Block) -> Pairs:
    """The entry's keys and values, with lines counted from its own first one."""
    root = read_nodes(block.text)
    node = root.items[0] if isinstance(root, Items) and root.items else root
    if not isinstance(node, Pairs) or node.is_flow or not node.pairs:
        raise EditError(_in_brackets(block))
    return node


def lists_of(root: Node | None) -> Iterator[ListHead]:
    """The lists of entries in a file, top to bottom."""
    for key, value in root.pairs if isinstance(root, Pairs) else ():
        if key.text in ID_KEYS and key.text != "topics":
            yield ListHead(key.text, key.line, value)


@lru_cache(maxsize=300)
def _blocks_in(text: str) -> tuple[Block, ...] | None:
    """The entries of one text; None if it cannot be read."""
    root, lines = read_nodes(text), lines_of(text)
    if root is None:
        return () if not text.strip() or _has_only_comments(lines) else None
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


def _joined(before: Sequence[str], fresh: str, after: Sequence[str]) -> str:
    head = "".join(before)
    if head and fresh and not head.endswith(("\n", "\r")):
        head += "\n"
    body = f"{fresh}\n" if fresh and after and not fresh.endswith(("\n", "\r")) else fresh
    return head + body + "".join(after)


def _indented(written: str, indent: str) -> str:
    first, *rest = written.rstrip("\n").split("\n")
    return "\n".join([first, *(f"{indent}{line}" if line else "" for line in rest)])


def _has_only_comments(lines: list[str]) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in lines)


def _cannot_read(file: str) -> Text:
    return Text(
        f"{file} 现在读不出来（不是完整的 YAML，或列表写在方括号里）。请先在文本里改好。",
        f"{file} cannot be read at present (broken YAML, or a list in brackets); mend it as text first.",
    )


def _no_list(file: str, kind: str) -> Text:
    return Text(
        f"{file} 里没有 `{kind}:` 列表。请先写上 `{kind}:` 和第一条。",
        f"{file} has no list of {kind} to add to; write `{kind}:` and a first entry as text.",
    )


def _first_field(key: str) -> Text:
    return Text(
        f"`{key}` 是这一条的第一个字段，不能去掉。",
        f"`{key}` is the first field of the entry and cannot be taken out.",
    )


def _in_brackets(block: Block) -> Text:
    return Text(
        f"{block.file} 里的 `{block.id}` 写在花括号里，请在文本里修改。",
        f"`{block.id}` in {block.file} is written in brackets; edit it as text.",
    )
