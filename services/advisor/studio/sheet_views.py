"""The rules of a draft as a spreadsheet, and back: what it would change is seen, and settled, before it is saved."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, make_response, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.carried_files import CarriedError, pack, unpack
from services.advisor.studio.change_groups import change_groups
from services.advisor.studio.conflict import clashing_entries, is_settled, read_choices
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404, save
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.sheet_base import SheetBase, base_at, find_base
from services.advisor.studio.visitor import allowed
from services.casebook.draft_files import differences, with_changes
from services.casebook.model import Role
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.merge_entries import Choices
from services.rulebook.editing.merging import merge
from services.rulebook.editing.sheets import fingerprint_in, read_sheet, write_csv, write_xlsx
from services.rulebook.load import fingerprint_of
from services.rulebook.model import Text
from services.rulebook.problems import Problem

KINDS = {
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (write_csv, "text/csv; charset=utf-8"),
}
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Upload:
    """A sheet that could be read: what it was made from, and what that becomes with the changes of the sheet."""

    name: str
    base: SheetBase
    files: dict[str, str]
    remarks: tuple[Problem, ...] = ()


@blueprint.get("/drafts/<int:number>/sheet")
def sheet(number: int) -> Response:
    return _sheet_page(draft_or_404(number))


@blueprint.get("/drafts/<int:number>/sheet.<kind>")
def download_sheet(number: int, kind: str) -> Response:
    draft = draft_or_404(number)
    if kind not in KINDS:
        abort(404)
    write, media_type = KINDS[kind]
    try:
        data = write(draft.files, fingerprint_of(draft.files))
    except EditError as error:
        return _sheet_page(draft, (Problem("edit", error.text),))
    answer = make_response(data)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="rules-draft-{number}-{draft.version}.{kind}"'
    return answer


@blueprint.post("/drafts/<int:number>/sheet")
@allowed(Role.EDITOR)
def upload_sheet(number: int) -> Response:
    """Nothing is saved yet: the sheet is read, and what it would change is shown."""
    draft = draft_or_404(number)
    file = request.files.get("sheet")
    data = file.read() if file is not None else b""
    if file is None or not data:
        return _sheet_page(draft, (Problem("no_sheet", NO_SHEET),))
    base = find_base(draft, fingerprint_in(data))
    read = read_sheet(data, base.files)
    name = (file.filename or "")[-LONGEST_NAME:]
    if read.has_errors:
        return _sheet_page(draft, read.problems, name)
    return _review(draft, Upload(name, base, read.files, read.problems), {})


@blueprint.post("/drafts/<int:number>/sheet/save")
@allowed(Role.EDITOR)
def save_sheet(number: int) -> AnyResponse:
    """Saves what was shown, with what was chosen where the sheet and the draft changed the same place."""
    draft = draft_or_404(number)
    upload = _upload_again(draft)
    sides = upload.base.files, draft.files, upload.files
    choices = read_choices(request.form, merge(*sides))
    merged = merge(*sides, choices)
    if not is_settled(merged, choices):
        return _review(draft, upload, choices, 422)
    following = url_for("studio.sheet", number=number, done="saved")
    return save(draft, merged.files, words()("sheet.what", name=upload.name), following)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """More than the service takes in at once; it was not read."""
    return studio_page("message.html", 413, heading="too_large.heading", lead="too_large.lead", filled={})


def _sheet_page(draft: OpenDraft, problems: tuple[Problem, ...] = (), name: str = "") -> Response:
    status = 422 if problems else 200
    return studio_page("sheet.html", status, draft=draft, tab="sheet", problems=problems, name=name)


def _review(draft: OpenDraft, upload: Upload, choices: Choices, status: int = 200) -> Response:
    """What is still to be chosen stands above, and below it what would change without it."""
    sides = upload.base.files, draft.files, upload.files
    unsettled = merge(*sides)
    clashes = clashing_entries(unsettled, choices)
    as_it_is = {clash.name: clash.chosen or "theirs" for entry in clashes for clash in entry.clashes}
    certain = merge(*sides, read_choices(as_it_is, unsettled))
    return studio_page(
        "sheet_review.html", status, draft=draft, tab="sheet", name=upload.name, remarks=upload.remarks,
        groups=change_groups(draft.files, certain.files), clashes=clashes, unchosen=status != 200,
        base=upload.base.reference, mine=pack(differences(upload.base.files, upload.files)),
    )  # fmt: skip


def _upload_again(draft: OpenDraft) -> Upload:
    """The sheet as it travelled along in the form."""
    base = base_at(draft, request.form.get("base", ""))
    try:
        changed = unpack(request.form.get("mine", ""))
    except CarriedError:
        abort(400)
    if base is None:
        abort(400)
    return Upload(request.form.get("name", "")[-LONGEST_NAME:], base, with_changes(base.files, changed))


NO_SHEET = Text("请先选一个表格文件。", "Choose a spreadsheet first.")
