"""The rules of a draft as a spreadsheet: out, in, and nothing saved before it was seen what it changes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import openpyxl
import pytest

from services.advisor.parts import Parts
from services.casebook.model import Role
from services.casebook.settings import starter_rules
from services.rulebook.editing.entries import copy_entry
from services.rulebook.editing.sheets import fingerprint_in, write_csv
from services.rulebook.load import fingerprint_of, read_folder
from tests.advisor.studio.admin import Admin
from tests.advisor.studio.conftest import Enter
from tests.advisor.studio.drafting import begin, change, read, version_of

PAY, RULE = "topics/pay.yaml", "pay-what-is-overdue"
Rows = list[list[str]]


@pytest.fixture
def number(parts_of_studio: Parts) -> int:
    return begin(parts_of_studio)


@pytest.fixture
def page(number: int) -> str:
    return f"/studio/drafts/{number}/sheet"


def rows_of(data: bytes) -> Rows:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def packed(rows: Rows) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue().encode("utf-8-sig")


def put(rows: Rows, rule: str, column: str, text: str) -> None:
    """Writes one cell."""
    row = next(row for row in rows if row[rows[0].index("id")] == rule)
    row[rows[0].index(column)] = text


def downloaded(editor: Admin, page: str, edit: Callable[[Rows], object] = len) -> bytes:
    """The sheet as it was downloaded and edited; left as it is, if nothing is said."""
    rows = rows_of(editor.client.get(f"{page}.csv").data)
    edit(rows)
    return packed(rows)


def upload(editor: Admin, page: str, data: bytes, name: str = "rules.csv") -> Admin:
    form: dict[str, object] = dict(editor.open(page).form(page))
    form["sheet"] = (io.BytesIO(data), name)
    editor.page = editor.client.post(page, data=form, headers={"Accept-Language": "en"})
    return editor


def test_both_kinds_are_downloaded_with_a_row_for_every_rule(
    editor: Admin, page: str, number: int, parts_of_studio: Parts
) -> None:
    files = read(parts_of_studio, number)
    rules = sum(text.count("\n- id: ") for file, text in files.items() if file.startswith("topics/"))
    answer = editor.client.get(f"{page}.xlsx")
    workbook = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert workbook["rules"].max_row == rules + 1
    assert "spreadsheetml" in answer.headers["Content-Type"]
    assert f"rules-draft-{number}-1.xlsx" in answer.headers["Content-Disposition"]
    answer = editor.client.get(f"{page}.csv")
    assert len(rows_of(answer.data)) == rules + 1
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_a_sheet_that_comes_back_as_it_was_changes_nothing(editor: Admin, page: str) -> None:
    for kind in ("csv", "xlsx"):
        seen = upload(editor, page, editor.client.get(f"{page}.{kind}").data, f"rules.{kind}")
        assert seen.status == 200
        assert "changes nothing" in seen.text


def test_what_a_sheet_changes_is_seen_first_and_saved_then(
    editor: Admin, page: str, number: int, parts_of_studio: Parts
) -> None:
    before = read(parts_of_studio, number)
    upload(editor, page, downloaded(editor, page, lambda rows: put(rows, RULE, "urgency", "now")))
    assert RULE in editor.text
    assert version_of(parts_of_studio, number) == 1
    editor.send(f"{page}/save")
    after = read(parts_of_studio, number)
    assert after == {**before, PAY: before[PAY].replace("urgency: today", "urgency: now", 1)}
    assert editor.path == page


def test_full_width_signs_come_out_as_plain_ones(editor: Admin, page: str, number: int, parts_of_studio: Parts) -> None:
    edited = downloaded(editor, page, lambda rows: put(rows, RULE, "when.days_overdue", "１．．９０"))
    upload(editor, page, edited).send(f"{page}/save")
    assert "    days_overdue: 1..90\n" in read(parts_of_studio, number)[PAY]


def test_mistakes_are_named_by_their_cell_and_nothing_is_kept(editor: Admin, page: str) -> None:
    def edit(rows: Rows) -> None:
        put(rows, RULE, "urgency", "todai")
        put(rows, RULE, "when.days_overdue", "soon")

    rows = rows_of(downloaded(editor, page))
    line = 1 + next(place for place, row in enumerate(rows) if RULE in row[0])
    seen = upload(editor, page, downloaded(editor, page, edit))
    assert seen.status == 422
    assert seen.html.count(f"{line}</span>") == 2
    assert "Did you mean `today`?" in seen.text
    assert "`soon`" in seen.text
    assert "rules.csv" in seen.text


def test_a_formula_is_refused_by_the_name_of_its_cell(editor: Admin, page: str) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(editor.client.get(f"{page}.xlsx").data))
    workbook["rules"]["D2"] = "=1+1"
    written = io.BytesIO()
    workbook.save(written)
    seen = upload(editor, page, written.getvalue(), "rules.xlsx")
    assert seen.status == 422
    assert '<span class="cell-name">D2</span>' in seen.html


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 old", b"\x89PNG\r\n", b"hello", b"\xff" * 99]
)
def test_a_file_that_is_no_spreadsheet_is_said_to_be_none(editor: Admin, page: str, data: bytes) -> None:
    seen = upload(editor, page, data, "holiday.png")
    assert seen.status == 422
    assert 'role="alert"' in seen.html


def test_no_file_at_all_is_asked_for(editor: Admin, page: str) -> None:
    assert "Choose a spreadsheet first." in upload(editor, page, b"", "").text


def test_a_file_that_is_too_large_is_a_page_that_says_so(editor: Admin, page: str) -> None:
    kind, size = "multipart/form-data; boundary=a", {"CONTENT_LENGTH": "4200000"}
    answer = editor.client.post(page, data=b"--a", content_type=kind, environ_overrides=size)
    assert answer.status_code == 413
    assert "文件太大" in answer.get_data(as_text=True)


def test_a_rule_without_its_row_is_taken_out_and_said_before(
    editor: Admin, page: str, number: int, parts_of_studio: Parts
) -> None:
    before = read(parts_of_studio, number)
    change(parts_of_studio, number, copy_entry(before, "rules", RULE, "one-more-rule"))
    rows = rows_of(downloaded(editor, page))
    seen = upload(editor, page, packed([row for row in rows if row[2] != "one-more-rule"]))
    assert "The rule `one-more-rule` is no longer in the sheet" in seen.text
    seen.send(f"{page}/save")
    assert read(parts_of_studio, number) == before


def test_a_rule_that_a_case_speaks_of_is_not_taken_out(editor: Admin, page: str) -> None:
    rows = rows_of(downloaded(editor, page))
    seen = upload(editor, page, packed([row for row in rows if row[2] != RULE]))
    assert seen.status == 422
    assert RULE in seen.text


def test_a_sheet_of_an_older_version_is_put_together_with_what_was_saved_meanwhile(
    editor: Admin, page: str, number: int, parts_of_studio: Parts
) -> None:
    edited = downloaded(editor, page, lambda rows: put(rows, RULE, "urgency", "now"))
    pay = read(parts_of_studio, number)[PAY]
    change(parts_of_studio, number, {PAY: pay.replace("days_overdue: 1+", "days_overdue: 2+", 1)})
    upload(editor, page, edited).send(f"{page}/save")
    after = read(parts_of_studio, number)[PAY]
    assert "    days_overdue: 2+\n" in after
    assert after == pay.replace("days_overdue: 1+", "days_overdue: 2+", 1).replace("urgency: today", "urgency: now", 1)


@pytest.mark.parametrize(("side", "kept"), [("theirs", "this_week"), ("mine", "now")])
def test_where_both_changed_the_same_somebody_chooses(
    editor: Admin, page: str, number: int, parts_of_studio: Parts, side: str, kept: str
) -> None:
    edited = downloaded(editor, page, lambda rows: put(rows, RULE, "urgency", "now"))
    pay = read(parts_of_studio, number)[PAY]
    change(parts_of_studio, number, {PAY: pay.replace("urgency: today", "urgency: this_week", 1)})
    seen = upload(editor, page, edited)
    assert "For you to choose" in seen.text
    assert 'class="card changed' not in seen.html
    seen.send(f"{page}/save")
    assert seen.status == 422
    assert "not chosen yet" in seen.text
    [choice] = [name for name in names_of(seen.html) if RULE in name]
    seen.send(f"{page}/save", **{choice: side})
    assert read(parts_of_studio, number)[PAY] == pay.replace("urgency: today", f"urgency: {kept}", 1)


def test_a_sheet_made_from_the_release_fits_every_draft(
    editor: Admin, number: int, page: str, parts_of_studio: Parts
) -> None:
    files = read_folder(starter_rules())
    rows = rows_of(write_csv(files, fingerprint_of(files)))
    put(rows, RULE, "urgency", "now")
    change(parts_of_studio, number, {"cases/pay.yaml": read(parts_of_studio, number)["cases/pay.yaml"] + "\n"})
    upload(editor, page, packed(rows)).send(f"{page}/save")
    assert "urgency: now" in read(parts_of_studio, number)[PAY]


def test_a_sheet_of_rules_that_nobody_knows_here_is_refused(editor: Admin, page: str) -> None:
    files = read_folder(starter_rules())
    foreign = {**files, PAY: files[PAY].replace("urgency: today", "urgency: now", 1)}
    data = write_csv(foreign, fingerprint_of(foreign))
    assert fingerprint_in(data)
    seen = upload(editor, page, data)
    assert seen.status == 422
    assert "another version" in seen.text


@pytest.mark.parametrize(("field", "value"), [("mine", "forged"), ("base", "99"), ("base", "x"), ("mine", "")])
def test_a_form_that_was_tampered_with_changes_nothing(
    editor: Admin, page: str, number: int, parts_of_studio: Parts, field: str, value: str
) -> None:
    upload(editor, page, downloaded(editor, page, lambda rows: put(rows, RULE, "urgency", "now")))
    assert editor.send(f"{page}/save", **{field: value}).status == 400
    assert version_of(parts_of_studio, number) == 1


def test_a_viewer_downloads_and_cannot_bring_anything_back(enter: Enter, page: str) -> None:
    viewer = enter(Role.VIEWER, "en").open(page)
    assert 'type="file"' not in viewer.html
    assert viewer.client.get(f"{page}.csv").status_code == 200
    assert viewer.send(page, viewer.form("/studio/sign-out")).status == 403


def test_there_is_no_other_kind_of_spreadsheet(editor: Admin, page: str) -> None:
    assert editor.open(f"{page}.ods").status == 404


def test_a_draft_that_cannot_be_read_makes_no_spreadsheet_and_says_why(editor: Admin, parts_of_studio: Parts) -> None:
    number = begin(parts_of_studio, {PAY: "topic: [pay\n"})
    seen = editor.open(f"/studio/drafts/{number}/sheet.xlsx")
    assert seen.status == 422
    assert PAY in seen.text


def names_of(html: str) -> set[str]:
    """The names of the choices of a page."""
    return {part.split('"')[0].replace("&#34;", '"') for part in html.split('<input type="radio" name="')[1:]}
