"""What a form for each kind of entry holds, in the order in which people think of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.rulebook.model import Kind


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: its key in the file, its control (a name of widgets.WIDGETS), and where its options come from."""

    key: str
    widget: str
    options: str = ""
    is_needed: bool = True


def _maybe(key: str, widget: str, options: str = "") -> FieldSpec:
    return FieldSpec(key, widget, options, is_needed=False)


RULE = (
    FieldSpec("title", "pair"),
    FieldSpec("when", "conditions", "facts"),
    FieldSpec("advise", "select", "actions"),
    FieldSpec("urgency", "radio", "urgencies"),
    FieldSpec("text", "long_pair"),
    FieldSpec("because", "long_pair"),
    FieldSpec("sources", "sources", "sources"),
    _maybe("deadline", "moments"),
    _maybe("follow_up", "follow_ups", "facts"),
    _maybe("yields_to", "words", "silencers"),
    _maybe("covers", "words", "points"),
    FieldSpec("valid", "period"),
    FieldSpec("review_by", "day"),
    FieldSpec("owner", "line"),
    _maybe("order", "select", "orders"),
    FieldSpec("id", "id"),
)
FACT = (
    FieldSpec("label", "pair"),
    FieldSpec("kind", "select", "fact_kinds"),
    FieldSpec("question", "long_pair"),
    FieldSpec("why", "long_pair"),
    _maybe("asked", "select", "asked"),
    _maybe("choices", "choices"),
    _maybe("range", "range"),
    _maybe("unit", "pair"),
    _maybe("moves", "select", "moves"),
    _maybe("turns_into", "select", "facts"),
    _maybe("group", "line"),
    FieldSpec("id", "id"),
)
ACTION = (
    FieldSpec("title", "pair"),
    FieldSpec("order", "select", "orders"),
    _maybe("minutes", "number"),
    _maybe("at_hand", "long_pair"),
    _maybe("done_when", "long_pair"),
    FieldSpec("id", "id"),
)
SOURCE = (
    FieldSpec("title", "pair"),
    FieldSpec("kind", "select", "source_kinds"),
    FieldSpec("confidence", "select", "confidences"),
    FieldSpec("says", "long_pair"),
    _maybe("parts", "parts"),
    _maybe("authority", "line"),
    _maybe("url", "line"),
    _maybe("in_force", "day"),
    _maybe("checked", "day"),
    FieldSpec("review_by", "day"),
    FieldSpec("id", "id"),
)
CASE = (
    FieldSpec("name", "id"),
    _maybe("given", "given", "facts"),
    _maybe("expect", "words", "actions"),
    _maybe("not", "words", "actions"),
    _maybe("first", "words", "actions"),
    _maybe("ask", "select", "facts"),
    _maybe("fires", "words", "rules"),
    _maybe("silent", "words", "rules"),
    _maybe("as_of", "day"),
)
CONTACT = (
    FieldSpec("name", "pair"),
    FieldSpec("number", "line"),
    FieldSpec("use", "pair"),
    FieldSpec("hours", "pair"),
    FieldSpec("source", "source", "sources"),
    _maybe("emergency", "select", "yes_no"),
    FieldSpec("id", "id"),
)
ONLY_FOR: Mapping[str, tuple[Kind, ...]] = {
    "choices": (Kind.ONE_OF, Kind.SOME_OF),
    "range": (Kind.WHOLE, Kind.MONEY),
    "unit": (Kind.WHOLE,),
    "moves": (Kind.WHOLE,),
    "turns_into": (Kind.WHOLE,),
}
"""Fields of a fact that only some kinds of facts have."""

GROUPS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "rules": (
        ("decides", ("title", "when", "advise", "urgency")),
        ("tells", ("text", "because")),
        ("rests", ("sources", "covers", "valid", "review_by", "owner")),
        ("follows", ("deadline", "follow_up")),
        ("steps", ("yields_to", "order")),
        ("named", ("id",)),
    ),
}
"""Fields that belong together, under headings `fields.NAME`; a kind without groups is one group."""

SPECS: Mapping[str, tuple[FieldSpec, ...]] = {
    "rules": RULE, "facts": FACT, "actions": ACTION, "sources": SOURCE, "cases": CASE, "contacts": CONTACT,
}  # fmt: skip
"""Kinds that have a form. Guidance points and safety properties are edited as text."""

FILES = {"facts": "facts.yaml", "actions": "actions.yaml", "sources": "sources.yaml", "contacts": "contacts.yaml"}
"""Where a new entry goes, if its kind has one file."""


def id_key(kind: str) -> str:
    return "name" if kind == "cases" else "id"
