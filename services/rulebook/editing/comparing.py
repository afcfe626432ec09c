"""What differs between two versions of the rule files: entry by entry, field by field, as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from services.rulebook.editing.merge_entries import FILE, LEAD
from services.rulebook.editing.pieces import OUTSIDE, Key, Piece, Unit, numbered, pieces_of, units_of, written_of

ORDER = "order"
"""The name under which a changed order of entries is listed, for a file."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field as it is written in either version; None where it is not there. `#` are the comments above an entry."""

    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry that differs. Kind `file` is what stands outside entries: heads, comments, other lists, the order."""

    kind: str
    id: str
    file: str
    change: Literal["added", "removed", "changed"]
    fields: tuple[FieldChange, ...] = ()


def entry_changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[EntryChange, ...]:
    """Every entry that differs, file by file; nothing differs unnoticed but blank lines between entries."""
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    before, after = _pieces(old, names), _pieces(new, names)
    keys = [*after, *(key for key in before if key not in after)]
    found = [_change(key, before.get(key), after.get(key)) for key in keys if key.kind != OUTSIDE]
    outside = (_outside(name, before, after, old, new) for name in names)
    changes = [change for change in (*found, *outside) if change is not None]
    return tuple(sorted(changes, key=lambda change: (change.file, change.kind == OUTSIDE)))


def _pieces(files: Mapping[str, str], names: list[str]) -> dict[Key, Piece]:
    return numbered([piece for name in names if name in files for piece in pieces_of(name, files[name])])


def _change(key: Key, old: Piece | None, new: Piece | None) -> EntryChange | None:
    here = new or old
    if here is None or old == new:
        return None
    fields = tuple(_field_changes(old, new))
    if old is None or new is None:
        return EntryChange(key.kind, key.id, here.file, "removed" if new is None else "added", fields)
    return EntryChange(key.kind, key.id, here.file, "changed", fields) if fields else None


def _field_changes(old: Piece | None, new: Piece | None) -> Iterator[FieldChange]:
    if old is not None and new is not None:
        if old.file != new.file:
            yield FieldChange(FILE, old.file, new.file)
        if old.lead.split() != new.lead.split():
            yield FieldChange(LEAD, old.lead.strip(), new.lead.strip())
    before, after = _units(old), _units(new)
    fields = [_field(key, before.get(key), after.get(key)) for key in {**after, **before}]
    differing = [field for field in fields if field.old != field.new]
    yield from differing
    if not differing and old is not None and new is not None and old.text != new.text:
        yield FieldChange("", old.text, new.text)


def _units(piece: Piece | None) -> dict[str, Unit]:
    """The fields of an entry; its whole text under no name, where they have no lines of their own."""
    if piece is None:
        return {}
    units = units_of(piece.text)
    return {"": Unit("", piece.text, None)} if units is None else {unit.key: unit for unit in units}


def _field(key: str, old: Unit | None, new: Unit | None) -> FieldChange:
    """Without the comments above it, unless nothing else differs."""
    was, now = (_written(unit) if unit else None for unit in (old, new))
    if was == now and old is not None and new is not None:
        return FieldChange(key, old.text, new.text)
    return FieldChange(key, was, now)


def _written(unit: Unit) -> str:
    return written_of(unit) if unit.key else unit.text


def _outside(
    name: str, before: Mapping[Key, Piece], after: Mapping[Key, Piece], old: Mapping[str, str], new: Mapping[str, str]
) -> EntryChange | None:
    """What differs outside the entries of one file."""
    fields = []
    for key in {**before, **after}:
        if key.kind == OUTSIDE and key.id.startswith(f"{name}#"):
            was, now = (side[key].text.strip() if key in side else "" for side in (before, after))
            if was != now:
                fields.append(FieldChange(key.id.rpartition("#")[2], was or None, now or None))
    orders = [[key for key, piece in side.items() if piece.file == name] for side in (before, after)]
    common = [[key for key in order if key in other] for order, other in zip(orders, orders[::-1], strict=True)]
    if common[0] != common[1]:
        fields.append(FieldChange(ORDER, *(_ids(order) for order in common)))
    if name not in old or name not in new:
        return EntryChange(OUTSIDE, name, name, "added" if name in new else "removed", tuple(fields))
    return EntryChange(OUTSIDE, name, name, "changed", tuple(fields)) if fields else None


def _ids(order: list[Key]) -> str:
    return "\n".join(key.id for key in order if key.kind != OUTSIDE)
