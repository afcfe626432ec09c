"""Bytes of a spreadsheet, .xlsx or .csv, to rows of text; what is no text is a problem with the name of its cell."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl
from openpyxl.utils import get_column_letter

from services.rulebook.editing import sheet_problems as problems
from services.rulebook.editing.sheet_columns import plain_cell
from services.rulebook.problems import Problem

LARGEST_DATA = 8_000_000
"""Bytes of an upload. The starter rulebook makes a sheet of a twentieth of it."""
LARGEST_UNPACKED = 60_000_000
"""Bytes of what is packed in a workbook: a small file can unpack to more than a machine holds."""
MOST_PARTS = 500
MOST_ROWS, MOST_COLUMNS = 5_000, 208
"""Column 208 is GZ."""
LAST_ROW = 10_000
"""Empty rows count as well: a cell in the last row that Excel has would make a million of them."""
MOST_PROBLEMS = 200
SHEET = "rules"
_OLD = b"\xd0\xcf\x11\xe0"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})")
_FAR = re.compile(rb"\sr=[\"'](?:[A-Z]{3}|[H-Z][A-Z])[0-9]")
"""A cell right of column GZ."""
_ENCODINGS = (((b"\xef\xbb\xbf",), "utf-8-sig"), ((b"\xff\xfe", b"\xfe\xff"), "utf-16"))


@dataclass(slots=True)
class Grid:
    """The rows that hold something, each with its number (from 1) and its cells from column A on."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def cell_name(row: int, column: int) -> str:
    """`B7` for the seventh row and the column 1, counted from 0."""
    return f"{get_column_letter(column + 1)}{row}"


def read_grid(data: bytes, known: Iterable[str]) -> Grid:
    """What the bytes hold. Never raises: what cannot be read is a problem. `known` are names of columns."""
    if len(data) > LARGEST_DATA:
        return Grid(problems=[problems.too_large(f"{LARGEST_DATA // 1_000_000} MB")])
    if data.startswith(_OLD):
        return Grid(problems=[problems.old_sheet()])
    if data.startswith(b"PK"):
        return _read_workbook(data)
    return _read_text(data, set(known))


def _read_workbook(data: bytes) -> Grid:
    refusal = _bomb_in(data)
    if refusal is not None:
        return Grid(problems=[refusal])
    grid = Grid()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            sheet = workbook[SHEET] if SHEET in workbook.sheetnames else workbook.worksheets[0]
            sheet.reset_dimensions()
            raw = _raw_part(data, sheet._worksheet_path)
            if _FAR.search(raw):
                return Grid(problems=[_too_many()])
            grid.problems += _merged(raw)
            _fill(grid, _typed_rows(sheet, grid))
    except Exception:  # noqa: BLE001  openpyxl raises whatever it stumbles over; the file is the reason
        return Grid(problems=[problems.not_a_sheet()])
    return grid


def _bomb_in(data: bytes) -> Problem | None:
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError, UnicodeError):
        return problems.not_a_sheet()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        return problems.too_large(f"{LARGEST_UNPACKED // 1_000_000} MB")
    return None


def _raw_part(data: bytes, path: str) -> bytes:
    with ZipFile(io.BytesIO(data)) as packed:
        return packed.read(path.removeprefix("/"))


def _merged(raw: bytes) -> Iterator[Problem]:
    """Merged cells are looked for in the raw part: openpyxl does not tell of them while it reads row by row."""
    for first, last in _MERGED.findall(raw)[:MOST_PROBLEMS]:
        yield problems.merged_cells(first.decode(), f"{first.decode()}:{last.decode()}")


def _typed_rows(sheet: Any, grid: Grid) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        yield number, [_text_of(cell, cell_name(number, place), grid) for place, cell in enumerate(row)]


def _text_of(cell: Any, name: str, grid: Grid) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        _add(grid, problems.formula(name))
        return ""
    if isinstance(value, str) and cell.data_type != "e":
        return plain_cell(value)
    text = _plain_value(value)
    if text is None:
        _add(grid, problems.not_text(name, str(value)))
    return text or ""


def _plain_value(value: Any) -> str | None:
    """What Excel made of something that was typed: a whole number, yes or no, a day. None for anything else."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else None


def _read_text(data: bytes, known: set[str]) -> Grid:
    text = _decoded(data)
    if text is None or "\x00" in text:
        return Grid(problems=[problems.not_a_sheet()])
    grid, lines = Grid(), text.split("\n", 1)
    skipped = 1 if lines[0].strip().casefold().startswith("sep=") else 0
    body = lines[1] if skipped and len(lines) > 1 else text
    try:
        _fill(grid, _text_rows(body, _separator(body, known), skipped, grid))
    except csv.Error:
        return Grid(problems=[problems.not_a_sheet()])
    return grid


def _decoded(data: bytes) -> str | None:
    """UTF-8, UTF-16 with its mark, or what a Chinese Excel writes (GB 18030)."""
    marked = next((name for marks, name in _ENCODINGS if data.startswith(marks)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    return None


def _separator(text: str, known: set[str]) -> str:
    """Whatever separates the most names of columns in the first line that holds something."""
    first = next((line for line in text.splitlines() if line.strip(",;\t ")), "")
    return max(",;\t", key=lambda sign: len(known & {name.strip(" \"'\r") for name in first.split(sign)}))


def _text_rows(text: str, separator: str, skipped: int, grid: Grid) -> Iterator[tuple[int, list[str]]]:
    """Rows are counted as a spreadsheet shows them, where a cell may hold several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for number, row in enumerate(reader, start=1 + skipped):
        yield number, [_unprotected(cell, cell_name(number, place), grid) for place, cell in enumerate(row)]


def _unprotected(text: str, name: str, grid: Grid) -> str:
    """Without the apostrophe that stands before what a spreadsheet would take for a formula."""
    if text.startswith("="):
        _add(grid, problems.formula(name))
        return ""
    return plain_cell(text.removeprefix("'"))


def _fill(grid: Grid, rows: Iterator[tuple[int, list[str]]]) -> None:
    for number, row in rows:
        is_filled = any(row)
        if number > LAST_ROW or len(grid.rows) > MOST_ROWS or (is_filled and any(row[MOST_COLUMNS:])):
            grid.rows, grid.problems = [], [_too_many()]
            return
        if is_filled:
            grid.rows.append((number, row))


def _too_many() -> Problem:
    return problems.too_large(f"{MOST_ROWS} × {MOST_COLUMNS}")


def _add(grid: Grid, problem: Problem) -> None:
    if len(grid.problems) < MOST_PROBLEMS:
        grid.problems.append(problem)
