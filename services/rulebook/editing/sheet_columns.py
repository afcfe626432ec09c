"""The columns of a spreadsheet of rules: what each holds, how a value is shown in a cell, and what a cell means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.rulebook.characters import normalised
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import entries_of
from services.rulebook.editing.tables import as_condition, as_written
from services.rulebook.read_rules import ANYTHING

MARK, TOPIC, ID = "base", "topic", "id"
"""The columns that are no fields: what the row was made from, the topic that the rule stands in, and its name."""
WHEN = "when."
LONGEST_CELL = 32_000
"""Excel holds 32,767 characters in a cell."""
_BAD_SIGNS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_EXCEL_SIGN = re.compile(r"_x000D_\n?")


class Form(StrEnum):
    """How a cell is understood."""

    WORD = "word"
    TEXT = "text"
    WORDS = "words"
    CONDITION = "condition"
    MAPS = "maps"


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is a field of a rule, and `inner` a key inside it."""

    name: str
    form: Form
    field: str = ""
    inner: str = ""


def columns_for(files: Mapping[str, str], rules: Mapping[str, Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns of a sheet that is written: a column for each fact that any rule asks, as the vocabulary has them."""
    asked = dict.fromkeys(fact for values in rules.values() for fact in _inside(values, "when"))
    known = vocabulary(files)
    facts = [*(fact for fact in known if fact in asked), *(fact for fact in asked if fact not in known)]
    return (*_FIRST, *map(fact_column, facts), *_LAST)


def all_columns(files: Mapping[str, str], rules: Mapping[str, Mapping[str, Any]]) -> dict[str, Column]:
    """Every column that a sheet may have, by its name."""
    asked = (fact for values in rules.values() for fact in _inside(values, "when"))
    facts = dict.fromkeys((*vocabulary(files), *asked))
    return {column.name: column for column in (*_FIRST, *map(fact_column, facts), *_LAST)}


def fact_column(fact: str) -> Column:
    return Column(f"{WHEN}{fact}", Form.CONDITION, "when", fact)


def vocabulary(files: Mapping[str, str]) -> tuple[str, ...]:
    """The facts in their order; none if they cannot be read at present, which others will say."""
    try:
        return tuple(entries_of(files, "facts"))
    except EditError:
        return ()


def cell_of(values: Mapping[str, Any], column: Column) -> str:
    """What the cell of a rule shows."""
    value = _inside(values, column.field).get(column.inner) if column.inner else values.get(column.field)
    return plain_cell(_shown(value, column.form))[:LONGEST_CELL]


def plain_cell(text: str) -> str:
    """One kind of line end, no signs that a sheet cannot hold, nothing blank at the end."""
    unix = _EXCEL_SIGN.sub("\n", text).replace("\r\n", "\n").replace("\r", "\n")
    return _BAD_SIGNS.sub("", unix).rstrip()


def value_of(text: str, column: Column) -> Any:
    """What a cell means; None for an empty one. Raises ValueError if it is not understood."""
    if not text.strip():
        return None
    if column.form is Form.TEXT:
        return text
    if column.form is Form.CONDITION:
        return as_condition(normalised(text))
    if column.form is Form.MAPS:
        return [_map_of(line) for line in text.split("\n") if line.strip()]
    if column.form is Form.WORDS:
        words = [normalised(word) for word in re.split(r"[,，、;；\n]", text) if word.strip()]
        return words[0] if len(words) == 1 and words[0].startswith("everything") else words
    return normalised(text)


def is_same_cell(one: str, other: str, column: Column) -> bool:
    if column.form is Form.TEXT or column.form is Form.MAPS:
        return one.strip() == other.strip()
    return normalised(one) == normalised(other)


def with_cells(values: Mapping[str, Any], cells: Mapping[Column, Any]) -> dict[str, Any]:
    """The fields that these cells change, each as a whole."""
    fields: dict[str, Any] = {}
    for column, value in cells.items():
        if not column.inner:
            fields[column.field] = value
            continue
        inner = fields.setdefault(column.field, dict(_inside(values, column.field)))
        inner[column.inner] = value
    if "when" in fields and not any(value is not None for value in fields["when"].values()):
        fields["when"] = ANYTHING
    return fields


def _inside(values: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    found = values.get(field)
    return found if isinstance(found, Mapping) else {}


def _shown(value: Any, form: Form) -> str:
    if value is None:
        return ""
    if form is Form.CONDITION:
        return as_written(value)
    if form is Form.MAPS:
        items = value if isinstance(value, list) else [value]
        return "\n".join(_line_of(item) for item in items)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _line_of(item: Any) -> str:
    """`in: 3 days | ask: paid | say.zh: … | say.en: …`."""
    if not isinstance(item, Mapping):
        return str(item)
    pairs: dict[str, Any] = {}
    for key, value in item.items():
        inner = value if isinstance(value, Mapping) else None
        pairs |= {f"{key}.{name}": text for name, text in inner.items()} if inner is not None else {key: value}
    return " | ".join(f"{key}: {' '.join(str(value).split())}" for key, value in pairs.items())


def _map_of(line: str) -> dict[str, Any]:
    """Raises ValueError if the line is not written like `in: 3 days | ask: paid`."""
    item: dict[str, Any] = {}
    for part in re.split(r"[|｜]", line):
        key, colon, value = part.replace("：", ":", 1).partition(":")
        name, _, inner = normalised(key).partition(".")
        if not colon or not name or not value.strip():
            raise ValueError(part.strip())
        if inner:
            item.setdefault(name, {})[inner] = value.strip()
        else:
            item[name] = value.strip() if name == "part" else normalised(value)
    return item


_FIRST = (
    Column(MARK, Form.WORD), Column(TOPIC, Form.WORD), Column(ID, Form.WORD),
    Column("title.zh", Form.TEXT, "title", "zh"), Column("title.en", Form.TEXT, "title", "en"),
)  # fmt: skip
_LAST = (
    Column("advise", Form.WORD, "advise"), Column("urgency", Form.WORD, "urgency"), Column("order", Form.WORD, "order"),
    Column("text.zh", Form.TEXT, "text", "zh"), Column("text.en", Form.TEXT, "text", "en"),
    Column("because.zh", Form.TEXT, "because", "zh"), Column("because.en", Form.TEXT, "because", "en"),
    Column("sources", Form.MAPS, "sources"), Column("deadline", Form.MAPS, "deadline"),
    Column("follow_up", Form.MAPS, "follow_up"), Column("yields_to", Form.WORDS, "yields_to"),
    Column("covers", Form.WORDS, "covers"), Column("valid.from", Form.WORD, "valid", "from"),
    Column("valid.until", Form.WORD, "valid", "until"), Column("review_by", Form.WORD, "review_by"),
    Column("owner", Form.WORD, "owner"),
)  # fmt: skip
