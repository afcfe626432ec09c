"""Settling what two people changed differently, and taking a newer release over into a draft."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.carried_files import CarriedError, unpack
from services.advisor.studio.conflict import is_settled, read_choices
from services.advisor.studio.conflict_page import Edited, stale_page, take_over_page
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404, refusal_page
from services.advisor.studio.rendering import studio_page
from services.advisor.studio.visitor import allowed, visitor
from services.casebook import drafts
from services.casebook.draft_errors import DraftError
from services.casebook.draft_files import with_changes
from services.casebook.draft_versions import base_files, files_of, revisions_of
from services.casebook.drafts import Edit, find_draft
from services.casebook.model import Role
from services.casebook.publications import newest_publication
from services.casebook.tables import ReleaseRow
from services.rulebook.editing.merging import Merge, merge


@blueprint.post("/drafts/<int:number>/settle")
@allowed(Role.EDITOR)
def settle(number: int) -> AnyResponse:
    """Saves what was typed together with what others saved meanwhile, as it was chosen.

    Whoever saves in the meantime once more is merged as well; only a new conflict asks again.
    """
    draft = draft_or_404(number)
    mine = _what_was_typed(draft)
    with parts().database.write() as session:
        row = find_draft(session, number, to_change=True)
        if row is None:
            abort(404)
        current = files_of(session, row)
        choices = read_choices(request.form, merge(draft.files, current, mine))
        merged = merge(draft.files, current, mine, choices)
        what, following = request.form.get("what", ""), _own_address(number)
        if is_settled(merged, choices):
            try:
                drafts.change_draft(session, row, Edit(row.version, merged.files, what), visitor(), parts().clock())
            except DraftError as error:
                return refusal_page(draft, error)
            return redirect(following, 303)
        edited = Edited(draft.version, row.version, draft.files, mine, what, following)
        shown = OpenDraft(row, row.version, current, draft.base_files)
        filled = stale_page(edited, merge(draft.files, current, mine), choices, revisions_of(session, row))
    return studio_page("conflict.html", 422, draft=shown, tab="", unchosen=True, **filled)


@blueprint.post("/drafts/<int:number>/take-over")
@allowed(Role.EDITOR)
def take_over(number: int) -> AnyResponse:
    """Brings the draft onto the newest release; where both changed the same place, somebody has to choose."""
    try:
        with parts().database.write() as session:
            row = find_draft(session, number, to_change=True)
            if row is None:
                abort(404)
            merged = drafts.take_over(session, row, visitor(), parts().clock())
    except DraftError as error:
        return refusal_page(draft_or_404(number), error)
    if not merged.conflicts:
        return redirect(url_for("studio.changes", number=number, done="taken_over"), 303)
    return _choose(draft_or_404(number), merged, {})


@blueprint.post("/drafts/<int:number>/finish-take-over")
@allowed(Role.EDITOR)
def finish_take_over(number: int) -> AnyResponse:
    draft, release = draft_or_404(number), request.form.get("release", "")
    try:
        with parts().database.write() as session:
            row = find_draft(session, number, to_change=True)
            newer = session.get(ReleaseRow, release)
            if row is None or newer is None:
                abort(404)
            sides = base_files(session, row), newer.files, files_of(session, row)
            choices = read_choices(request.form, merge(*sides))
            if not is_settled(merge(*sides), choices):
                return _choose(draft, merge(*sides), choices, 422)
            files = merge(*sides, choices).files
            drafts.finish_take_over(session, row, release, files, visitor(), parts().clock())
    except DraftError as error:
        return refusal_page(draft, error)
    return redirect(url_for("studio.changes", number=number, done="taken_over"), 303)


def _choose(
    draft: OpenDraft, merged: Merge, choices: Mapping[tuple[str, str, str], str], status: int = 409
) -> Response:
    with parts().database.read() as session:
        publication = newest_publication(session)
        assert publication is not None, "the first start publishes a release"
        release = session.get_one(ReleaseRow, publication.release)
    filled = take_over_page(draft.row.version, release.fingerprint, release.number, merged, choices)  # type: ignore[arg-type]
    return studio_page("conflict.html", status, draft=draft, tab="", unchosen=status == 422, **filled)


def _what_was_typed(draft: OpenDraft) -> dict[str, str]:
    try:
        return with_changes(draft.files, unpack(request.form.get("mine", "")))
    except CarriedError:
        abort(400)


def _own_address(number: int) -> str:
    """Where they wanted to go on to: a page of this draft and nothing else."""
    wanted, own = request.form.get("following", ""), url_for("studio.draft", number=number)
    return wanted if wanted == own or wanted.startswith((f"{own}/", f"{own}?")) else own
