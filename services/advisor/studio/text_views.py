"""The text view: a file of the draft as it is written, checked while somebody types."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.checking import problems_in
from services.advisor.studio.codemirror import editor_address
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404, save
from services.advisor.studio.page_policy import new_nonce, with_styles
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.visitor import allowed
from services.casebook.model import Role
from services.rulebook.problems import Problem

FIRST = {"topics": 0, "": 1, "cases": 2}
"""The order in which folders are listed."""

PHRASES = {
    "Find": "find", "Replace": "replace", "next": "next", "previous": "previous", "all": "all", "match case": "case",
    "by word": "word", "regexp": "regexp", "replace": "replace_one", "replace all": "replace_all", "close": "close",
    "Go to line": "line", "go": "go", "current match": "current", "on line": "on_line", "folded code": "folded",
    "replaced $ matches": "replaced", "replaced match on line $": "replaced_on", "Fold line": "fold",
    "Unfold line": "unfold", "unfold": "unfold", "Control character": "control",
}  # fmt: skip
"""What CodeMirror says, and the key of our words for it."""


@blueprint.get("/drafts/<int:number>/text", defaults={"file": ""}, endpoint="text")
@blueprint.get("/drafts/<int:number>/text/<path:file>", endpoint="text")
def text_view(number: int, file: str) -> AnyResponse:
    draft = draft_or_404(number)
    if not file and draft.files:
        first = next(file for files in listed(draft.files).values() for file in files)
        return redirect(url_for("studio.text", number=number, file=first))
    nonce = new_nonce()
    page = studio_page(
        "text.html", draft=draft, tab="text", file=file, text=_text_or_404(draft, file), folders=listed(draft.files),
        problems=_told(draft, problems_in(draft.files)), editor=editor_address(), nonce=nonce,
        phrases=phrases(),
    )  # fmt: skip
    return with_styles(page, nonce)


@blueprint.post("/drafts/<int:number>/text/<path:file>")
@allowed(Role.EDITOR)
def save_text(number: int, file: str) -> AnyResponse:
    draft = draft_or_404(number)
    following = url_for("studio.text", number=number, file=file, done="saved")
    return save(draft, _with_what_was_typed(draft, file), words()("text.what", file=file), following)


@blueprint.post("/drafts/<int:number>/check-text/<path:file>")
@allowed(Role.EDITOR)
def check_text(number: int, file: str) -> dict[str, object]:
    """The problems that the draft would have with this text in place; nothing is saved."""
    draft = draft_or_404(number)
    return {"problems": _told(draft, problems_in(_with_what_was_typed(draft, file)))}


def listed(files: Mapping[str, str]) -> dict[str, list[str]]:
    """The files by folder, those that are edited most before the others."""
    folders = sorted({file.rpartition("/")[0] for file in files}, key=lambda name: (FIRST.get(name, len(FIRST)), name))
    return {folder: sorted(file for file in files if file.rpartition("/")[0] == folder) for folder in folders}


def as_written(typed: str, before: str) -> str:
    """What a browser sent, with the line ends that the file had: browsers send their own."""
    typed, plain = with_plain_ends(typed), with_plain_ends(before)
    if typed == plain:
        return before
    return typed.replace("\n", "\r\n") if "\r\n" in before else typed


def with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def phrases() -> dict[str, str]:
    """What the editor itself says, in the language of the page."""
    return {said: words()(f"editor.{key}") for said, key in PHRASES.items()}


def _text_or_404(draft: OpenDraft, file: str) -> str:
    if file not in draft.files:
        abort(404)
    return draft.files[file]


def _with_what_was_typed(draft: OpenDraft, file: str) -> dict[str, str]:
    before = _text_or_404(draft, file)
    return {**draft.files, file: as_written(request.form.get("text", ""), before)}


def _told(draft: OpenDraft, problems: tuple[Problem, ...]) -> list[dict[str, object]]:
    return [
        {
            "file": problem.place.file,
            "line": problem.place.line,
            "rule": problem.rule,
            "sentence": problem.sentence(words().language),
            "is_warning": problem.is_warning,
            "address": _address(draft, problem),
        }
        for problem in problems
    ]


def _address(draft: OpenDraft, problem: Problem) -> str:
    file = problem.place.file
    if file not in draft.files:
        return ""
    return url_for("studio.text", number=draft.row.id, file=file, _anchor=f"L{problem.place.line}")
