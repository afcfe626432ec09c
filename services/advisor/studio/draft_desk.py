"""A draft as it lies on the desk: opened as the form saw it, saved only if nobody was faster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.conflict_page import Edited, stale_page
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.visitor import visitor
from services.casebook.draft_errors import DraftError, StaleDraftError
from services.casebook.draft_versions import base_files, files_of, revisions_of
from services.casebook.drafts import Edit, change_draft, find_draft
from services.casebook.rule_tables import DraftRow
from services.rulebook.editing.merging import Merge

VERSION_FIELD = "version"
"""Every form that changes a draft carries the version that it was made from."""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft at one version: the newest, or the one that the form which came in was made from."""

    row: DraftRow
    version: int
    files: dict[str, str]
    base_files: dict[str, str]

    @property
    def may_be_changed(self) -> bool:
        return not self.row.state.is_over


def draft_or_404(number: int) -> OpenDraft:
    """The draft with its files. On a form that carries `version`, the files are those of that version."""
    asked = request.form.get(VERSION_FIELD, "")
    with parts().database.read() as session:
        row = find_draft(session, number)
        if row is None:
            abort(404)
        version = int(asked) if asked.isdecimal() and 1 <= int(asked) <= row.version else row.version
        return OpenDraft(row, version, files_of(session, row, version), base_files(session, row))


def save(open_draft: OpenDraft, files: Mapping[str, str], what: str, then: str | None = None) -> AnyResponse:
    """Keeps the files as the next version and goes on to `then` (the overview of the draft, if nothing is said).

    If somebody else saved meanwhile, nothing is written: the conflict page shows all three states.
    """
    following = then or url_for("studio.draft", number=open_draft.row.id)
    if dict(files) == open_draft.files and open_draft.version == open_draft.row.version:
        return redirect(following, 303)
    try:
        with parts().database.write() as session:
            row = find_draft(session, open_draft.row.id, to_change=True)
            if row is None:
                abort(404)
            change_draft(session, row, Edit(open_draft.version, dict(files), what), visitor(), parts().clock())
    except StaleDraftError as error:
        return conflict_page(open_draft, error.merge, files, what, following)
    except DraftError as error:
        return refusal_page(open_draft, error)
    return redirect(following, 303)


def conflict_page(open_draft: OpenDraft, merge: Merge, files: Mapping[str, str], what: str, following: str) -> Response:
    """The three-way page, on the newest version of the draft; what was typed travels along in its form."""
    newest = _newest(open_draft)
    edited = Edited(open_draft.version, newest.version, open_draft.files, files, what, following)
    with parts().database.read() as session:
        filled = stale_page(edited, merge, {}, revisions_of(session, newest.row))
    return studio_page("conflict.html", 409, draft=newest, tab="", **filled)


def refusal_page(open_draft: OpenDraft, error: DraftError) -> Response:
    """Why the draft does not allow this now, in a sentence."""
    reason = error.text.in_language(words().language)
    return studio_page("draft_refusal.html", 409, draft=_newest(open_draft), reason=reason, tab="")


def _newest(open_draft: OpenDraft) -> OpenDraft:
    with parts().database.read() as session:
        row = session.get_one(DraftRow, open_draft.row.id)
        return OpenDraft(row, row.version, files_of(session, row), open_draft.base_files)
