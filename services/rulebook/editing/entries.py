"""Entries of rule files as plain values: read them, change single fields, add, copy and take out whole ones.

What is not changed stays letter by letter, comments too; what is written is read back, so that nothing is ever
written that means something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from services.rulebook.editing import edit_errors as errors
from services.rulebook.editing.blocks import (
    ID_KEYS,
    Block,
    EditError,
    blocks_of,
    fields_of,
    find_blocks,
    may_hold,
    own_node,
    remove_field,
    replace_block,
    set_field,
)
from services.rulebook.editing.entry_lists import stands_apart, with_entry, without_entry
from services.rulebook.editing.lines import spliced, without_indentation
from services.rulebook.editing.nodes import lines_of, plain
from services.rulebook.editing.patching import Patcher
from services.rulebook.editing.writing import KEY_ORDER, Style, is_same, scalar, tidy, written_entry, written_value


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with its fields as strings, lists and dicts, as they are written."""

    kind: str
    id: str
    file: str
    text: str
    values: dict[str, Any]


def read_entry(files: Mapping[str, str], kind: str, entry_id: str) -> Entry:
    """Raises EditError if there is no such entry."""
    return _entry(find_block(files, kind, entry_id))


def entries_of(files: Mapping[str, str], kind: str) -> dict[str, Entry]:
    """All entries of one kind by id, in the order of the files. Raises EditError if a file cannot be read."""
    return {block.id: _entry(block) for block in find_blocks(files, kind).values()}


def find_block(files: Mapping[str, str], kind: str, entry_id: str) -> Block:
    """The entry's lines. Files that cannot be read do not matter as long as it stands in another one."""
    unreadable: EditError | None = None
    for file in sorted(files):
        if not may_hold(file, kind):
            continue
        try:
            blocks = blocks_of(file, files[file])
        except EditError as error:
            unreadable = unreadable or error
            continue
        for block in blocks:
            if block.kind == kind and block.id == entry_id:
                return block
    raise unreadable or EditError(errors.no_entry(kind, entry_id, _ids(files, kind)))


def change_entry(files: Mapping[str, str], kind: str, entry_id: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The files with these fields of an entry changed; fields that are not named, or are the same, stay as they are.

    None, and what is empty, takes a field out.
    """
    block = find_block(files, kind, entry_id)
    wanted = {key: tidy(value) for key, value in values.items()}
    if wanted.get(ID_KEYS[kind], entry_id) != entry_id:
        raise EditError(errors.id_stays(ID_KEYS[kind], entry_id))
    wanted = {key: value for key, value in wanted.items() if not is_same(tidy(plain(block.node.find(key))), value)}
    if not wanted:
        return dict(files)
    changed = replace_block(files, block, _with_fields(block, wanted))
    _look_again(changed, kind, entry_id, wanted)
    return changed


def new_entry(files: Mapping[str, str], kind: str, file: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The files with a new entry at the end of its list in that file, which is begun if it is not there."""
    wanted = {key: value for key, value in ((key, tidy(value)) for key, value in values.items()) if value is not None}
    entry_id = wanted.get(ID_KEYS[kind])
    if kind == "topics":
        return new_topic(files, str(entry_id or ""), wanted, file)
    if not isinstance(entry_id, str):
        raise EditError(errors.no_id(ID_KEYS[kind]))
    _refuse_taken(files, kind, entry_id)
    if not may_hold(file, kind) or (kind == "rules" and file not in files):
        raise EditError(errors.wrong_file(kind, file))
    changed = {**files, file: with_entry(kind, file, files.get(file, ""), written_entry(kind, wanted))}
    _look_again(changed, kind, entry_id, wanted)
    return changed


def new_topic(
    files: Mapping[str, str], topic_id: str, values: Mapping[str, Any], file: str | None = None
) -> dict[str, str]:
    """The files with a new file for a topic that has no rules yet: `title`, `may_join`, `yields_to`."""
    name = file or f"topics/{topic_id}.yaml"
    if not topic_id:
        raise EditError(errors.no_id(ID_KEYS["topics"]))
    _refuse_taken(files, "topics", topic_id)
    if name in files or not may_hold(name, "topics"):
        raise EditError(errors.wrong_file("topics", name))
    wanted = {"may_join": "no", **dict(values), "topic": topic_id}
    item = written_entry("topics", {key: tidy(value) for key, value in wanted.items() if tidy(value)})
    head = "".join(line[2:] for line in lines_of(item))
    changed = {**files, name: f"{head}rules: []\n"}
    _look_again(changed, "topics", topic_id, {"topic": topic_id, **{key: tidy(value) for key, value in values.items()}})
    return changed


def copy_entry(files: Mapping[str, str], kind: str, entry_id: str, new_id: str) -> dict[str, str]:
    """The files with a copy of an entry right behind it, under another name."""
    block = find_block(files, kind, entry_id)
    if kind == "topics":
        raise EditError(errors.no_copy_of_topic())
    _refuse_taken(files, kind, new_id)
    text = set_field(block, ID_KEYS[kind], f" {scalar(new_id)}").text
    lead = "\n" if stands_apart(lines_of(files[block.file]), block) else ""
    changed = {**files, block.file: spliced(files[block.file], block.end, block.end, lead + text)}
    _look_again(changed, kind, new_id, {ID_KEYS[kind]: new_id})
    return changed


def move_entry(files: Mapping[str, str], kind: str, entry_id: str, file: str) -> dict[str, str]:
    """The files with an entry at the end of its list in another file, letter by letter what it was."""
    text = without_indentation(find_block(files, kind, entry_id).text)
    if kind == "topics" or not may_hold(file, kind) or file not in files:
        raise EditError(errors.wrong_file(kind, file))
    without = remove_entry(files, kind, entry_id)
    return {**without, file: with_entry(kind, file, without[file], text)}


def remove_entry(files: Mapping[str, str], kind: str, entry_id: str) -> dict[str, str]:
    """The files without an entry and its blank line; comments above it stay. A topic goes with its file, if empty."""
    block = find_block(files, kind, entry_id)
    if kind == "topics":
        if any(other.kind == "rules" for other in blocks_of(block.file, files[block.file])):
            raise EditError(errors.topic_has_rules(entry_id))
        return {name: text for name, text in files.items() if name != block.file}
    return {**files, block.file: without_entry(files[block.file], block)}


def _entry(block: Block) -> Entry:
    return Entry(block.kind, block.id, block.file, block.text, plain(block.node))


def _with_fields(block: Block, wanted: Mapping[str, Any]) -> str:
    """The text of the entry with these fields as wanted; an entry in brackets is written anew."""
    if not block.node.is_flow:
        for key, value in wanted.items():
            block = replace(block, text=_with_field(block, key, value))
        return block.text
    values = {**plain(block.node), **wanted}
    return written_entry(block.kind, {key: value for key, value in values.items() if value is not None})


def _with_field(block: Block, key: str, wanted: Any) -> str:
    if wanted is None:
        return remove_field(block, key).text
    fields = fields_of(block)
    if key not in fields:
        indent = next(iter(fields.values())).indent
        first, *rest = written_value(Style(block.kind), key, wanted, indent)
        written = "\n".join([first, *(line[indent:] for line in rest)])
        return set_field(block, key, written, KEY_ORDER[block.kind]).text
    patcher = Patcher(block.kind, lines_of(block.text))
    pairs = [(name, value) for name, value in own_node(block).pairs if name.text == key]
    return patcher.patched([splice for name, value in pairs for splice in patcher.field(name, value, wanted)])


def _refuse_taken(files: Mapping[str, str], kind: str, entry_id: str) -> None:
    if entry_id in _ids(files, kind):
        raise EditError(errors.taken(entry_id, find_block(files, kind, entry_id).file))


def _ids(files: Mapping[str, str], kind: str) -> list[str]:
    found: list[str] = []
    for file in sorted(files):
        if may_hold(file, kind):
            with suppress(EditError):
                found += [block.id for block in blocks_of(file, files[file]) if block.kind == kind]
    return found


def _look_again(files: Mapping[str, str], kind: str, entry_id: str, wanted: Mapping[str, Any]) -> None:
    """Raises EditError if what was written is not read back as what was wanted."""
    try:
        values = read_entry(files, kind, entry_id).values
    except EditError:
        values = {}
    for key, value in wanted.items():
        if not is_same(tidy(values.get(key)), value):
            raise EditError(errors.cannot_write(key))
