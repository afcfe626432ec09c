"""What holds for the merge of any two people's edits."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.editing.blocks import find_blocks
from services.rulebook.editing.comparing import entry_changes
from services.rulebook.editing.entries import read_entry
from services.rulebook.editing.merging import merge
from services.rulebook.editing.pieces import pieces_of
from services.rulebook.editing.writing import is_same
from tests.rulebook.editing.edits import (
    ADDITIONS,
    ANY_FILES,
    EDITS,
    FIELD_EDITS,
    FILES,
    REMOVALS,
    Edit,
    fields_of,
    made,
)

EDITS_OF_DIFFERENT_ENTRIES = st.lists(
    FIELD_EDITS | REMOVALS | ADDITIONS, min_size=2, max_size=8, unique_by=lambda edit: (edit.kind, edit.name)
)
quickly = settings(max_examples=50, deadline=None)


@quickly
@given(ANY_FILES)
def test_what_only_one_side_changed_is_that_sides_text(changed: dict[str, str]) -> None:
    for merged in (merge(FILES, FILES, changed), merge(FILES, changed, FILES), merge(FILES, changed, changed)):
        assert merged.files == changed
        assert merged.conflicts == ()


@quickly
@given(ANY_FILES)
def test_the_pieces_of_any_text_give_it_back(changed: dict[str, str]) -> None:
    for name, text in changed.items():
        together = "".join(piece.lead + piece.text for _, _, piece in pieces_of(name, text))
        assert together.removesuffix("\n") == text.removesuffix("\n")


@quickly
@given(ANY_FILES, ANY_FILES)
def test_a_clean_merge_is_the_same_with_the_sides_exchanged(one: dict[str, str], other: dict[str, str]) -> None:
    here, there = merge(FILES, one, other), merge(FILES, other, one)
    assert bool(here.conflicts) == bool(there.conflicts)
    assert here.conflicts or here.files == there.files


@quickly
@given(ANY_FILES, ANY_FILES)
def test_every_entry_that_either_side_changed_is_reported(one: dict[str, str], other: dict[str, str]) -> None:
    reported = {(entry.kind, entry.id) for entry in merge(FILES, one, other).entries if entry.kind != "file"}
    whole = {entry.file for entry in merge(FILES, one, other).entries if entry.kind == "file"}
    for side in (one, other):
        changed = {(change.kind, change.id) for change in entry_changes(FILES, side) if change.file not in whole}
        assert {(kind, name) for kind, name in changed if kind != "file"} <= reported


@quickly
@given(EDITS_OF_DIFFERENT_ENTRIES, st.data())
def test_edits_of_different_entries_never_conflict_and_all_survive(edits: list[Edit], data: st.DataObject) -> None:
    mine = [edit for edit in edits if data.draw(st.booleans())]
    theirs = [edit for edit in edits if edit not in mine]
    merged = merge(FILES, made(theirs), made(mine))
    assert merged.conflicts == ()
    for edit in edits:
        assert has_happened(merged.files, edit)


@quickly
@given(
    st.lists(FIELD_EDITS, min_size=2, max_size=8, unique_by=lambda edit: (edit.kind, edit.name, edit.key)), st.data()
)
def test_edits_of_different_fields_never_conflict_and_all_survive(edits: list[Edit], data: st.DataObject) -> None:
    same_entry = [Edit(edits[0].kind, edits[0].name, edit.key, edit.value) for edit in edits[1:]]
    known = fields_of(edits[0].kind, edits[0].name)
    together = {edit.key: edit for edit in (*same_entry, edits[0]) if edit.key in known}
    mine = [edit for edit in together.values() if data.draw(st.booleans())]
    theirs = [edit for edit in together.values() if edit not in mine]
    merged = merge(FILES, made(theirs), made(mine))
    assert merged.conflicts == ()
    for edit in together.values():
        assert has_happened(merged.files, edit)


@quickly
@given(EDITS, EDITS)
def test_on_a_conflict_the_files_hold_mine_and_choosing_theirs_holds_theirs(one: list[Edit], other: list[Edit]) -> None:
    theirs, mine = made(one), made(other)
    conflicts = merge(FILES, theirs, mine).conflicts
    places = [
        (entry.kind, entry.id, field)
        for entry in conflicts
        for field in [field.key for field in entry.fields if field.state == "conflict"] or [""]
    ]
    for side, taken in (("theirs", theirs), ("mine", mine)):
        settled = merge(FILES, theirs, mine, dict.fromkeys(places, side))  # type: ignore[arg-type]
        assert settled.conflicts == ()
        for kind, name, field in places:
            assert value(settled.files, kind, name, field) == value(taken, kind, name, field)


def value(files: Mapping[str, str], kind: str, name: str, field: str) -> object:
    block = find_blocks(files, kind).get(name)
    if block is None or not field:
        return block and block.text
    return read_entry(files, kind, name).values.get(field)


def has_happened(files: Mapping[str, str], edit: Edit) -> bool:
    found = find_blocks(files, edit.kind).get(edit.name)
    if edit.is_new or not edit.key:
        return (found is not None) == edit.is_new
    return is_same(value(files, edit.kind, edit.name, edit.key), edit.value)
