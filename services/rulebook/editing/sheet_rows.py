"""The rows of a sheet compared with the rules it was made from: what was changed, added, renamed, moved, taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from services.rulebook.editing.grids import Grid
from services.rulebook.editing.renaming import rename
from services.rulebook.editing.sheet_check import new_problems
from services.rulebook.editing.sheet_columns import (
    ID,
    TOPIC,
    Column,
    cell_of,
    is_same_cell,
    value_of,
    with_cells,
)
from services.rulebook.editing.sheet_lines import Line, LineReader, find_mark
from services.rulebook.load import fingerprint_of
from services.rulebook.problems import Problem
from services.rulebook.read_rules import ANYTHING

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


def read_rows(grid: Grid, base: Mapping[str, str], rules: Mapping[str, Entry], columns: Mapping[str, Column]) -> Sheet:
    found = list(grid.problems)
    if not grid.rows:
        return Sheet(dict(base), tuple(found or [problems.no_columns()]))
    lines = LineReader(fingerprint_of(base), rules, columns, found)
    topics = {name: entry.file for name, entry in entries_of(base, "topics").items()}
    reader = _Carrier(dict(base), rules, columns, topics, lines)
    reader.carry(lines.read(grid))
    return Sheet(reader.files, tuple(found))


@dataclass(slots=True)
class _Carrier:
    """Carries the changes of one sheet over into the files, row by row."""

    files: dict[str, str]
    rules: Mapping[str, Entry]
    columns: Mapping[str, Column]
    topics: Mapping[str, str]
    """The file of every topic."""
    lines: LineReader

    @property
    def problems(self) -> list[Problem]:
        return self.lines.problems

    def cell(self, line: int, name: str) -> str:
        return self.lines.cell(line, name)

    def carry(self, lines: list[Line]) -> None:
        if not lines:
            return
        base = dict(self.files)
        for line in lines:
            self._carry_over(line)
        self._take_out({line.was for line in lines})
        self._check(base, {line.id: line.number for line in lines})

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
