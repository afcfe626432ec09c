"""Three-way merge of one entry: untouched fields stay, fields changed by one side follow it, others are conflicts."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeVar

from services.rulebook.editing.nodes import lines_of
from services.rulebook.editing.pieces import OUTSIDE, Key, Piece, Unit, units_of, written_of
from services.rulebook.editing.sequences import merged_order

LEAD, FILE = "#", "file"
"""The names under which the comments above an entry, and the file it stands in, are merged like fields."""
Side = Literal["theirs", "mine"]
Choices = Mapping[tuple[str, str, str], Side]
"""What somebody chose where the sides conflict: by kind, id and field; the field is empty for a whole entry."""
Thing = TypeVar("Thing")


class MergeState(StrEnum):
    """Who changed it: one side, both alike, both in different places, or both the same thing differently."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH_ALIKE = "both_alike"
    MERGED = "merged"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """One field that was changed, as it is written in each version; None where it is not there."""

    key: str
    state: MergeState
    base: str | None
    theirs: str | None
    mine: str | None


@dataclass(frozen=True, slots=True)
class EntryMerge:
    """One entry that was changed, added or taken out, with its text in each version."""

    kind: str
    id: str
    file: str
    state: MergeState
    base: str | None
    theirs: str | None
    mine: str | None
    fields: tuple[FieldMerge, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """What becomes of a piece (None: it is gone), and what there is to report."""

    piece: Piece | None
    entry: EntryMerge | None


def merge_pieces(key: Key, base: Piece | None, theirs: Piece | None, mine: Piece | None, choices: Choices) -> Merged:
    if theirs == mine == base:
        return Merged(mine, None)
    if theirs is not None and mine is not None:
        return _EntryMerger(key, choices).merge(base, theirs, mine)
    state, piece = decide((base, theirs, mine), choices.get((key.kind, key.id, "")), _is_same_but_for_lead)
    return Merged(piece, _entry(key, state, base, theirs, mine, ()))


def decide(
    versions: tuple[Thing, Thing, Thing],
    choice: Side | None = None,
    is_same: Callable[[Thing, Thing], bool] = operator.eq,
) -> tuple[MergeState | None, Thing]:
    """Whose change it is (None: nobody's), and what comes out of it: mine where the two conflict and nobody chose."""
    base, theirs, mine = versions
    if is_same(theirs, mine):
        return (None if is_same(base, mine) else MergeState.BOTH_ALIKE), mine
    if is_same(theirs, base):
        return MergeState.MINE, mine
    if is_same(mine, base):
        return MergeState.THEIRS, theirs
    if choice is not None:
        return MergeState.MERGED, theirs if choice == "theirs" else mine
    return MergeState.CONFLICT, mine


@dataclass(slots=True)
class _EntryMerger:
    """Merges an entry that both sides have, and notes every field that was changed."""

    key: Key
    choices: Choices
    fields: list[FieldMerge] = field(default_factory=list)

    def merge(self, base: Piece | None, theirs: Piece, mine: Piece) -> Merged:
        text = self._text(base.text if base else None, theirs.text, mine.text)
        file = self._file(base.file if base else None, theirs.file, mine.file)
        lead = self._lead(base.lead if base else "", theirs.lead, mine.lead)
        state = _overall([found.state for found in self.fields])
        return Merged(Piece(file, lead, text), _entry(self.key, state, base, theirs, mine, tuple(self.fields)))

    def _text(self, base: str | None, theirs: str, mine: str) -> str:
        state, text = decide((base, theirs, mine), self._choice(""))
        if state is None:
            return mine
        cut = self._units(base, theirs, mine)
        if cut is None:
            self.fields.append(FieldMerge("", state, base, theirs, mine))
            return str(text)
        order, _ = merged_order(*(list(side) for side in cut))
        names = dict.fromkeys((*order, *cut[0]))
        units = [self._unit(name, tuple(side.get(name) for side in cut)) for name in names]
        if state in (MergeState.MINE, MergeState.THEIRS, MergeState.BOTH_ALIKE):
            return str(text)
        return _dash_of(mine) + "".join(unit.text for unit in units if unit is not None)[len(_dash_of(mine)) :]

    def _units(self, base: str | None, theirs: str, mine: str) -> list[dict[str, Unit]] | None:
        """The fields of each version; None if the entry can only be taken as a whole."""
        if self.key.kind == OUTSIDE or _dash_of(theirs) != _dash_of(mine):
            return None
        cut = [units_of(text) if text is not None else [] for text in (base, theirs, mine)]
        sides = [{unit.key: unit for unit in units} for units in cut if units is not None]
        return sides if len(sides) == len(cut) else None

    def _unit(self, name: str, versions: tuple[Unit | None, ...]) -> Unit | None:
        base, theirs, mine = versions
        state, unit = decide((base, theirs, mine), self._choice(name), _is_same_text)
        if state in (MergeState.CONFLICT, MergeState.MERGED):
            by_value, unit_by_value = decide((base, theirs, mine), None, _is_same_value)
            if by_value is not MergeState.CONFLICT:
                state, unit = by_value or MergeState.BOTH_ALIKE, unit_by_value
        if state is not None:
            self.fields.append(FieldMerge(name, state, *(written_of(found) if found else None for found in versions)))
        return max(theirs, mine, key=_length) if state is MergeState.BOTH_ALIKE and theirs and mine else unit

    def _file(self, base: str | None, theirs: str, mine: str) -> str:
        state, file = decide((base, theirs, mine), self._choice(FILE))
        if state is not None and base is not None:
            self.fields.append(FieldMerge(FILE, state, base, theirs, mine))
        return str(file)

    def _lead(self, base: str, theirs: str, mine: str) -> str:
        """Comments never conflict: if both changed them, both stand there."""
        state, lead = decide((base, theirs, mine))
        if state is MergeState.CONFLICT and all(_is_comment(line) for line in lines_of(theirs + mine)):
            state, lead = MergeState.MERGED, _both(*sorted((theirs, mine)))
        if state is not None and len({text.strip() for text in (base, theirs, mine)}) > 1:
            self.fields.append(FieldMerge(LEAD, state, base, theirs, mine))
        return lead

    def _choice(self, name: str) -> Side | None:
        return self.choices.get((self.key.kind, self.key.id, name))


def _entry(
    key: Key, state: MergeState | None, base: Piece | None, theirs: Piece | None, mine: Piece | None,
    fields: tuple[FieldMerge, ...],
) -> EntryMerge | None:  # fmt: skip
    was, is_theirs, is_mine = (piece.text if piece else None for piece in (base, theirs, mine))
    here = mine or theirs or base
    if state is None or here is None:
        return None
    return EntryMerge(key.kind, key.id, here.file, state, was, is_theirs, is_mine, fields)


def _overall(states: list[MergeState]) -> MergeState | None:
    if MergeState.CONFLICT in states:
        return MergeState.CONFLICT
    if len(set(states)) > 1:
        return MergeState.MERGED
    return states[0] if states else None


def _is_same_but_for_lead(one: Piece | None, other: Piece | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.file == other.file and one.text == other.text


def _is_same_text(one: Unit | None, other: Unit | None) -> bool:
    return (one and one.text) == (other and other.text)


def _is_same_value(one: Unit | None, other: Unit | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.value == other.value


def _length(unit: Unit) -> tuple[int, str]:
    return len(unit.text), unit.text


def _dash_of(text: str) -> str:
    """The dash before an entry's first key, with the spaces around it."""
    return text[: len(text) - len(text.lstrip(" -"))]


def _both(first: str, second: str) -> str:
    known = lines_of(first)
    return first + "".join(line for line in lines_of(second) if line not in known)


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
