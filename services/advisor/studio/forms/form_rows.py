"""Rows that repeat in a form: their fields are called `when-2-fact`, and buttons add, take out and move them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from werkzeug.datastructures import MultiDict

Row = TypeVar("Row")
Form = MultiDict[str, str]
MOST_ROWS = 200
DO = "do"
"""The name of the buttons; `add:when`, `remove:when:2`, `up:when:2`, `refresh`, and `save`."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """The fields of one row."""

    form: Form
    prefix: str

    def get(self, name: str) -> str:
        return plain_lines(self.form.get(f"{self.prefix}-{name}", ""))

    def all(self, name: str) -> list[str]:
        return self.form.getlist(f"{self.prefix}-{name}")


def rows_in(form: Form, key: str) -> list[FormRow]:
    """The rows of one list, in the order in which they stand."""
    pattern = re.compile(rf"{re.escape(key)}-(\d{{1,4}})-")
    found = {int(match[1]) for name in form if (match := pattern.match(name))}
    return [FormRow(form, f"{key}-{index}") for index in sorted(found)[:MOST_ROWS]]


def rearranged(rows: Sequence[Row], key: str, wish: str, empty: Row) -> list[Row]:
    """The rows after the button that was pressed; a button for another list changes nothing here."""
    action, _, rest = wish.partition(":")
    name, _, place = rest.partition(":")
    changed = list(rows)
    if name != key:
        return changed
    if action == "add":
        return [*changed, empty]
    if not place.isdecimal() or int(place) >= len(changed):
        return changed
    if action == "remove":
        del changed[int(place)]
    elif action == "up" and int(place) > 0:
        changed.insert(int(place) - 1, changed.pop(int(place)))
    return changed


def plain_lines(text: str) -> str:
    """Browsers send every line end as two signs."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
