"""The rows of a sheet that name a rule: which columns there are, and which rule each row was made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from services.rulebook.characters import normalised
from services.rulebook.editing import sheet_problems as problems
from services.rulebook.editing.grids import Grid, cell_name
from services.rulebook.editing.sheet_columns import ID, MARK, Column
from services.rulebook.problems import Problem

MARK_LENGTH = 16
"""Signs of a fingerprint that a mark carries: enough to find the files again."""


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


@dataclass(slots=True)
class LineReader:
    """Reads the heading and then the rows. `fingerprint` is that of the files, `rules` are the names in them."""

    fingerprint: str
    rules: Container[str]
    columns: Mapping[str, Column]
    problems: list[Problem]
    places: dict[str, int] = field(default_factory=dict)

    def read(self, grid: Grid) -> list[Line]:
        """The rows that name a rule, each once; none, with a problem, if the sheet holds no rules."""
        (number, names), *rows = grid.rows
        self._read_heading(number, names, rows)
        if ID not in self.places:
            self.problems.append(problems.no_columns())
            return []
        lines = self._lines(rows)
        if not lines:
            self.problems.append(problems.no_rows())
        return lines

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
        here = self.fingerprint[:MARK_LENGTH]
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
