"""Two people changed the same rule files: their changes put together, entry by entry and field by field.

Fields are the smallest piece: two changes of one `when`, or of the two languages of one text, are a conflict, because
nobody has read what would come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.rulebook.editing.merge_entries import Choices, EntryMerge, FieldMerge, Merged, MergeState, merge_pieces
from services.rulebook.editing.pieces import OUTSIDE, Key, Piece, is_whole, numbered, pieces_of, whole_piece
from services.rulebook.editing.sequences import merged_order

__all__ = ["EntryMerge", "FieldMerge", "Merge", "MergeState", "merge"]


@dataclass(frozen=True, slots=True)
class Merge:
    """The files with both sides' changes; where they conflict, mine. `entries` lists everything that was changed."""

    files: dict[str, str]
    entries: tuple[EntryMerge, ...]

    @property
    def conflicts(self) -> tuple[EntryMerge, ...]:
        return tuple(entry for entry in self.entries if entry.state is MergeState.CONFLICT)


@dataclass(frozen=True, slots=True)
class _Side:
    """One version of the files in pieces."""

    files: Mapping[str, str]
    pieces: dict[Key, Piece]

    def order(self, file: str, kept: Mapping[Key, Piece]) -> list[Key]:
        return [key for key, piece in self.pieces.items() if piece.file == file and key in kept]


def merge(
    base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str], choices: Choices | None = None
) -> Merge:
    """What `theirs` and `mine` made of `base`, put together.

    `choices` settles conflicts: `(kind, id, field)` -> "theirs" or "mine"; the field is empty for a whole entry.
    """
    names = sorted({*base, *theirs, *mine})
    sides = _cut(names, (base, theirs, mine))
    keys = dict.fromkeys(key for side in sides for key in side.pieces)
    merged = {key: _merged(key, sides, choices or {}) for key in keys}
    kept = {key: found.piece for key, found in merged.items() if found.piece is not None}
    files, orders = {}, {}
    for name in names:
        if _is_there(name, *sides):
            files[name], orders[name] = _put_together(name, sides, kept)
    return Merge(files, _report(merged, orders))


def _cut(names: list[str], versions: tuple[Mapping[str, str], ...]) -> tuple[_Side, _Side, _Side]:
    """The pieces of each version. A file that one version cannot be cut into pieces is one piece in all of them."""
    found: list[list[tuple[str, str, Piece]]] = [[], [], []]
    for name in names:
        texts = [version.get(name) for version in versions]
        cut = [[] if text is None else pieces_of(name, text) for text in texts]
        if _is_gone_and_changed(*texts) or any(map(is_whole, cut)):
            cut = [[] if text is None else [whole_piece(name, text)] for text in texts]
        for side, pieces in zip(found, cut, strict=True):
            side.extend(pieces)
    base, theirs, mine = (_Side(files, numbered(pieces)) for files, pieces in zip(versions, found, strict=True))
    return base, theirs, mine


def _is_gone_and_changed(base: str | None, theirs: str | None, mine: str | None) -> bool:
    """One side took the file away, the other one changed it: nobody can tell what is meant."""
    return base is not None and (theirs is None) != (mine is None) and base not in (theirs, mine)


def _merged(key: Key, sides: tuple[_Side, _Side, _Side], choices: Choices) -> Merged:
    base, theirs, mine = (side.pieces.get(key) for side in sides)
    return merge_pieces(key, base, theirs, mine, choices)


def _is_there(name: str, base: _Side, theirs: _Side, mine: _Side) -> bool:
    was, is_theirs, is_mine = (name in side.files for side in (base, theirs, mine))
    if is_theirs == is_mine:
        return is_mine
    changed = (theirs if is_theirs else mine).files[name] != base.files.get(name)
    return is_mine if changed and was else not was


def _put_together(name: str, sides: tuple[_Side, _Side, _Side], kept: Mapping[Key, Piece]) -> tuple[str, bool]:
    """The text of one file, and whether both sides moved its entries differently."""
    here = {key: piece for key, piece in kept.items() if piece.file == name}
    order, clash = merged_order(*(side.order(name, here) for side in sides))
    text = "".join(here[key].lead + here[key].text for key in order)
    return _ended(text, *(side.files.get(name) for side in sides)), clash


def _ended(text: str, base: str | None, theirs: str | None, mine: str | None) -> str:
    """The text without the end of its last line, if the side that had a say wrote none."""
    open_ends = [version is not None and not version.endswith(("\n", "\r")) for version in (base, theirs, mine)]
    is_open = open_ends[2] if open_ends[1] == open_ends[0] else open_ends[1]
    return text.removesuffix("\n") if is_open else text


def _report(merged: Mapping[Key, Merged], orders: Mapping[str, bool]) -> tuple[EntryMerge, ...]:
    entries = [found.entry for key, found in merged.items() if found.entry is not None and key.kind != OUTSIDE]
    outside: dict[str, list[EntryMerge]] = {}
    for key, found in merged.items():
        if found.entry is not None and key.kind == OUTSIDE:
            outside.setdefault(found.entry.file, []).append(found.entry)
    for name in sorted({*outside, *(name for name, clash in orders.items() if clash)}):
        entries.append(_outside(name, outside.get(name, []), orders.get(name, False)))
    return tuple(entries)


def _outside(name: str, parts: list[EntryMerge], clash: bool) -> EntryMerge:
    """One entry for everything of a file that is no entry: its head, its end, other lists, the order."""
    fields = [
        FieldMerge(part.id.rpartition("#")[2], part.state, part.base, part.theirs, part.mine) for part in parts
    ]  # fmt: skip
    if clash:
        fields.append(FieldMerge("order", MergeState.CONFLICT, None, None, None))
    states = {field.state for field in fields}
    state = MergeState.CONFLICT if MergeState.CONFLICT in states else MergeState.MERGED
    only = parts[0] if len(parts) == 1 and not clash else None
    return EntryMerge(
        OUTSIDE, name, name, only.state if only else state, only.base if only else None,
        only.theirs if only else None, only.mine if only else None, tuple(fields),
    )  # fmt: skip
