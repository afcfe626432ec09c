"""One condition as a row of a form, and as it is written in a rule file; the loader judges what comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from services.advisor.studio.forms.form_rows import FormRow
from services.rulebook.characters import normalised
from services.rulebook.conditions import words_of
from services.rulebook.model import UNKNOWN_WORD, Fact, Kind
from services.rulebook.wording import FEN_PER_YUAN

Written = str | list[str]
IS, NOT, NOTHING, KNOWN, UNKNOWN, AS_WRITTEN = "is", "not", "nothing", "known", "unknown", "written"
OPERATORS = {
    Kind.WHOLE: (IS, KNOWN, UNKNOWN, AS_WRITTEN),
    Kind.MONEY: (IS, KNOWN, UNKNOWN, AS_WRITTEN),
    Kind.ONE_OF: (IS, NOT, KNOWN, UNKNOWN),
    Kind.YES_NO: (IS, KNOWN, UNKNOWN),
    Kind.SOME_OF: (IS, NOT, NOTHING, KNOWN, UNKNOWN),
    Kind.DATE: (KNOWN, UNKNOWN),
}
"""How each kind of fact can be asked for. `written` is the condition as text, for what has no control of its own."""
_RANGE = re.compile(r"(-?\d+) ?\.\. ?(-?\d+)")
_FROM, _UP_TO, _ONE = re.compile(r"(-?\d+) ?\+"), re.compile(r"up to (-?\d+)", re.IGNORECASE), re.compile(r"-?\d+")
_YUAN = re.compile(r"-?\d{1,13}(\.\d{1,2})?")
_LIST = re.compile(r"\[(.*)\]")


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """What the controls of one row show. `low` and `high` are kept as typed, whatever was typed."""

    fact: str = ""
    operator: str = IS
    low: str = ""
    high: str = ""
    words: tuple[str, ...] = ()
    or_unknown: bool = False
    written: str = ""
    """The condition as text, if `operator` is `written`; and else what it was when the form was made."""


def row_of(fact: Fact | None, fact_id: str, written: Written) -> ConditionRow:
    """The row that shows what is written. What no control can show is shown as text."""
    as_text = ConditionRow(fact_id, AS_WRITTEN, written=text_of(written))
    if fact is None:
        return as_text
    is_negated, parts = _parts(written)
    row = replace(as_text, or_unknown=UNKNOWN_WORD in parts)
    named = [part for part in parts if part != UNKNOWN_WORD]
    if not named or named == ["known"]:
        return _without_words(row, is_negated, bool(named)) if len(parts) == 1 else as_text
    if fact.kind.is_number:
        return as_text if is_negated or len(named) > 1 else _of_number(row, named[0], fact, as_text)
    if fact.kind is Kind.SOME_OF and named == ["none"] and not is_negated:
        return replace(row, operator=NOTHING)
    if set(named) <= set(words_of(fact)) and not (is_negated and row.or_unknown):
        return replace(row, operator=NOT if is_negated else IS, words=tuple(named))
    return as_text


def written_of(row: ConditionRow, fact: Fact | None) -> Written:
    """What is to be written for a row; letter by letter what stood there, if the row still says the same."""
    if row.operator == AS_WRITTEN or fact is None:
        return as_list(row.written)
    if row.written and _says(row_of(fact, row.fact, as_list(row.written))) == _says(row):
        return as_list(row.written)
    if row.operator in (KNOWN, UNKNOWN):
        return row.operator
    return _with_unknown(_said(row, fact), row.or_unknown and row.operator != NOT)


def row_from_form(form: FormRow) -> ConditionRow:
    operator = form.get("operator") or IS
    return ConditionRow(
        form.get("fact"), operator, form.get("low"), form.get("high"), tuple(form.all("words")),
        form.get("or_unknown") == "yes", form.get("written"),
    )  # fmt: skip


def fitting(row: ConditionRow, fact: Fact | None) -> ConditionRow:
    """The row with an operator that its fact can have: after another fact was chosen, the first one."""
    allowed = (AS_WRITTEN,) if fact is None else OPERATORS[fact.kind]
    if row.operator in (*allowed, AS_WRITTEN):
        return row
    return replace(row, operator=allowed[0], words=(), low="", high="")


def shown_number(fact: Fact, text: str) -> str:
    """Money is written in fen and shown in yuan; what is no whole number stays as it is."""
    if fact.kind is not Kind.MONEY or not _ONE.fullmatch(text):
        return text
    yuan = Decimal(text) / FEN_PER_YUAN
    return f"{yuan:.0f}" if yuan == int(yuan) else f"{yuan:.2f}"


def written_number(fact: Fact, typed: str) -> str:
    plain = normalised(typed).strip()
    if fact.kind is not Kind.MONEY or not _YUAN.fullmatch(plain):
        return plain
    return str(int(Decimal(plain) * FEN_PER_YUAN))


def text_of(written: Written) -> str:
    return written if isinstance(written, str) else f"[{', '.join(written)}]"


def as_list(text: str) -> Written:
    """A list in brackets as a list, so that it is written as one; anything else as the text it is."""
    found = _LIST.fullmatch(text.strip())
    return [part.strip() for part in found[1].split(",")] if found else text.strip()


def _parts(written: Written) -> tuple[bool, list[str]]:
    if isinstance(written, list):
        return False, [normalised(part) for part in written]
    text = normalised(written)
    is_negated = text.lower().startswith("not ")
    rest = text[len("not ") :] if is_negated else text
    inner = _LIST.fullmatch(rest)
    return is_negated, [part.strip() for part in inner[1].split(",")] if inner else [rest]


def _without_words(row: ConditionRow, is_negated: bool, known: bool) -> ConditionRow:
    return replace(row, operator=KNOWN if known != is_negated else UNKNOWN, or_unknown=False)


def _of_number(row: ConditionRow, text: str, fact: Fact, as_text: ConditionRow) -> ConditionRow:
    if found := _RANGE.fullmatch(text):
        low, high = found[1], found[2]
    elif found := _FROM.fullmatch(text):
        low, high = found[1], ""
    elif found := _UP_TO.fullmatch(text):
        low, high = "", found[1]
    elif _ONE.fullmatch(text):
        low = high = text
    else:
        return as_text
    return replace(row, operator=IS, low=shown_number(fact, low), high=shown_number(fact, high))


def _says(row: ConditionRow) -> tuple[object, ...]:
    """All of a row that makes a difference."""
    return (
        row.operator, row.low.strip(), row.high.strip(), frozenset(row.words),
        row.or_unknown and row.operator in (IS, NOTHING),
    )  # fmt: skip


def _said(row: ConditionRow, fact: Fact) -> Written:
    if row.operator == NOTHING:
        return "none"
    if fact.kind.is_number:
        return _range(written_number(fact, row.low), written_number(fact, row.high))
    words = [word for word in words_of(fact) if word in row.words] + [
        word for word in row.words if word not in words_of(fact)
    ]
    if row.operator == NOT:
        return f"not {words[0] if len(words) == 1 else text_of(words)}"
    return words[0] if len(words) == 1 else words


def _range(low: str, high: str) -> str:
    if low and high:
        return low if low == high else f"{low}..{high}"
    return f"{low}+" if low else f"up to {high}" if high else ""


def _with_unknown(said: Written, or_unknown: bool) -> Written:
    if not or_unknown:
        return said if said != [] else ""
    return [*(said if isinstance(said, list) else [said] if said else []), UNKNOWN_WORD]
