"""The rules as a spreadsheet, one row each, and back: only cells that were changed change the files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import entries_of
from services.rulebook.editing.grids import MOST_PROBLEMS, SHEET, read_grid
from services.rulebook.editing.sheet_columns import ID, MARK, TOPIC, Column, Form, all_columns, cell_of, columns_for
from services.rulebook.editing.sheet_lines import find_mark, mark_of
from services.rulebook.editing.sheet_rows import Sheet, read_rows
from services.rulebook.model import Urgency
from services.rulebook.problems import Problem

__all__ = ["Sheet", "fingerprint_in", "read_sheet", "write_csv", "write_xlsx"]

_WORDS = "words"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
"""A spreadsheet takes what begins like this for a formula; an apostrophe before it keeps it a text."""
_WIDTHS = {Form.TEXT: 40, Form.MAPS: 40, Form.WORDS: 24, Form.CONDITION: 18, Form.WORD: 16}


def write_xlsx(files: Mapping[str, str], fingerprint: str) -> bytes:
    """A workbook with a row for every rule. `fingerprint` is that of these files. Raises EditError."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = SHEET
    columns = _columns(files)
    _write_rows(sheet, _rows(files, fingerprint, columns))
    _arrange(sheet, columns, files)
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def write_csv(files: Mapping[str, str], fingerprint: str) -> bytes:
    """The same rows as text in UTF-8, with the mark at the beginning by which Excel knows it. Raises EditError."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for row in _rows(files, fingerprint, _columns(files)):
        writer.writerow([f"'{text}" if text.startswith(_RISKY) else text for text in row])
    return written.getvalue().encode("utf-8-sig", "ignore")


def read_sheet(data: bytes, base: Mapping[str, str]) -> Sheet:
    """The base with what was changed in a sheet that was made from it, and everything that is wrong with the sheet.

    Never raises. Rows without a mark are new rules; rules without a row are taken out, which a warning says. The
    files hold what could be read; with errors among the problems they are not to be used.
    """
    try:
        rules = entries_of(base, "rules")
        entries_of(base, "topics")
    except EditError as error:
        return Sheet(dict(base), (_cannot_edit(error),))
    columns = all_columns(base, {name: entry.values for name, entry in rules.items()})
    grid = read_grid(data, columns)
    sheet = read_rows(grid, base, rules, columns)
    return Sheet(sheet.files, sheet.problems[:MOST_PROBLEMS])


def fingerprint_in(data: bytes) -> str:
    """The first signs of the fingerprint of the files that a sheet was made from; empty if it does not tell."""
    grid = read_grid(data, (MARK, TOPIC, ID))
    if not grid.rows or MARK not in grid.rows[0][1]:
        return ""
    place = grid.rows[0][1].index(MARK)
    marks = (find_mark({MARK: row[place]})[0] for _, row in grid.rows[1:] if place < len(row))
    return next((mark for mark in marks if mark), "")


def _columns(files: Mapping[str, str]) -> tuple[Column, ...]:
    return columns_for(files, {name: entry.values for name, entry in entries_of(files, "rules").items()})


def _rows(files: Mapping[str, str], fingerprint: str, columns: tuple[Column, ...]) -> Iterator[list[str]]:
    topics = {entry.file: name for name, entry in entries_of(files, "topics").items()}
    yield [column.name for column in columns]
    for entry in entries_of(files, "rules").values():
        own = {MARK: mark_of(fingerprint, entry.id), TOPIC: topics.get(entry.file, ""), ID: entry.id}
        yield [own[column.name] if column.name in own else cell_of(entry.values, column) for column in columns]


def _write_rows(sheet: Any, rows: Iterable[Iterable[str]], column: int = 1) -> None:
    """Every cell is a text, whatever it begins with."""
    wrapped, bold = Alignment(vertical="top", wrap_text=True), Font(bold=True)
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=column):
            cell = sheet.cell(number, place)
            cell.number_format, cell.alignment = "@", wrapped
            if number == 1:
                cell.font = bold
            if text:
                cell.value, cell.data_type = text, "s"
                cell.quotePrefix = text.startswith(_RISKY)


def _arrange(sheet: Any, columns: tuple[Column, ...], files: Mapping[str, str]) -> None:
    """Widths, what stays in sight, and lists to choose from."""
    sheet.freeze_panes = f"{get_column_letter(len((MARK, TOPIC, ID)) + 1)}2"
    words = {
        "urgency": [urgency.value for urgency in Urgency],
        "topic": list(entries_of(files, "topics")),
        "advise": list(entries_of(files, "actions")),
    }
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS[column.form]
        if column.name in words and sheet.max_row > 1:
            _offer(sheet, f"{letter}2:{letter}{sheet.max_row + 200}", column.name, words[column.name])


def _offer(sheet: Any, area: str, name: str, words: list[str]) -> None:
    """A list to choose from; it stands on a sheet of its own, since one in the cell holds 255 signs at most."""
    book = sheet.parent
    listed = book[_WORDS] if _WORDS in book.sheetnames else book.create_sheet(_WORDS)
    place = listed.max_column + 1 if listed.cell(1, 1).value else 1
    _write_rows(listed, ([word] for word in (name, *words)), place)
    letter = get_column_letter(place)
    choice = DataValidation("list", formula1=f"'{_WORDS}'!${letter}$2:${letter}${len(words) + 1}", allow_blank=True)
    choice.add(area)
    sheet.add_data_validation(choice)


def _cannot_edit(error: EditError) -> Problem:
    return Problem("edit", error.text)
