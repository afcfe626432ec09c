"""What the rules are made of - facts, actions, sources, cases, contacts - as lists: of a draft, or as they are now."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, request

from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import in_force
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404
from services.advisor.studio.rendering import studio_page, words
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import Entry, entries_of

KINDS = ("facts", "actions", "sources", "cases", "contacts")
SAID_BY = {"facts": "label", "actions": "title", "sources": "title", "contacts": "name"}
MOST_SHOWN = 150


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in a list: its id, and how it is said."""

    id: str
    label: str
    file: str


@blueprint.get("/vocabulary")
def vocabulary() -> Response:
    return _list(in_force().release.files, request.args.get("kind", KINDS[0]), None)


@blueprint.get("/drafts/<int:number>/entries/<kind>")
def entries(number: int, kind: str) -> Response:
    draft = draft_or_404(number)
    return _list(draft.files, kind, draft)


def _list(files: dict[str, str], kind: str, draft: OpenDraft | None) -> Response:
    if kind not in KINDS:
        abort(404)
    asked, error = request.args.get("q", "").strip()[:200], ""
    try:
        found = [_line(entry) for entry in entries_of(files, kind).values() if _holds(entry, asked)]
    except EditError as cannot:
        found, error = [], cannot.text.in_language(words().language)
    return studio_page(
        "entries.html" if draft else "vocabulary.html", section="vocabulary", tab="sentences", draft=draft, kind=kind,
        lines=found[:MOST_SHOWN], found=len(found), asked=asked, error=error,
    )  # fmt: skip


def _line(entry: Entry) -> Line:
    said = entry.values.get(SAID_BY.get(entry.kind, ""))
    label = said.get("en" if words().language == "en" else "zh", "") if isinstance(said, dict) else ""
    return Line(entry.id, label or entry.id, entry.file)


def _holds(entry: Entry, asked: str) -> bool:
    text = entry.text.casefold()
    return all(word in text for word in asked.casefold().split())
