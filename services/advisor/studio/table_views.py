"""The decision table: the rules of a topic with a column for each fact, edited cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.checking import new_errors
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404, save
from services.advisor.studio.rendering import studio_page, surroundings, words
from services.advisor.studio.table_lines import ADVISE, FACT, URGENT, Column, Line, columns_of, lines_of
from services.advisor.studio.visitor import allowed
from services.casebook.model import Role
from services.casebook.rule_tables import DraftRow
from services.rulebook.characters import normalised
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import change_entry, entries_of
from services.rulebook.editing.tables import decision_table, set_cell
from services.rulebook.model import Rulebook

JSON = "application/json"
"""What the script of the page asks for; a browser alone asks for a page, and is sent back to the table."""


@dataclass(frozen=True, slots=True)
class TopicTable:
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    book: Rulebook


@blueprint.get("/drafts/<int:number>/table", defaults={"topic": ""}, endpoint="table")
@blueprint.get("/drafts/<int:number>/table/<topic>", endpoint="table")
def table_view(number: int, topic: str) -> AnyResponse:
    draft = draft_or_404(number)
    try:
        topics = entries_of(draft.files, "topics")
    except EditError as error:
        return _unreadable(draft, error)
    if not topic and topics:
        wanted = request.args.get("topic", "")
        first = wanted if wanted in topics else next(iter(topics))
        return redirect(url_for("studio.table", number=number, topic=first, also=request.args.get("also") or None))
    if topic not in topics:
        abort(404)
    table = _table(draft.files, topic, request.args.get("also", ""))
    if table is None:
        return _unreadable(draft)
    return studio_page("table.html", draft=draft, tab="table", topic=topic, topics=topics, table=table)


@blueprint.post("/drafts/<int:number>/table/<topic>")
@allowed(Role.EDITOR)
def set_table_cell(number: int, topic: str) -> AnyResponse:
    """One cell written anew: nothing is kept if that brings a mistake, which is then said with its mending."""
    draft = draft_or_404(number)
    rule, column, written = (request.form.get(name, "").strip() for name in ("rule", "column", "written"))
    try:
        files = _with_cell(draft.files, rule, column, normalised(written))
    except EditError as error:
        return _refused(error.text.in_language(words().language))
    wrong = new_errors(draft.files, files)
    if wrong:
        return _refused(wrong[0].sentence(words().language))
    following = url_for("studio.table", number=number, topic=topic, _anchor=f"rule-{rule}")
    saved = save(draft, files, words()("table.what", rule=rule, column=column.removeprefix(FACT)), following)
    if request.headers.get("Accept") != JSON:
        return saved
    return _row(draft, files, topic, rule) if saved.status_code == 303 else make_response(jsonify(stale=True), 409)


def _with_cell(files: dict[str, str], rule: str, column: str, written: str) -> dict[str, str]:
    if column.startswith(FACT):
        return set_cell(files, rule, column.removeprefix(FACT), written or None)
    if column not in (ADVISE, URGENT):
        abort(404)
    return change_entry(files, "rules", rule, {column: written})


def _row(draft: OpenDraft, files: dict[str, str], topic: str, rule: str) -> Response:
    """The line as it is now, and the version that the next edit is made from."""
    with parts().database.read() as session:
        version = session.get_one(DraftRow, draft.row.id).version
    table = _table(files, topic, request.form.get("also", ""))
    line = next((line for line in table.lines if line.rule == rule), None) if table else None
    html = render_template(
        "studio/table_row.html", **surroundings(), draft=draft, line=line, topic=topic, may_change=True
    )  # fmt: skip
    return jsonify(version=version, row=html)


def _refused(sentence: str) -> Response:
    if request.headers.get("Accept") == JSON:
        return make_response(jsonify(error=sentence), 422)
    return studio_page("message.html", 422, heading="table.refused", lead="table.because", filled={"reason": sentence})


def _table(files: dict[str, str], topic: str, also: str) -> TopicTable | None:
    """The table of what is sound; None where nothing of the vocabulary can be read."""
    book = book_of(files)
    if book.rulebook is None:
        return None
    table = decision_table(files, topic)
    columns = columns_of(table, book.rulebook, also)
    lines = lines_of(table, columns, book.rulebook, book.rules, words().language)
    return TopicTable(columns, tuple(lines), book.rulebook)


def _unreadable(draft: OpenDraft, error: EditError | None = None) -> Response:
    reason = error.text.in_language(words().language) if error else words()("table.unreadable")
    return studio_page("table_unreadable.html", draft=draft, tab="table", reason=reason)
