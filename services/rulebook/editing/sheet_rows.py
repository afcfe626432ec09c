"""The rows of a sheet compared with the rules it was made from: what was changed, added, renamed, moved, taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.rulebook.characters import normalised
from services.rulebook.editing import sheet_problems as problems
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import (
    Entry,
    change_entry,
    copy_entry,
    entries_of,
    move_entry,
    new_entry,
    read_entry,
    remove_entry,
)
from services.rulebook.editing.grids import Grid, cell_name
from services.rulebook.editing.renaming import rename
from services.rulebook.editing.sheet_check import new_problems
from services.rulebook.editing.sheet_columns import (
    ID,
    MARK,
    TOPIC,
    Column,
    cell_of,
    is_same_cell,
    value_of,
    with_cells,
)
from services.rulebook.load import fingerprint_of
from services.rulebook.problems import Problem
from services.rulebook.read_rules import ANYTHING

MARK_LENGTH = 16
"""Signs of a fingerprint that a mark carries: enough to find the files again."""
_EXAMPLES = {
    "sources": "id: civil-code | part: 188",
    "deadline": "in: 3 days",
    "follow_up": "in: 7 days | ask: negotiation",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The files with what the sheet changes, and what is wrong with it or worth saying."""

    files: dict[str, str]
    problems: tuple[Problem, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(not problem.is_warning for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Line:
    """One row that names a rule. `was` is the rule it was made from, empty for a new one."""

    number: int
    id: str
    was: str
    texts: dict[str, str]


def mark_of(fingerprint: str, rule_id: str) -> str:
    return f"{fingerprint[:MARK_LENGTH]}/{rule_id}"


def find_mark(texts: Mapping[str, str]) -> tuple[str, str]:
    """The beginning of the fingerprint and the rule that a row was made from; empty, if it has no mark."""
    fingerprint, _, rule_id = normalised(texts.get(MARK, "")).partition("/")
    return fingerprint, rule_id


def read_rows(grid: Grid, base: Mapping[str, str], rules: Mapping[str, Entry], columns: Mapping[str, Column]) -> Sheet:
    reader = SheetReader(dict(base), rules, columns, list(grid.problems))
    if not grid.rows:
        return Sheet(reader.files, tuple(reader.problems or [problems.no_columns()]))
    reader.read(grid)
    return Sheet(reader.files, tuple(reader.problems))


@dataclass(slots=True)
class SheetReader:
    """Carries the changes of one sheet over into the files, row by row."""

    files: dict[str, str]
    rules: Mapping[str, Entry]
    columns: Mapping[str, Column]
    problems: list[Problem]
    places: dict[str, int] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    """The file of every topic."""

    def read(self, grid: Grid) -> None:
        (number, names), *rows = grid.rows
        self._read_heading(number, names, rows)
        if ID not in self.places:
            self.problems.append(problems.no_columns())
            return
        self.topics = {name: entry.file for name, entry in entries_of(self.files, "topics").items()}
        base, lines = dict(self.files), self._lines(rows)
        if not lines:
            self.problems.append(problems.no_rows())
            return
        for line in lines:
            self._carry_over(line)
        self._take_out({line.was for line in lines})
        self._check(base, {line.id: line.number for line in lines})

    def cell(self, line: int, name: str) -> str:
        """The name of a cell of this row; that of the id where there is no such column."""
        return cell_name(line, self.places.get(name, self.places[ID]))

    def _read_heading(self, number: int, names: list[str], rows: list[tuple[int, list[str]]]) -> None:
        by_folded = {name.casefold(): name for name in self.columns}
        width = max(len(names), *(len(row) for _, row in rows)) if rows else len(names)
        for place in range(width):
            written = normalised(names[place]) if place < len(names) else ""
            name = by_folded.get(written.casefold())
            if not written:
                filled = next((line for line, row in rows if place < len(row) and row[place].strip()), None)
                if filled is not None:
                    self.problems.append(problems.no_heading(cell_name(filled, place)))
            elif name is None:
                self.problems.append(problems.unknown_column(cell_name(number, place), written, self.columns))
            elif name in self.places:
                self.problems.append(problems.column_twice(cell_name(number, place), name))
            else:
                self.places[name] = place

    def _lines(self, rows: list[tuple[int, list[str]]]) -> list[Line]:
        """The rows that name a rule, each once."""
        found: dict[str, tuple[int, dict[str, str]]] = {}
        for number, row in rows:
            texts = {name: row[place] for name, place in self.places.items() if place < len(row)}
            rule_id = normalised(texts.get(ID, ""))
            if not rule_id:
                if any(text.strip() for text in texts.values()):
                    self.problems.append(problems.id_missing(self.cell(number, ID)))
            elif rule_id in found:
                other = self.cell(found[rule_id][0], ID)
                self.problems.append(problems.id_twice(self.cell(number, ID), rule_id, other))
            else:
                found[rule_id] = number, texts
        self._check_marks(found)
        claimed = Counter(rule_id for rule_id in found if rule_id in self.rules)
        return [self._line(number, rule_id, texts, claimed) for rule_id, (number, texts) in found.items()]

    def _check_marks(self, found: Mapping[str, tuple[int, dict[str, str]]]) -> None:
        here = fingerprint_of(self.files)[:MARK_LENGTH]
        for number, texts in found.values():
            fingerprint, _ = find_mark(texts)
            if fingerprint and fingerprint != here:
                self.problems.append(problems.other_base(self.cell(number, MARK)))
                return

    def _line(self, number: int, rule_id: str, texts: dict[str, str], claimed: Counter[str]) -> Line:
        """A row whose id is a rule is that rule; another one with a mark is that rule renamed, unless it is a copy."""
        if rule_id in self.rules:
            return Line(number, rule_id, rule_id, texts)
        _, marked = find_mark(texts)
        is_renamed = marked in self.rules and not claimed[marked]
        claimed[marked] += 1
        return Line(number, rule_id, marked if is_renamed else "", texts)

    def _carry_over(self, line: Line) -> None:
        try:
            if not line.was:
                self._add(line)
                return
            if line.was != line.id:
                self.files = rename(self.files, "rules", line.was, line.id)
                self.problems.append(problems.rule_renamed(self.cell(line.number, ID), line.was, line.id))
            self._change(line, self.rules[line.was].values)
            self._move(line, self.rules[line.was].file)
        except EditError as error:
            self.problems.append(problems.cannot_edit(self.cell(line.number, ID), error.text))

    def _add(self, line: Line) -> None:
        """A new rule; where the row is a copy of another one, with all that the sheet does not show."""
        file = self._file_of_topic(line)
        if file is None:
            return
        _, marked = find_mark(line.texts)
        if marked in self.rules:
            self.files = copy_entry(self.files, "rules", marked, line.id)
            self._change(line, self.rules[marked].values)
            self._move(line, self.rules[marked].file)
            return
        fields = with_cells({}, self._meant(line, {}))
        fields = {"id": line.id, **({} if "when" in fields else {"when": ANYTHING}), **fields}
        self.files = new_entry(self.files, "rules", file, fields)

    def _change(self, line: Line, was: Mapping[str, Any]) -> None:
        changed = self._meant(line, was)
        if changed:
            values = read_entry(self.files, "rules", line.id).values
            self.files = change_entry(self.files, "rules", line.id, with_cells(values, changed))

    def _meant(self, line: Line, was: Mapping[str, Any]) -> dict[Column, Any]:
        """What the cells mean that are not as they were written; what is not understood becomes a problem."""
        meant = {}
        for name, text in line.texts.items():
            column = self.columns[name]
            if not column.field or is_same_cell(text, cell_of(was, column), column):
                continue
            try:
                meant[column] = value_of(text, column)
            except ValueError as error:
                cell = self.cell(line.number, name)
                self.problems.append(problems.not_understood(cell, str(error), _EXAMPLES[column.field]))
        return meant

    def _move(self, line: Line, file: str) -> None:
        wanted = self._file_of_topic(line) if line.texts.get(TOPIC, "").strip() else file
        if wanted is not None and wanted != file:
            self.files = move_entry(self.files, "rules", line.id, wanted)

    def _file_of_topic(self, line: Line) -> str | None:
        name = normalised(line.texts.get(TOPIC, ""))
        if name not in self.topics:
            self.problems.append(problems.unknown_topic(self.cell(line.number, TOPIC), name, self.topics))
        return self.topics.get(name)

    def _take_out(self, kept: set[str]) -> None:
        for rule_id in self.rules:
            if rule_id not in kept:
                self.files = remove_entry(self.files, "rules", rule_id)
                self.problems.append(problems.rule_removed(rule_id))

    def _check(self, base: Mapping[str, str], numbers: Mapping[str, int]) -> None:
        """What the loader finds wrong in the files now, and did not before, is said of the cells that it comes from."""
        for problem, name in new_problems(base, self.files):
            is_here = problem.rule in numbers
            cell = self.cell(numbers[problem.rule], name) if is_here else ""
            self.problems.append(problems.in_cell(problem, cell) if is_here else problem)
