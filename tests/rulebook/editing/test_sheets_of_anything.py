"""Whatever is uploaded as a spreadsheet, reading it ends, and ends with files that can be used or a problem."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.editing.entries import entries_of
from services.rulebook.editing.grids import LARGEST_UNPACKED
from services.rulebook.editing.sheets import Sheet, fingerprint_in, read_sheet, write_csv, write_xlsx
from services.rulebook.load import fingerprint_of
from tests.rulebook.small_rulebook import small_files

FILES = small_files()
FINGERPRINT = fingerprint_of(FILES)
ROWS = list(csv.reader(io.StringIO(write_csv(FILES, FINGERPRINT).decode("utf-8-sig"))))
XLSX = write_xlsx(FILES, FINGERPRINT)
PARTS = {part.filename: part for part in ZipFile(io.BytesIO(XLSX)).infolist()}
SHEET_PART = "xl/worksheets/sheet1.xml"
CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
quickly = settings(max_examples=60, deadline=None)


def is_answered(sheet: Sheet) -> bool:
    """Something can be done with the answer: files that can be read, and problems that name cells."""
    entries_of(sheet.files, "rules")
    return all(problem.detail.zh and CELL.fullmatch(problem.pointer or "A1") for problem in sheet.problems)


def repacked(**changed: bytes) -> bytes:
    """The workbook with some of its parts replaced; `sheet` is the one with the rules."""
    written = io.BytesIO()
    contents = {name: ZipFile(io.BytesIO(XLSX)).read(name) for name in PARTS} | {
        {"sheet": SHEET_PART}.get(name, name): content for name, content in changed.items()
    }
    with ZipFile(written, "w", ZIP_DEFLATED) as packed:
        for name, content in contents.items():
            packed.writestr(name, content)
    return written.getvalue()


@quickly
@given(st.binary(max_size=2_000))
def test_any_bytes_are_answered(data: bytes) -> None:
    for sheet in (read_sheet(data, FILES), read_sheet(b"PK\x03\x04" + data, FILES)):
        assert sheet.files == FILES
        assert sheet.has_errors
    assert fingerprint_in(data) == ""


@quickly
@given(st.integers(0, len(XLSX) - 1), st.binary(min_size=1, max_size=20))
def test_a_damaged_workbook_is_answered(place: int, noise: bytes) -> None:
    assert is_answered(read_sheet(XLSX[:place] + noise + XLSX[place + len(noise) :], FILES))
    assert is_answered(read_sheet(XLSX[:place], FILES))


@quickly
@given(st.data())
def test_a_sheet_with_any_cells_changed_is_answered(data: st.DataObject) -> None:
    rows = [list(row) for row in ROWS]
    for _ in range(data.draw(st.integers(1, 6))):
        row = data.draw(st.sampled_from(rows))
        place = data.draw(st.integers(0, len(row) - 1))
        row[place] = data.draw(st.text(max_size=30) | st.sampled_from([cell for line in ROWS for cell in line]))
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    assert is_answered(read_sheet(written.getvalue().encode("utf-8", "ignore"), FILES))


@quickly
@given(st.binary(max_size=400), st.integers(0, 400))
def test_a_workbook_whose_sheet_holds_anything_is_answered(noise: bytes, place: int) -> None:
    sheet = ZipFile(io.BytesIO(XLSX)).read(SHEET_PART)
    assert is_answered(read_sheet(repacked(sheet=sheet[:place] + noise + sheet[place:]), FILES))


def test_a_small_file_that_unpacks_to_a_large_one_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(**{"xl/sharedStrings.xml": b" " * (LARGEST_UNPACKED + 1)})
    assert len(bomb) < 200_000
    assert [problem.code for problem in read_sheet(bomb, FILES).problems] == ["sheet_too_large"]


@pytest.mark.parametrize(
    "sheet",
    [
        b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><worksheet>&d;</worksheet>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet/>',
        b"<worksheet>" * 10_000,
        b"",
    ],
)
def test_a_sheet_that_plays_tricks_with_xml_is_refused(sheet: bytes) -> None:
    assert read_sheet(repacked(sheet=sheet), FILES).has_errors
    assert read_sheet(repacked(sheet=sheet), FILES).files == FILES


def row(number: int, cells: Mapping[str, str]) -> str:
    inside = "".join(f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>' for name, text in cells.items())
    return f'<row r="{number}">{inside}</row>'


def sheet_of(*rows: str, after: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'.encode()


def test_a_cell_far_away_costs_no_memory_and_is_refused() -> None:
    head = row(1, {"A1": "id", "B1": "urgency"})
    for far in (row(1_048_576, {"A1048576": "x"}), row(2, {"A2": "pay-today", "XFD2": "x"})):
        sheet = read_sheet(repacked(sheet=sheet_of(head, far)), FILES)
        assert "sheet_too_large" in [problem.code for problem in sheet.problems]
        assert sheet.files == FILES


def test_a_merged_area_of_the_whole_sheet_is_named_and_costs_nothing() -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    data = repacked(sheet=sheet_of(row(1, {"A1": "id"}), row(2, {"A2": "pay-today"}), after=merged))
    assert ("A1", "merged_cells") in [(problem.pointer, problem.code) for problem in read_sheet(data, FILES).problems]
