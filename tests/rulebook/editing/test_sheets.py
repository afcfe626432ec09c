"""Rules as a spreadsheet and back: what was not changed stays, what was changed arrives, what is wrong has a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest

from services.rulebook.editing.entries import change_entry, entries_of, read_entry
from services.rulebook.editing.merging import merge
from services.rulebook.editing.sheets import Sheet, fingerprint_in, read_sheet, write_csv, write_xlsx
from services.rulebook.load import find_problems, fingerprint_of
from tests.rulebook.small_rulebook import small_files
from tests.rulebook.starter import starter_files

FILES = {**small_files(), "topics/wait.yaml": "topic: wait\ntitle: {zh: 等, en: Wait}\nmay_join: yes\nrules: []\n"}
FINGERPRINT = fingerprint_of(FILES)
HEADINGS = next(csv.reader(io.StringIO(write_csv(FILES, FINGERPRINT).decode("utf-8-sig"))))


def workbook(edit: Callable[[Any], None], files: dict[str, str] = FILES) -> bytes:
    """The exported workbook after somebody was at its sheet."""
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(files, fingerprint_of(files))))
    edit(book["rules"])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def cell(name: str, row: int = 2) -> str:
    return f"{openpyxl.utils.get_column_letter(HEADINGS.index(name) + 1)}{row}"


def with_values(files: dict[str, str] = FILES, **values: Any) -> Sheet:
    """The sheet after these cells of the first rule were written; `when__days` names the column `when.days`."""

    def write(sheet: Any) -> None:
        for name, value in values.items():
            sheet[cell(name.replace("__", "."))] = value

    return read_sheet(workbook(write, files), files)


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def as_csv(rows: list[list[str]], separator: str = ",", encoding: str = "utf-8") -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=separator).writerows(rows)
    return written.getvalue().encode(encoding)


def said(sheet: Sheet) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.code) for problem in sheet.problems]


@pytest.mark.parametrize("write", [write_xlsx, write_csv])
def test_a_sheet_read_back_unchanged_changes_nothing(write: Callable[..., bytes]) -> None:
    for files in (FILES, starter_files()):
        data = write(files, fingerprint_of(files))
        assert read_sheet(data, files) == Sheet(dict(files))
        assert fingerprint_in(data) == fingerprint_of(files)[:16]


def test_there_is_a_row_for_every_rule_and_a_column_for_every_fact_that_is_asked() -> None:
    rows = rows_of(write_csv(FILES, FINGERPRINT))
    row = dict(zip(rows[0], rows[1], strict=True))
    assert [line[2] for line in rows] == ["id", "pay-today", "ask-somebody"]
    assert [name for name in rows[0] if name.startswith("when.")] == ["when.days_overdue", "when.negotiation"]
    assert row["base"] == f"{FINGERPRINT[:16]}/pay-today"
    assert (row["topic"], row["title.zh"], row["when.negotiation"]) == ("pay", "今天还", "not refused")
    assert (row["sources"], row["follow_up"]) == ("id: article | part: pay-soon", "in: 7 days | ask: negotiation")


def test_a_changed_cell_changes_its_field_and_nothing_else() -> None:
    sheet = with_values(urgency="this_week", when__days_overdue="1..60", title__en="Pay now: today")
    assert sheet.problems == ()
    assert sheet.files["topics/pay.yaml"] == FILES["topics/pay.yaml"].replace("1..90", "1..60").replace(
        "urgency: today", "urgency: this_week"
    ).replace("en: Pay today}", 'en: "Pay now: today"}')


def test_lists_and_sentences_are_written_in_cells_as_lines() -> None:
    follow_up = (
        "in: 3 days | ask: negotiation | say.zh: 谈了吗？| say.en: Any news: yes or no?\nin: 7 days｜ask：negotiation"
    )
    sheet = with_values(follow_up=follow_up, sources="id: article", covers="G01、", deadline="in: 2 days")
    values = read_entry(sheet.files, "rules", "pay-today").values
    say = {"zh": "谈了吗？", "en": "Any news: yes or no?"}
    assert values["follow_up"] == [
        {"in": "3 days", "ask": "negotiation", "say": say},
        {"in": "7 days", "ask": "negotiation"},
    ]
    assert (values["sources"], values["covers"]) == ([{"id": "article"}], ["G01"])
    assert values["deadline"] == [{"in": "2 days"}]
    assert said(sheet) == [(cell("covers"), "unknown_guidance_point")]


def test_a_cell_that_is_emptied_takes_the_field_or_the_condition_out() -> None:
    sheet = with_values(follow_up=None, when__negotiation="")
    values = read_entry(sheet.files, "rules", "pay-today").values
    assert "follow_up" not in values
    assert values["when"] == {"days_overdue": "1..90"}
    empty = with_values(when__days_overdue=None, when__negotiation=None)
    assert read_entry(empty.files, "rules", "pay-today").values["when"] == "anything"


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("review_by", datetime(2027, 1, 31), "2027-01-31"),
        ("review_by", date(2027, 1, 31), "2027-01-31"),
        ("when__days_overdue", 7, {"days_overdue": "7", "negotiation": "not refused"}),
        ("when__days_overdue", 7.0, {"days_overdue": "7", "negotiation": "not refused"}),
        ("when__days_overdue", "１．．６０", {"days_overdue": "1..60", "negotiation": "not refused"}),
        ("when__negotiation", "【refused，agreed】", {"days_overdue": "1..90", "negotiation": ["refused", "agreed"]}),
        ("urgency", " ｎｏｗ ", "now"),
    ],
)
def test_what_excel_makes_of_days_and_numbers_and_full_width_signs_is_understood(
    name: str, value: object, read: object
) -> None:
    sheet = with_values(**{name: value})
    assert sheet.problems == ()
    assert read_entry(sheet.files, "rules", "pay-today").values[name.split("__", maxsplit=1)[0]] == read


@pytest.mark.parametrize("value", [True, 1.5, time(1, 30), datetime(2027, 1, 31, 12)])
def test_what_is_no_text_is_named_with_its_cell_unless_it_is_yes_or_no(value: object) -> None:
    sheet = with_values(owner=value)
    if value is True:
        assert read_entry(sheet.files, "rules", "pay-today").values["owner"] == "yes"
    else:
        assert (cell("owner"), "not_text") in said(sheet)
        assert sheet.has_errors


def test_columns_may_be_moved_left_out_and_separated_by_empty_ones_and_rows_too() -> None:
    rows = rows_of(write_csv(FILES, FINGERPRINT))
    order = ["", "urgency", "id", "", "base", "advise"]
    moved = [[row[rows[0].index(name)] if name else "" for name in order] for row in rows]
    moved[1][1] = "now"
    sheet = read_sheet(as_csv([[""] * 6, *moved[:2], [""] * 6, [], *moved[2:]]), FILES)
    assert sheet.problems == ()
    assert sheet.files == change_entry(FILES, "rules", "pay-today", {"urgency": "now"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_is_read_in_the_encodings_and_with_the_separators_that_people_have(encoding: str, separator: str) -> None:
    rows = rows_of(write_csv(FILES, FINGERPRINT))
    rows[1][HEADINGS.index("title.zh")] = "今天就还；别等"
    sheet = read_sheet(as_csv(rows, separator, encoding), FILES)
    assert sheet.problems == ()
    assert read_entry(sheet.files, "rules", "pay-today").values["title"]["zh"] == "今天就还；别等"


def test_a_line_that_names_the_separator_is_no_row() -> None:
    data = as_csv(rows_of(write_csv(FILES, FINGERPRINT)), ";")
    assert read_sheet(b"sep=;\r\n" + data, FILES) == Sheet(dict(FILES))


def test_what_a_spreadsheet_would_take_for_a_formula_goes_out_as_text_and_comes_back() -> None:
    texts = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "'quoted", "\t=1"]
    for text in texts:
        files = change_entry(FILES, "rules", "pay-today", {"title": {"zh": text, "en": "a"}})
        rows = rows_of(write_csv(files, fingerprint_of(files)))
        assert rows[1][3] == f"'{text}"
        book = openpyxl.load_workbook(io.BytesIO(write_xlsx(files, fingerprint_of(files))))
        assert (book["rules"]["D2"].value, book["rules"]["D2"].data_type) == (text, "s")
        assert book["rules"]["D2"].quotePrefix
        for write in (write_xlsx, write_csv):
            assert read_sheet(write(files, fingerprint_of(files)), files) == Sheet(files)


def test_a_formula_is_refused_by_the_name_of_its_cell() -> None:
    assert said(with_values(owner="=A1&B1"))[0] == (cell("owner"), "formula")
    rows = rows_of(write_csv(FILES, FINGERPRINT))
    rows[2][1] = "=A1"
    assert ("B3", "formula") in said(read_sheet(as_csv(rows), FILES))
    sentence = with_values(owner="=1").problems[0].sentence("en")
    assert sentence.startswith(f"{cell('owner')}: This is a formula")


def test_merged_cells_are_refused_by_name() -> None:
    sheet = read_sheet(workbook(lambda sheet: sheet.merge_cells("B2:B3")), FILES)
    assert said(sheet)[0] == ("B2", "merged_cells")


def test_a_row_without_a_mark_is_a_new_rule() -> None:
    rows = rows_of(write_csv(FILES, FINGERPRINT))
    fresh = dict(zip(HEADINGS, rows[1], strict=True)) | {"base": "", "topic": "wait", "id": "wait-a-day"}
    sheet = read_sheet(as_csv([*rows, list(fresh.values())]), FILES)
    assert sheet.problems == ()
    entry = read_entry(sheet.files, "rules", "wait-a-day")
    original = read_entry(FILES, "rules", "pay-today").values
    assert entry.file == "topics/wait.yaml"
    assert list(entry.values.values())[1:3] == [original["title"], original["when"]]
    assert find_problems(sheet.files) == find_problems(FILES)


def test_a_copied_row_with_another_id_is_a_new_rule_with_what_the_sheet_does_not_show() -> None:
    files = {
        **FILES,
        "topics/pay.yaml": FILES["topics/pay.yaml"].replace("  urgency: today\n", "  urgency: today # soon\n"),
    }
    rows = rows_of(write_csv(files, fingerprint_of(files)))
    copy = list(rows[1])
    copy[2], copy[HEADINGS.index("when.negotiation")] = "pay-later", "refused"
    sheet = read_sheet(as_csv([*rows, copy]), files)
    assert list(entries_of(sheet.files, "rules")) == ["pay-today", "pay-later", "ask-somebody"]
    assert "urgency: today # soon" in read_entry(sheet.files, "rules", "pay-later").text
    assert read_entry(sheet.files, "rules", "pay-later").values["when"]["negotiation"] == "refused"


def test_a_row_with_another_id_is_the_rule_renamed_with_all_that_mentions_it() -> None:
    sheet = with_values(
        {**FILES, "cases/pay.yaml": FILES["cases/pay.yaml"] + "  fires: [pay-today]\n"}, id="pay-at-once", urgency="now"
    )
    assert said(sheet) == [("C2", "rule_renamed")]
    assert not sheet.has_errors
    assert "fires: [pay-at-once]" in sheet.files["cases/pay.yaml"]
    assert read_entry(sheet.files, "rules", "pay-at-once").values["urgency"] == "now"


def test_a_row_that_is_gone_takes_its_rule_out_and_says_so() -> None:
    sheet = read_sheet(workbook(lambda sheet: sheet.delete_rows(3)), FILES)
    assert [(problem.code, problem.rule, problem.is_warning) for problem in sheet.problems] == [
        ("rule_removed", "ask-somebody", True)
    ]
    assert list(entries_of(sheet.files, "rules")) == ["pay-today"]


def test_another_topic_moves_the_rule_letter_by_letter() -> None:
    sheet = with_values(topic="wait")
    entry = read_entry(sheet.files, "rules", "pay-today")
    assert (entry.file, entry.text) == ("topics/wait.yaml", read_entry(FILES, "rules", "pay-today").text)
    assert sheet.problems == ()
    (problem,) = with_values(topic="wai").problems
    assert (problem.pointer, problem.code) == ("B2", "unknown_topic")
    assert problem.sentence("en").endswith("Did you mean `wait`?")


def test_a_column_for_a_fact_that_no_rule_asked_may_be_added() -> None:
    def add(sheet: Any) -> None:
        sheet.cell(1, len(HEADINGS) + 1).value = "When.Written"
        sheet.cell(2, len(HEADINGS) + 1).value = True

    sheet = read_sheet(workbook(add), FILES)
    assert sheet.problems == ()
    assert read_entry(sheet.files, "rules", "pay-today").values["when"]["written"] == "yes"


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("urgency1", "urgnecy", "unknown_column"),
        ("urgency1", "advise", "column_twice"),
        ("urgency1", None, "no_heading"),
        ("id2", "", "id_missing"),
        ("id3", "pay-today", "duplicate_id"),
        ("base2", "0123456789abcdef/pay-today", "other_base"),
        ("follow_up2", "in 3 days", "bad_cell"),
        ("sources2", "id: article | part", "bad_cell"),
    ],
)
def test_what_is_wrong_is_said_of_its_cell(place: str, value: str | None, expected: str) -> None:
    wanted = cell(place[:-1], int(place[-1]))
    sheet = read_sheet(workbook(lambda sheet: sheet.__setitem__(wanted, value)), FILES)
    where = cell(place[:-1]) if expected == "no_heading" else wanted
    assert (where, expected) in said(sheet)


def test_a_renamed_heading_is_answered_with_what_was_probably_meant() -> None:
    sheet = read_sheet(workbook(lambda sheet: sheet.__setitem__(cell("urgency", 1), "urgnecy")), FILES)
    assert sheet.problems[0].sentence("en").endswith("Did you mean `urgency`?")
    assert sheet.files == FILES


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("advise", "pya", "unknown_action"),
        ("when.days_overdue", "9..1", "empty_range"),
        ("when.negotiation", "refusd", "unknown_word"),
        ("title.en", None, "missing_translation"),
        ("owner", None, "missing_key"),
        ("id", "Pay Today", "edit"),
        ("yields_to", "nobody", "unknown_rule"),
    ],
)
def test_what_the_loader_finds_wrong_is_said_of_the_cell_that_it_comes_from(
    column: str, value: str | None, code: str
) -> None:
    sheet = with_values(**{column.replace(".", "__"): value})
    near = {"title.en": "title.zh", "id": "id", "owner": "id"}.get(column, column)
    assert [pointer for pointer, found in said(sheet) if found == code] == [cell(near)]
    assert sheet.has_errors


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_columns"),
        (b"\n\n,,\n", "no_columns"),
        (b"hello", "no_columns"),
        (b"id\n", "no_rows"),
        (b"\x00\x01\x02", "not_a_sheet"),
        (b"\xff\xff\xff", "not_a_sheet"),
        (b"PK\x03\x04 no zip", "not_a_sheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_sheet"),
        (b"id," * 3_000_000, "sheet_too_large"),
        (b"id\n" + b"a\n" * 6_000, "sheet_too_large"),
        (b"id" + b",a" * 500, "sheet_too_large"),
    ],
)
def test_what_is_no_sheet_of_rules_is_refused(data: bytes, code: str) -> None:
    sheet = read_sheet(data, FILES)
    assert code in [problem.code for problem in sheet.problems]
    assert sheet.files == FILES
    assert fingerprint_in(data) == ""


def test_a_base_that_cannot_be_read_is_named() -> None:
    sheet = read_sheet(write_csv(FILES, FINGERPRINT), {**FILES, "topics/z.yaml": "rules: ["})
    assert "topics/z.yaml cannot be read" in sheet.problems[0].sentence("en")


def test_edits_in_a_sheet_and_edits_beside_it_are_put_together() -> None:
    beside = change_entry(FILES, "rules", "pay-today", {"owner": "legal-team"})
    sheet = with_values(urgency="now")
    merged = merge(FILES, beside, sheet.files)
    assert merged.conflicts == ()
    assert merged.files == change_entry(beside, "rules", "pay-today", {"urgency": "now"})


def test_the_words_of_a_choice_are_offered_in_the_workbook() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(FILES, FINGERPRINT)))
    lists = {str(choice.sqref).split(":")[0] for choice in book["rules"].data_validations.dataValidation}
    assert lists == {cell("topic"), cell("advise"), cell("urgency")}
    assert [row[0].value for row in book["words"].iter_rows()][:3] == ["topic", "pay", "wait"]
