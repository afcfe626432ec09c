"""One entry on the desk: its form as it stands or as it was typed, what it would become, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import abort

from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.draft_desk import OpenDraft
from services.advisor.studio.forms.entry_form import EntryForm
from services.advisor.studio.forms.field_problems import WHOLE, ByField, has_errors, problems_by_field
from services.advisor.studio.forms.form_rows import Form
from services.advisor.studio.forms.kinds import SPECS, id_key
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import change_entry, new_entry, read_entry
from services.rulebook.editing.renaming import rename
from services.rulebook.model import Fact
from services.rulebook.problems import Problem


@dataclass(frozen=True, slots=True)
class Desk:
    """`entry_id` is "" for an entry that is not there yet; `file` is where it stands or will stand."""

    draft: OpenDraft
    kind: str
    entry_id: str
    file: str
    before: Mapping[str, Any]
    form: EntryForm


@dataclass(frozen=True, slots=True)
class Outcome:
    """What saving would lead to. `files` is None if the files do not allow the edit at all."""

    files: dict[str, str] | None
    problems: ByField = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        return self.files is None or has_errors(self.problems)


def facts_of(draft: OpenDraft) -> Mapping[str, Fact]:
    rulebook = book_of(draft.files).rulebook
    return rulebook.facts if rulebook else {}


def desk_for(draft: OpenDraft, kind: str, entry_id: str, typed: Form | None = None, wish: str = "") -> Desk:
    """The desk for an entry of the draft: 404 if there is none. With `typed` the form shows what was typed."""
    if kind not in SPECS:
        abort(404)
    try:
        entry = read_entry(draft.files, kind, entry_id)
    except EditError:
        abort(404)
    return Desk(draft, kind, entry_id, entry.file, entry.values, _form(draft, kind, entry.values, typed, wish))


def empty_desk(
    draft: OpenDraft, kind: str, file: str, values: Mapping[str, Any], typed: Form | None = None, wish: str = ""
) -> Desk:
    """The desk for a new entry, which begins with these values."""
    return Desk(draft, kind, "", file, {}, _form(draft, kind, values, typed, wish))


def outcome_of(desk: Desk) -> Outcome:
    """Writes the entry into the files of the draft, with all that mentions it if its name changes, and reads them."""
    values = desk.form.written(desk.before)
    new_id = str(values.get(id_key(desk.kind)) or "").strip()
    try:
        files = _written(desk, values, new_id)
    except EditError as error:
        return Outcome(None, {WHOLE: [Problem("edit", error.text)], **desk.form.own_problems()})
    found = problems_by_field(files, desk.kind, new_id or desk.entry_id, book_of(files).problems)
    for key, problems in desk.form.own_problems().items():
        found.setdefault(key, [])[:0] = problems
    return Outcome(files, found)


def _form(draft: OpenDraft, kind: str, values: Mapping[str, Any], typed: Form | None, wish: str) -> EntryForm:
    facts = facts_of(draft)
    return EntryForm.showing(kind, values, facts) if typed is None else EntryForm.typed(kind, typed, wish, facts)


def _written(desk: Desk, values: Mapping[str, Any], new_id: str) -> dict[str, str]:
    if not desk.entry_id:
        filled = {key: value for key, value in _in_file_order(desk.kind, values).items() if value is not None}
        return new_entry(desk.draft.files, desk.kind, desk.file, filled)
    files: dict[str, str] = dict(desk.draft.files)
    if new_id and new_id != desk.entry_id:
        files = rename(files, desk.kind, desk.entry_id, new_id)
    current = new_id or desk.entry_id
    return change_entry(files, desk.kind, current, {**values, id_key(desk.kind): current})


def _in_file_order(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The name first, as everywhere in the files."""
    name = id_key(kind)
    return {name: values.get(name), **{key: value for key, value in values.items() if key != name}}
