"""Gives a fact, a word, an action, a source, a rule … another name, and carries along everything that mentions it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple

from services.rulebook.characters import normalised
from services.rulebook.conditions import KNOWN_WORD
from services.rulebook.editing import edit_errors as errors
from services.rulebook.editing.blocks import (
    ID_KEYS,
    EditError,
    blocks_of,
    find_blocks,
    replace_block,
    set_field,
)
from services.rulebook.editing.entries import find_block
from services.rulebook.editing.lines import BYTE_ORDER_MARK
from services.rulebook.editing.nodes import lines_of
from services.rulebook.editing.references import PART, SORTS, WORD, Mention, mentions_in
from services.rulebook.editing.writing import scalar
from services.rulebook.ids import IdStyle, find_bad_id
from services.rulebook.model import NOWHERE, UNKNOWN_WORD
from services.rulebook.yaml_nodes import ScalarNode

OUTSIDE = "file"
"""The kind of a use that stands in no entry, as in the list of what is never together."""
_STYLES = {
    "rules": IdStyle.KEBAB, "facts": IdStyle.SNAKE, "actions": IdStyle.SNAKE, "sources": IdStyle.EITHER,
    "contacts": IdStyle.EITHER, "points": IdStyle.POINT, "properties": IdStyle.KEBAB, "topics": IdStyle.EITHER,
    WORD: IdStyle.SNAKE,
}  # fmt: skip
_OF_THE_LANGUAGE = frozenset({UNKNOWN_WORD, KNOWN_WORD, "not"})


class Use(NamedTuple):
    """An entry that mentions something, with the file and the line (from 1) of the mention."""

    kind: str
    id: str
    file: str
    line: int


class _Change(NamedTuple):
    """One name for another; `owner` is the fact of a word, or the source of a part."""

    sort: str
    owner: str
    old: str
    new: str

    def concerns(self, mention: Mention) -> bool:
        return mention.sort == self.sort and mention.owner == self.owner and self.old in mention.names


def rename(files: Mapping[str, str], kind: str, old: str, new: str) -> dict[str, str]:
    """The files with another name for one entry, wherever it is mentioned. Raises EditError if it cannot have it."""
    if old == new:
        return dict(files)
    _refuse_unreadable(files)
    block = find_block(files, kind, old)
    _refuse_bad_name(kind, new)
    taken = find_blocks(files, kind).get(new)
    if taken is not None:
        raise EditError(errors.taken(new, taken.file))
    if kind not in SORTS:
        return replace_block(files, block, set_field(block, ID_KEYS[kind], f" {scalar(new)}").text)
    return _changed(files, _Change(SORTS[kind], "", old, new))


def rename_word(files: Mapping[str, str], fact: str, old: str, new: str) -> dict[str, str]:
    """The files with another word for one of a fact's choices, wherever a condition or a case uses it."""
    for word in (old, new):
        if word in _OF_THE_LANGUAGE:
            raise EditError(errors.word_of_the_language(word))
    return _changed_inside(files, "facts", fact, _Change(WORD, fact, old, new))


def rename_part(files: Mapping[str, str], source: str, old: str, new: str) -> dict[str, str]:
    """The files with another name for one part of a source, wherever a rule or a contact points to it."""
    return _changed_inside(files, "sources", source, _Change(PART, source, old, new))


def uses_of(files: Mapping[str, str], kind: str, entry_id: str) -> tuple[Use, ...]:
    """Everything that mentions an entry, but for the entry itself. Files that cannot be read are left out."""
    wanted = _Change(SORTS[kind], "", entry_id, entry_id)
    uses = (use for file in sorted(files) for use in _uses_in(file, files[file], wanted))
    return tuple(use for use in uses if (use.kind, use.id) != (kind, entry_id))


def _changed_inside(files: Mapping[str, str], kind: str, owner: str, change: _Change) -> dict[str, str]:
    """A word or a part renamed: it must be there, and the new name free."""
    _refuse_unreadable(files)
    found = find_block(files, kind, owner)
    mentions = [mention for mention in mentions_in(found.file, files[found.file]) if mention.owner == owner]
    inside = [mention for mention in mentions if found.start <= mention.node.line < found.end]
    own = [name for mention in inside if mention.sort == change.sort for name in mention.names]
    if change.old not in own:
        raise EditError(errors.no_entry(f"{change.sort}s", change.old, own))
    if change.old == change.new:
        return dict(files)
    _refuse_bad_name(change.sort, change.new)
    if change.new in own:
        raise EditError(errors.taken(change.new, found.file))
    return _changed(files, change)


def _changed(files: Mapping[str, str], change: _Change) -> dict[str, str]:
    return {file: _changed_text(file, text, change) for file, text in files.items()}


def _changed_text(file: str, text: str, change: _Change) -> str:
    """The text of one file with the name changed wherever it is mentioned, and nowhere else."""
    if change.old not in normalised(text) and change.old not in text:
        return text
    bare = text.removeprefix(BYTE_ORDER_MARK)
    starts = [0, *accumulate(map(len, lines_of(bare)))]
    places = {}
    for mention in mentions_in(file, bare):
        if change.concerns(mention):
            node = mention.node
            places[starts[node.line] + node.column] = (starts[node.end[0]] + node.end[1], mention)
    for start, (end, mention) in sorted(places.items(), reverse=True):
        bare = bare[:start] + _rewritten(bare[start:end], mention, change) + bare[end:]
    return text[: len(text) - len(text.removeprefix(BYTE_ORDER_MARK))] + bare


def _rewritten(raw: str, mention: Mention, change: _Change) -> str:
    """What was written, quotes and all, with the name changed."""
    if mention.node.text == change.old:
        return scalar(change.new, in_flow=True, quoted=raw.startswith(('"', "'")))
    return _replaced(raw, mention.position, change) or scalar(
        _replaced(normalised(mention.node.text), mention.position, change), in_flow=True
    )


def _replaced(text: str, position: int | None, change: _Change) -> str:
    """The text with the name changed; nothing if it does not stand there as it is."""
    found = list(re.finditer(rf"(?<![\w-]){re.escape(change.old)}(?![\w-])", text))
    if not found:
        return ""
    meant = found if position is None else [found[position]]
    for match in reversed(meant):
        text = text[: match.start()] + change.new + text[match.end() :]
    return text


def _uses_in(file: str, text: str, wanted: _Change) -> Iterator[Use]:
    lines = [mention.node.line for mention in mentions_in(file, text) if wanted.concerns(mention)]
    blocks = blocks_of(file, text) if lines else ()
    for line in lines:
        block = next((block for block in blocks if block.start <= line < block.end), None)
        yield Use(block.kind, block.id, file, line + 1) if block else Use(OUTSIDE, file, file, line + 1)


def _refuse_unreadable(files: Mapping[str, str]) -> None:
    """What cannot be read might mention it too. Raises EditError."""
    for file, text in files.items():
        blocks_of(file, text)


def _refuse_bad_name(kind: str, name: str) -> None:
    style = _STYLES.get(kind)
    problem = find_bad_id(ScalarNode(name, NOWHERE), style) if style else None
    if problem is not None:
        raise EditError(errors.bad_name(problem))
    if not name.strip():
        raise EditError(errors.no_id(ID_KEYS.get(kind, kind)))
