"""The lists of entries in a file: an entry more, an entry less, and the list stays a list."""

from __future__ import annotations

from services.rulebook.editing import edit_errors as errors
from services.rulebook.editing.blocks import Block, EditError, blocks_of, lists_of
from services.rulebook.editing.lines import BYTE_ORDER_MARK, comment_behind, indented, spliced
from services.rulebook.editing.nodes import lines_of, plain, read_file

_APART = ("rules", "facts", "sources", "properties")
"""Kinds whose entries have a blank line between them."""


def with_entry(kind: str, file: str, text: str, fresh: str) -> str:
    """The text of a file with one more entry, which is written without indentation, in its list."""
    here = [block for block in blocks_of(file, text) if block.kind == kind]
    if here:
        last = here[-1]
        indent = last.text[: len(last.text) - len(last.text.lstrip())]
        is_apart = kind in _APART if len(here) == 1 else stands_apart(lines_of(text), last)
        return spliced(text, last.end, last.end, ("\n" if is_apart else "") + indented(fresh, indent))
    lines = lines_of(text)
    for head in lists_of(read_file(text.removeprefix(BYTE_ORDER_MARK))):
        if head.kind == kind:
            if plain(head.node) not in ("", []):
                raise EditError(errors.wrong_file(kind, file))
            comment = comment_behind(lines, head.node)
            return spliced(text, head.line, head.node.last, f"{kind}:{comment}\n\n{fresh}")
    return spliced(text, len(lines), len(lines), ("\n" if text else "") + f"{kind}:\n{fresh}")


def without_entry(text: str, block: Block) -> str:
    """The text without an entry and its blank line; comments above it stay."""
    lines, start, end = lines_of(text), block.start, block.end
    if start and not lines[start - 1].strip():
        start -= 1
    elif end < len(lines) and not lines[end].strip():
        end += 1
    return _with_list_kept(spliced(text, start, end, ""), block.kind)


def stands_apart(lines: list[str], block: Block) -> bool:
    """Whether blank lines stand between the entries of its list."""
    before = block.start - 1
    while before >= 0 and lines[before].lstrip().startswith("#"):
        before -= 1
    return before >= 0 and not lines[before].strip()


def _with_list_kept(text: str, kind: str) -> str:
    """The text with `[]` behind the key of a list from which the last entry was taken out."""
    for head in lists_of(read_file(text.removeprefix(BYTE_ORDER_MARK))):
        if head.kind == kind and plain(head.node) == "":
            lines = lines_of(text.removeprefix(BYTE_ORDER_MARK))
            comment = comment_behind(lines, head.node)
            return spliced(text, head.line, head.line + 1, f"{kind}: []{comment}\n")
    return text
