"""Rule files as text that can be edited piece by piece: every entry and every field keeps its own lines, comments too.

Forms, tables, spreadsheets and the text editor all change the same text through this module, so none of them loses
what the others wrote. Nothing here understands rules; the loader judges the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

ID_KEYS = {"facts": "id", "actions": "id", "sources": "id", "contacts": "id", "points": "id", "properties": "id",
           "rules": "id", "cases": "name"}  # fmt: skip
"""The lists that rule files hold, and the key that names an entry."""


class EditError(Exception):
    """An edit that the file does not allow; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Block:
    """One entry of a list: the lines `start` up to but not including `end` of its file, both counted from 0."""

    kind: str
    id: str
    file: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an entry: its lines within the entry's text, and how far they are indented."""

    key: str
    start: int
    end: int
    text: str
    indent: int


def find_blocks(files: Mapping[str, str], kind: str) -> dict[str, Block]:
    """All entries of one kind (`rules`, `facts`, …) by id, in the order of the files. Raises EditError."""
    found: dict[str, Block] = {}
    for file in sorted(files):
        for block in _blocks_of(file, files[file]):
            if block.kind == kind:
                found[block.id] = block
    return found


def replace_block(files: Mapping[str, str], block: Block, text: str) -> dict[str, str]:
    """The files with the entry's lines replaced; an empty text takes the entry out."""
    lines = files[block.file].splitlines(keepends=True)
    lines[block.start : block.end] = _ended(text)
    return {**files, block.file: "".join(lines)}


def add_block(files: Mapping[str, str], kind: str, file: str, text: str) -> dict[str, str]:
    """The files with a new entry after the last one of its list in that file."""
    lines = files[file].splitlines(keepends=True)
    here = [block for block in _blocks_of(file, files[file]) if block.kind == kind]
    if not here:
        raise EditError(f"{file} has no list of {kind} to add to; write `{kind}:` and a first entry as text.")
    lines[here[-1].end : here[-1].end] = ["\n", *_ended(text)]
    return {**files, file: "".join(lines)}


def fields_of(block: Block) -> dict[str, Field]:
    """The top-level fields of an entry, in the order written."""
    lines = block.text.splitlines(keepends=True)
    starts = list(_field_starts(block.text))
    ends = [start for _, start, _ in starts[1:]] + [len(lines)]
    return {
        key: Field(key, start, end, "".join(lines[start:end]), indent)
        for (key, start, indent), end in zip(starts, (_content_end(lines, end) for end in ends), strict=True)
    }


def set_field(block: Block, key: str, written: str) -> Block:
    """The entry with one field rewritten or added. `written` is the YAML after the key: ` today` or lines below it.

    A comment at the end of a one-line field stays. Fields that are not named stay letter by letter.
    """
    fields = fields_of(block)
    lines = block.text.splitlines(keepends=True)
    if key not in fields:
        indent = " " * next(iter(fields.values())).indent
        return replace(block, text="".join([*_ended("".join(lines)), f"{indent}{key}:{_indented(written, indent)}\n"]))
    old = fields[key]
    lead = lines[old.start][: lines[old.start].index(key)]
    comment = _comment_after(old.text)
    lines[old.start : old.end] = [f"{lead}{key}:{_indented(written, ' ' * old.indent)}{comment}\n"]
    return replace(block, text="".join(lines))


def remove_field(block: Block, key: str) -> Block:
    """The entry without one field; the field that carries the dash cannot be removed."""
    field = fields_of(block).get(key)
    if field is None:
        return block
    if field.start == 0:
        raise EditError(f"`{key}` is the first field of the entry and cannot be taken out.")
    lines = block.text.splitlines(keepends=True)
    del lines[field.start : field.end]
    return replace(block, text="".join(lines))


def _blocks_of(file: str, text: str) -> Iterator[Block]:
    lines = text.splitlines(keepends=True)
    for kind, items, list_end in _lists_in(file, text):
        starts = [_dash_line(lines, line) for _, line in items]
        ends = [*starts[1:], list_end]
        for (entry_id, _), start, end in zip(items, starts, ends, strict=True):
            last = _content_end(lines, end)
            yield Block(kind, entry_id, file, start, last, "".join(lines[start:last]))


def _lists_in(file: str, text: str) -> Iterator[tuple[str, list[tuple[str, int]], int]]:
    """Each known list of a file: its key, the id and line of every entry, and the line after it."""
    try:
        events = iter(list(YAML(typ="base", pure=False).parse(text)))
    except YAMLError as error:
        raise EditError(f"{file} cannot be read as YAML at present; mend it as text first.") from error
    _skip_to(events, MappingStartEvent)
    for event in events:
        if not isinstance(event, ScalarEvent):
            continue
        value = next(events)
        if event.value in ID_KEYS and isinstance(value, SequenceStartEvent):
            if value.flow_style:
                raise EditError(f"{file}: the list `{event.value}` is written in brackets; edit it as text.")
            items, end = _items(events, ID_KEYS[event.value])
            yield event.value, items, end
        else:
            _skip_value(value, events)


def _items(events: Iterator[Any], id_key: str) -> tuple[list[tuple[str, int]], int]:
    items: list[tuple[str, int]] = []
    for event in events:
        if isinstance(event, SequenceEndEvent):
            return items, event.start_mark.line
        if not isinstance(event, MappingStartEvent):
            _skip_value(event, events)
            continue
        items.append((_id_in(events, id_key), event.start_mark.line))
    return items, 0


def _id_in(events: Iterator[Any], id_key: str) -> str:
    """Reads one mapping to its end and answers the text under its id key."""
    found = ""
    for event in events:
        if isinstance(event, MappingEndEvent):
            break
        value = next(events)
        if isinstance(value, ScalarEvent) and event.value == id_key:
            found = value.value
        _skip_value(value, events)
    return found


def _skip_value(event: Any, events: Iterator[Any]) -> None:
    depth = isinstance(event, (MappingStartEvent, SequenceStartEvent))
    level = 1 if depth else 0
    while level:
        inner = next(events)
        level += isinstance(inner, (MappingStartEvent, SequenceStartEvent))
        level -= isinstance(inner, (MappingEndEvent, SequenceEndEvent))


def _skip_to(events: Iterator[Any], kind: type) -> None:
    for event in events:
        if isinstance(event, kind):
            return


def _field_starts(text: str) -> Iterator[tuple[str, int, int]]:
    """Key, line and indentation of every top-level field of one entry."""
    events = iter(list(YAML(typ="base", pure=False).parse(text)))
    _skip_to(events, MappingStartEvent)
    for event in events:
        if isinstance(event, MappingEndEvent):
            return
        yield event.value, event.start_mark.line, event.start_mark.column
        _skip_value(next(events), events)


def _dash_line(lines: list[str], line: int) -> int:
    while line > 0 and not lines[line].lstrip().startswith("-"):
        line -= 1
    return line


def _content_end(lines: list[str], end: int) -> int:
    """The line after the last one that is neither blank nor a comment, counted back from `end`."""
    end = min(end, len(lines))
    while end > 0 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _comment_after(text: str) -> str:
    """The comment at the end of a one-line field, with the space before it."""
    line = text.rstrip("\n")
    if "\n" in line or " #" not in line or line.count('"') or line.count("'"):
        return ""
    comment = line[line.index(" #") :]
    return f"{' ' * (len(line) - len(line[: line.index(' #')].rstrip()) - len(comment))}{comment}"


def _indented(written: str, indent: str) -> str:
    first, *rest = written.rstrip("\n").split("\n")
    return "\n".join([first, *(f"{indent}{line}" if line else "" for line in rest)])


def _ended(text: str) -> list[str]:
    if not text.strip():
        return []
    return (text if text.endswith("\n") else f"{text}\n").splitlines(keepends=True)
