"""When something is due or asked, as a row of a form: after some days, when a number is reached, around a date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.advisor.studio.forms.form_rows import FormRow
from services.rulebook.characters import normalised

IN, WHEN, AT = "in", "when", "at"
ON, BEFORE, AFTER = "on", "before", "after"
_IN = re.compile(r"(.*?) ?days?")
_WHEN = re.compile(r"(\S+) reaches (.*)")
_AT = re.compile(r"(?:(\S+) days? (before|after) )?(\S+)")


@dataclass(frozen=True, slots=True)
class MomentRow:
    """`number` is days (in, at) or the value that is reached (when); `fact` is a moving fact or a date."""

    kind: str = IN
    number: str = ""
    fact: str = ""
    side: str = ON
    written: str = ""
    """As it stood in the file; kept if the row still says the same."""
    ask: str = ""
    zh: str = ""
    en: str = ""
    hour: str = ""


def row_of(written: Mapping[str, Any]) -> MomentRow:
    kind = next((key for key in (IN, WHEN, AT) if key in written), IN)
    say = written.get("say") or {}
    number, fact, side = _taken_apart(kind, str(written.get(kind, "")))
    return MomentRow(
        kind, number, fact, side, str(written.get(kind, "")), str(written.get("ask", "")),
        str(say.get("zh", "")), str(say.get("en", "")), str(written.get("hour", "")),
    )  # fmt: skip


def written_of(row: MomentRow) -> dict[str, Any]:
    """The map as it is written; what is left empty is left out."""
    same = (row.number.strip(), row.fact, row.side) == _taken_apart(row.kind, row.written) and row.written
    found: dict[str, Any] = {row.kind: row.written if same else _put_together(row)}
    if row.ask:
        found["ask"] = row.ask
    if row.zh.strip() or row.en.strip():
        found["say"] = {"zh": row.zh, "en": row.en}
    return found | ({"hour": row.hour} if row.hour.strip() else {})


def row_from_form(form: FormRow) -> MomentRow:
    kind = form.get("kind") or IN
    return MomentRow(
        kind if kind in (IN, WHEN, AT) else IN, form.get("number"), form.get("fact"), form.get("side") or ON,
        form.get("written"), form.get("ask"), form.get("zh"), form.get("en"), form.get("hour"),
    )  # fmt: skip


def _taken_apart(kind: str, text: str) -> tuple[str, str, str]:
    plain = normalised(text)
    if kind == IN:
        found = _IN.fullmatch(plain)
        return (found[1] if found else plain, "", ON)
    if kind == WHEN:
        found = _WHEN.fullmatch(plain)
        return (found[2], found[1], ON) if found else ("", plain, ON)
    found = _AT.fullmatch(plain)
    return (found[1] or "", found[3], found[2] or ON) if found else ("", plain, ON)


def _put_together(row: MomentRow) -> str:
    number = row.number.strip()
    if row.kind == IN:
        return f"{number} day" if number == "1" else f"{number} days" if number else ""
    if row.kind == WHEN:
        return f"{row.fact} reaches {number}" if row.fact or number else ""
    if row.side == ON or not number:
        return row.fact
    return f"{number} {'day' if number == '1' else 'days'} {row.side} {row.fact}"
