"""The rules that a spreadsheet was made from: the draft at one of its versions, or a release."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from services.advisor.parts import parts
from services.advisor.studio.draft_desk import OpenDraft
from services.casebook.draft_files import with_changes
from services.casebook.draft_versions import files_of, revisions_of
from services.casebook.rule_tables import DraftRow
from services.casebook.tables import ReleaseRow
from services.rulebook.load import fingerprint_of


@dataclass(frozen=True, slots=True)
class SheetBase:
    """`reference` finds the same files again: a version of the draft, or the fingerprint of a release."""

    reference: str
    files: dict[str, str]


def find_base(draft: OpenDraft, mark: str) -> SheetBase:
    """What the sheet says it was made from; the draft as it is, if it does not say, or nobody knows it any more."""
    as_it_is = SheetBase(str(draft.version), draft.files)
    if not mark or fingerprint_of(draft.files).startswith(mark):
        return as_it_is
    with parts().database.read() as session:
        wanted = ReleaseRow.fingerprint.startswith(mark, autoescape=True)
        release = session.scalar(select(ReleaseRow).where(wanted).limit(1))
        if release is not None:
            return SheetBase(release.fingerprint, dict(release.files))
        row = session.get_one(DraftRow, draft.row.id)
        files: dict[str, str] = dict(session.get_one(ReleaseRow, row.begun_from).files)
        for revision in revisions_of(session, row):
            files = with_changes(files, revision.changed)
            if fingerprint_of(files).startswith(mark):
                return SheetBase(str(revision.version), files)
    return as_it_is


def base_at(draft: OpenDraft, reference: str) -> SheetBase | None:
    """The same base again, when the form comes back."""
    with parts().database.read() as session:
        row = session.get_one(DraftRow, draft.row.id)
        if reference.isdecimal() and 1 <= int(reference) <= row.version:
            return SheetBase(reference, files_of(session, row, int(reference)))
        release = session.get(ReleaseRow, reference)
        return None if release is None else SheetBase(reference, dict(release.files))
