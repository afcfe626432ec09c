"""Rules, facts, actions, sources, cases and contacts in forms: change one, add one, copy one, take one out."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404, save
from services.advisor.studio.entry_desk import Desk, Outcome, desk_for, empty_desk, outcome_of
from services.advisor.studio.entry_starts import file_for, first_values
from services.advisor.studio.forms.form_rows import DO
from services.advisor.studio.forms.kinds import SPECS, id_key
from services.advisor.studio.forms.options import Options
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.visitor import allowed
from services.casebook.model import Role
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import remove_entry

SAVE, SAVE_UNFINISHED, CHECK = "save", "save_unfinished", "check"


@blueprint.get("/drafts/<int:number>/edit/<kind>/<path:entry_id>")
def edit(number: int, kind: str, entry_id: str) -> Response:
    desk = desk_for(draft_or_404(number), kind, entry_id)
    return _page(desk, outcome_of(desk))


@blueprint.post("/drafts/<int:number>/edit/<kind>/<path:entry_id>")
@allowed(Role.EDITOR)
def change(number: int, kind: str, entry_id: str) -> AnyResponse:
    """Saves, or shows the form again: with another row, with another choice, or with what is wrong."""
    wish = request.form.get(DO, SAVE)
    return _answer(desk_for(draft_or_404(number), kind, entry_id, request.form, wish), wish)


@blueprint.get("/drafts/<int:number>/new/<kind>")
@allowed(Role.EDITOR)
def new(number: int, kind: str) -> Response:
    """An empty form; with `like` a copy of that entry, with `topic` a rule of that topic."""
    draft = draft_or_404(number)
    return _page(_new_desk(draft, kind), Outcome(None))


@blueprint.post("/drafts/<int:number>/new/<kind>")
@allowed(Role.EDITOR)
def add(number: int, kind: str) -> AnyResponse:
    wish = request.form.get(DO, SAVE)
    return _answer(_new_desk(draft_or_404(number), kind, wish), wish)


@blueprint.post("/drafts/<int:number>/remove/<kind>/<path:entry_id>")
@allowed(Role.EDITOR)
def remove(number: int, kind: str, entry_id: str) -> AnyResponse:
    draft = draft_or_404(number)
    desk = desk_for(draft, kind, entry_id)
    try:
        files = remove_entry(draft.files, kind, entry_id)
    except EditError as error:
        return _page(desk, outcome_of(desk), error.text.in_language(words().language), 422)
    what = words()("what.removed", kind=words()(f"kind.{kind}"), id=entry_id)
    return save(draft, files, what, _back_to_list(draft, kind, desk.file, "removed"))


def _answer(desk: Desk, wish: str) -> AnyResponse:
    outcome = outcome_of(desk)
    if wish == CHECK:
        return studio_page("live_problems.html", desk=desk, outcome=outcome, **_names(desk))
    if wish not in (SAVE, SAVE_UNFINISHED):
        return _page(desk, outcome, focus=_focus_after(wish))
    if outcome.files is None or (outcome.has_errors and wish == SAVE):
        return _page(desk, outcome, words()("form.not_saved"), 422)
    entry_id = str(desk.form.written(desk.before).get(id_key(desk.kind)) or desk.entry_id)
    key = "what.changed" if desk.entry_id else "what.added"
    what = words()(key, kind=words()(f"kind.{desk.kind}"), id=entry_id)
    return save(desk.draft, outcome.files, what, _back_to_list(desk.draft, desk.kind, desk.file, "saved", entry_id))


def _new_desk(draft: OpenDraft, kind: str, wish: str = "") -> Desk:
    if kind not in SPECS:
        abort(404)
    asked = request.values
    file = file_for(draft.files, kind, asked.get("topic", ""), asked.get("file", ""), asked.get("like", ""))
    if file is None:
        abort(404)
    if wish:
        return empty_desk(draft, kind, file, {}, request.form, wish)
    return empty_desk(draft, kind, file, first_values(draft.files, kind, asked.get("like", ""), parts().today()))


def _focus_after(wish: str) -> str:
    """A new row is where one goes on writing; after one was taken out, the button that adds another."""
    action, _, rest = wish.partition(":")
    key = rest.partition(":")[0]
    return {"add": f"row:{key}", "remove": f"add:{key}"}.get(action, "")


def _page(desk: Desk, outcome: Outcome, error: str = "", status: int = 200, focus: str = "") -> Response:
    shown = outcome if desk.entry_id or status == 422 else Outcome(None)
    return studio_page(
        "entry.html", status, draft=desk.draft, tab="sentences", desk=desk, outcome=shown, error=error, focus=focus,
        back=_back_to_list(desk.draft, desk.kind, desk.file), **_names(desk),
    )  # fmt: skip


def _names(desk: Desk) -> dict[str, Any]:
    options = Options(book_of(desk.draft.files).rulebook, words().language)
    return {"form": desk.form, "options": options, "facts": desk.form.facts}


def _back_to_list(draft: OpenDraft, kind: str, file: str, done: str | None = None, entry_id: str = "") -> str:
    """Where the entry is seen among its like."""
    rulebook = book_of(draft.files).rulebook
    topics = rulebook.topics.values() if rulebook and kind == "rules" else ()
    topic = next((topic.id for topic in topics if topic.place.file == f"rules/{file}"), None)
    anchor = f"rule-{entry_id}" if topic and entry_id else None
    if topic:
        return url_for("studio.topic", number=draft.row.id, topic=topic, done=done, _anchor=anchor)
    if kind == "rules":
        return url_for("studio.sentences", number=draft.row.id, done=done)
    return url_for("studio.entries", number=draft.row.id, kind=kind, done=done)
