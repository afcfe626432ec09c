"""The decision table of a topic in words: a line for each rule, a cell for each fact that any of its rules asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.rulebook.conditions import read_condition, words_of
from services.rulebook.editing.tables import DecisionTable, Row
from services.rulebook.model import NOWHERE, Fact, Kind, Rule, Rulebook, Text, Urgency
from services.rulebook.phrases import NO, URGENCY, YES
from services.rulebook.problems import Problems
from services.rulebook.wording import say_condition
from services.rulebook.yaml_nodes import ScalarNode

ADVISE, URGENT, FACT = "advise", "urgency", "fact."
"""The columns that every table has, and what stands before the names of the others."""


@dataclass(frozen=True, slots=True)
class Column:
    """`words` are what a cell may hold, by how they are said; empty for numbers and days."""

    name: str
    label: Text
    kind: str
    words: Mapping[str, Text]

    @property
    def fact(self) -> str:
        return self.name.removeprefix(FACT) if self.name.startswith(FACT) else ""

    def words_in(self, language: str) -> dict[str, str]:
        return {word: label.in_language(language) for word, label in self.words.items()}


@dataclass(frozen=True, slots=True)
class Cell:
    """`written` as the file has it, empty for any; `said` in words."""

    column: Column
    written: str
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    rule: str
    title: str
    cells: tuple[Cell, ...]


def columns_of(table: DecisionTable, book: Rulebook, also: str = "") -> tuple[Column, ...]:
    """First the facts, `also` among them if it is one; then the advice and how urgent it is."""
    asked = dict.fromkeys((*table.facts, *((also,) if also in book.facts else ())))
    actions = {action.id: action.title for action in book.actions.values()}
    urgencies = {urgency.value: URGENCY[urgency] for urgency in Urgency}
    return (
        *(_column(fact, book.facts.get(fact)) for fact in asked),
        Column(ADVISE, _ADVISE, "choice", actions),
        Column(URGENT, _URGENCY, "choice", urgencies),
    )


def lines_of(
    table: DecisionTable, columns: tuple[Column, ...], book: Rulebook, rules: Mapping[str, Rule], language: str
) -> Iterator[Line]:
    for row in table.rows:
        title = rules[row.rule].title.in_language(language) if row.rule in rules else row.rule
        yield Line(row.rule, title, tuple(_cell(row, column, book, language) for column in columns))


def _cell(row: Row, column: Column, book: Rulebook, language: str) -> Cell:
    if column.name in (ADVISE, URGENT):
        written = row.advise if column.name == ADVISE else row.urgency
        said = column.words[written].in_language(language) if written in column.words else written
        return Cell(column, written, said)
    written = row.cells.get(column.fact, "")
    return Cell(column, written, say_written(book.facts.get(column.fact), written, language))


def say_written(fact: Fact | None, written: str, language: str) -> str:
    """A condition in words; as it is written, where it cannot be understood."""
    if fact is None or not written:
        return written
    condition = read_condition(fact, ScalarNode(written, NOWHERE), Problems())
    return written if condition is None else say_condition(fact, condition, language)


def _column(name: str, fact: Fact | None) -> Column:
    if fact is None:
        return Column(f"{FACT}{name}", Text(name, name), "unknown", {})
    labels = {choice.word: choice.label for choice in fact.choices} or {"yes": YES, "no": NO}
    words = {} if fact.kind.is_number or fact.kind is Kind.DATE else {word: labels[word] for word in words_of(fact)}
    return Column(f"{FACT}{name}", fact.label, fact.kind.value, words)


_ADVISE, _URGENCY = Text("建议", "Advice"), Text("缓急", "Urgency")
