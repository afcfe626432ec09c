"""Drafts: the list of them, a new one, and the overview and sentences of one."""

from __future__ import annotations

from contextlib import suppress

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import book_of, cards_of
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404, refusal_page
from services.advisor.studio.draft_lists import finished_drafts, open_drafts
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.topic_lists import cards_in, found_rules, topic_lines, unreadable_rules
from services.advisor.studio.visitor import allowed, visitor
from services.casebook.draft_errors import DraftError
from services.casebook.draft_versions import revisions_of
from services.casebook.drafts import LONGEST_TITLE, LONGEST_WHY, create_draft, find_draft, is_behind, rename_draft
from services.casebook.model import Role
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.comparing import EntryChange, entry_changes

MOST_FOUND = 60


@blueprint.get("/drafts")
def drafts() -> Response:
    return _drafts()


@blueprint.post("/drafts")
@allowed(Role.EDITOR)
def begin_draft() -> AnyResponse:
    """A new draft of the release in force; with `edit` straight on to the form of that rule."""
    title, why = request.form.get("title", "").strip()[:LONGEST_TITLE], request.form.get("why", "").strip()
    if not title:
        return _drafts(words()("drafts.needs_title"))
    with parts().database.write() as session:
        number = create_draft(session, visitor(), title, why[:LONGEST_WHY], parts().clock()).id
    rule = request.form.get("edit", "")
    if rule:
        return redirect(url_for("studio.edit", number=number, kind="rules", entry_id=rule), 303)
    return redirect(url_for("studio.draft", number=number, done="created"), 303)


@blueprint.get("/drafts/<int:number>")
def draft(number: int) -> Response:
    return _overview(draft_or_404(number))


@blueprint.post("/drafts/<int:number>/name")
@allowed(Role.EDITOR)
def name_draft(number: int) -> AnyResponse:
    title, why = request.form.get("title", "").strip(), request.form.get("why", "")[:LONGEST_WHY]
    if not title:
        return _overview(draft_or_404(number), words()("drafts.needs_title"))
    try:
        with parts().database.write() as session:
            row = find_draft(session, number, to_change=True)
            if row is None:
                abort(404)
            rename_draft(session, row, title, why, visitor(), parts().clock())
    except DraftError as error:
        return refusal_page(draft_or_404(number), error)
    return redirect(url_for("studio.draft", number=number, done="saved"), 303)


@blueprint.get("/drafts/<int:number>/topics")
def sentences(number: int) -> Response:
    """All topics of the draft; with `q` every rule in which the words occur."""
    return _sentences(draft_or_404(number), "")


@blueprint.get("/drafts/<int:number>/topics/<topic>")
def topic(number: int, topic: str) -> Response:
    return _sentences(draft_or_404(number), topic)


def _drafts(error: str = "") -> Response:
    with parts().database.read() as session:
        current, finished = open_drafts(session), finished_drafts(session)
    return studio_page(
        "drafts.html", 422 if error else 200, section="drafts", current=current, finished=finished, error=error,
        typed=request.form,
    )  # fmt: skip


def _overview(open_draft: OpenDraft, error: str = "") -> Response:
    with parts().database.read() as session:
        revisions, behind = revisions_of(session, open_draft.row)[::-1], is_behind(session, open_draft.row)
    return studio_page(
        "overview.html", 422 if error else 200, draft=open_draft, tab="overview", revisions=revisions, behind=behind,
        changes=changes_of(open_draft), book=book_of(open_draft.files), error=error, typed=request.form,
    )  # fmt: skip


def changes_of(open_draft: OpenDraft) -> tuple[EntryChange, ...]:
    """What the draft changes, entry by entry; nothing for files that cannot be taken apart at present."""
    with suppress(EditError):
        return tuple(entry_changes(open_draft.base_files, open_draft.files))
    return ()


def _sentences(open_draft: OpenDraft, topic_id: str) -> Response:
    book = book_of(open_draft.files)
    cards, asked = cards_of(book), request.args.get("q", "").strip()[:200]
    if cards is None:
        return studio_page("sentences.html", draft=open_draft, tab="sentences", book=book, topics=())
    if topic_id and topic_id not in cards.rulebook.topics:
        abort(404)
    found = list(found_rules(book.rules, cards, asked)) if asked else []
    return studio_page(
        "sentences.html", draft=open_draft, tab="sentences", book=book, topics=topic_lines(book, cards),
        topic=cards.rulebook.topics.get(topic_id), asked=asked, found=len(found),
        cards=cards_in(book, cards, topic_id) if topic_id else found[:MOST_FOUND],
        unreadable=unreadable_rules(book, cards, topic_id) if topic_id else (),
        changed={change.id: change for change in changes_of(open_draft) if change.kind == "rules"},
    )  # fmt: skip
