"""The controls of a form: each shows what is written, reads what was typed, and says what is to be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.advisor.studio.forms import condition_rows, given_rows, moment_rows
from services.advisor.studio.forms.form_rows import Form, FormRow, plain_lines, rearranged, rows_in
from services.rulebook.model import Fact

Facts = Mapping[str, Fact]
MOST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Widget:
    """`shown` makes the state of a control from what is written (None: nothing), `typed` from a form and the button
    that was pressed, `written` turns the state into what is to be written (None: nothing)."""

    shown: Callable[[Any, Facts], Any]
    typed: Callable[[Form, str, str, Facts], Any]
    written: Callable[[Any, Facts], Any]


def _line() -> Widget:
    return Widget(
        lambda written, _: "" if written is None else str(written),
        lambda form, key, _wish, _facts: plain_lines(form.get(key, "")),
        lambda state, _: state.strip() or None,
    )


def _group(*names: str) -> Widget:
    """Some lines under one key: both languages of a text, the two ends of a period, a source with its part."""
    return Widget(
        lambda written, _: {name: str((written if isinstance(written, dict) else {}).get(name, "")) for name in names},
        lambda form, key, _wish, _facts: {name: plain_lines(form.get(f"{key}-{name}", "")) for name in names},
        lambda state, _: _without_blanks(state, names) or None,
    )


def _words() -> Widget:
    """Words that are ticked, and one more from a list."""
    return Widget(lambda written, _: as_list(written), _typed_words, lambda state, _: list(state) or None)


def _rows(
    row_of: Callable[[Any, Facts], Any],
    from_form: Callable[[FormRow, Facts], Any],
    written_of: Callable[[Any, Facts], Any],
    empty: Any,
) -> Widget:
    return Widget(
        lambda written, facts: [row_of(item, facts) for item in as_list(written)],
        lambda form, key, wish, facts: rearranged(
            [from_form(row, facts) for row in rows_in(form, key)], key, wish, empty
        ),
        lambda state, facts: [written_of(row, facts) for row in state if row != empty] or None,
    )


def _maps(*names: str) -> Widget:
    """A list of small maps."""
    return _rows(
        lambda item, _: {name: str((item if isinstance(item, dict) else {}).get(name, "")) for name in names},
        lambda form, _: {name: form.get(name) for name in names},
        lambda row, _: _without_blanks(row, names),
        dict.fromkeys(names, ""),
    )


def _conditions() -> Widget:
    """A map from facts to conditions; a fact that stands there twice is written twice nowhere: the last one counts."""
    return Widget(
        lambda written, facts: [
            condition_rows.row_of(facts.get(fact), fact, as_written(said))
            for fact, said in (written if isinstance(written, dict) else {}).items()
        ],
        lambda form, key, wish, facts: rearranged(
            [_fitting(condition_rows.row_from_form(row), facts) for row in rows_in(form, key)],
            key, wish, condition_rows.ConditionRow(),
        ),
        lambda state, facts: {
            row.fact: condition_rows.written_of(row, facts.get(row.fact)) for row in state if row.fact
        } or "anything",
    )  # fmt: skip


def _given() -> Widget:
    return Widget(
        lambda written, facts: [
            given_rows.row_of(facts.get(fact), fact, as_written(said))
            for fact, said in (written if isinstance(written, dict) else {}).items()
        ],
        lambda form, key, wish, _facts: rearranged(
            [given_rows.row_from_form(row) for row in rows_in(form, key)], key, wish, given_rows.GivenRow()
        ),
        lambda state, facts: (
            {row.fact: given_rows.written_of(row, facts.get(row.fact)) for row in state if row.fact} or None
        ),
    )


def _parts() -> Widget:
    """A map from names to texts."""
    names = ("name", "zh", "en")
    return Widget(
        lambda written, _: [
            {"name": name, "zh": str(text.get("zh", "")), "en": str(text.get("en", ""))}
            for name, text in (written if isinstance(written, dict) else {}).items()
            if isinstance(text, dict)
        ],
        lambda form, key, wish, _facts: rearranged(
            [{name: row.get(name) for name in names} for row in rows_in(form, key)], key, wish, dict.fromkeys(names, "")
        ),
        lambda state, _: (
            {row["name"]: {"zh": row["zh"], "en": row["en"]} for row in state if row["name"].strip()} or None
        ),
    )


def as_list(written: Any) -> list[Any]:
    """A list, or the one thing that stands in its place."""
    if written in (None, ""):
        return []
    return list(written) if isinstance(written, list) else [written]


def as_written(said: Any) -> str | list[str]:
    return [str(word) for word in said] if isinstance(said, list) else str(said if said is not None else "")


def _typed_words(form: Form, key: str, wish: str, _facts: Facts) -> list[str]:
    words = list(dict.fromkeys([*form.getlist(key), form.get(f"{key}-add", "")]))[:MOST_WORDS]
    return [word for word in words if word and wish != f"remove:{key}:{word}"]


def _fitting(row: condition_rows.ConditionRow, facts: Facts) -> condition_rows.ConditionRow:
    return condition_rows.fitting(row, facts.get(row.fact)) if row.fact else row


def _without_blanks(state: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: state[name] for name in names if state[name].strip()}


_MOMENTS = _rows(
    lambda item, _: moment_rows.row_of(item if isinstance(item, dict) else {}),
    lambda form, _: moment_rows.row_from_form(form),
    lambda row, _: moment_rows.written_of(row),
    moment_rows.MomentRow(),
)

WIDGETS: Mapping[str, Widget] = {
    **dict.fromkeys(("line", "id", "day", "number", "select", "radio", "range"), _line()),
    **dict.fromkeys(("pair", "long_pair"), _group("zh", "en")),
    "words": _words(),
    "conditions": _conditions(),
    "given": _given(),
    **dict.fromkeys(("moments", "follow_ups"), _MOMENTS),
    "sources": _maps("id", "part"),
    "choices": _maps("word", "zh", "en"),
    "parts": _parts(),
    "period": _group("from", "until"),
    "source": _group("id", "part"),
}
