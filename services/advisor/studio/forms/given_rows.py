"""What is known about the person of a test case, as a row of a form."""

from __future__ import annotations

from dataclasses import dataclass

from services.advisor.studio.forms.condition_rows import Written, as_list, shown_number, text_of, written_number
from services.advisor.studio.forms.form_rows import FormRow
from services.rulebook.model import Fact, Kind

NONE_OF_THESE = "none"


@dataclass(frozen=True, slots=True)
class GivenRow:
    """`value` is the number, word or day as typed; `words` what is ticked of a fact that may hold several."""

    fact: str = ""
    value: str = ""
    words: tuple[str, ...] = ()
    written: str = ""


def row_of(fact: Fact | None, fact_id: str, written: Written) -> GivenRow:
    text = text_of(written)
    if fact is not None and fact.kind is Kind.SOME_OF:
        words = tuple(written) if isinstance(written, list) else () if written == NONE_OF_THESE else (written,)
        return GivenRow(fact_id, words=tuple(word for word in words if word), written=text)
    return GivenRow(fact_id, text if fact is None else shown_number(fact, text), written=text)


def written_of(row: GivenRow, fact: Fact | None) -> Written:
    """Letter by letter what stood there, if the row still says the same."""
    if fact is None or fact.kind is not Kind.SOME_OF:
        return as_list(row.value if fact is None or not fact.kind.is_number else written_number(fact, row.value))
    before = row_of(fact, row.fact, as_list(row.written)) if row.written else None
    if before is not None and set(before.words) == set(row.words):
        return as_list(row.written)
    return [word for word in fact.words if word in row.words] or NONE_OF_THESE


def row_from_form(form: FormRow) -> GivenRow:
    return GivenRow(form.get("fact"), form.get("value"), tuple(form.all("words")), form.get("written"))
