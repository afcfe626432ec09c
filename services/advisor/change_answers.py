"""What a draft changes in its release, entry by entry: as written, and as sentences where both can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from services.advisor.answer_words import both, both_or_none
from services.advisor.parts import parts
from services.rulebook.apart import ApartError
from services.rulebook.editing.comparing import EntryChange, entry_changes
from services.rulebook.entry_sentences import say_entry_change
from services.rulebook.load import load_rulebook
from services.rulebook.problems import RulebookError
from services.rulebook.rule_sentences import SaidChange

Json = dict[str, Any]
Files = Mapping[str, str]
Key = tuple[str, str]
"""Kind and id."""


def changes_answer(old: Files, new: Files) -> Json:
    """`is_readable` is false where the rules do not load, and then nothing is said."""
    changes = entry_changes(old, new)
    said = _said(old, new, [(change.kind, change.id) for change in changes]) if changes else []
    items = [_change(change, one) for change, one in zip(changes, repeat(None) if said is None else said, strict=False)]
    return {"is_readable": said is not None, "items": items}


def say_changes(old: Files, new: Files, keys: Sequence[Key]) -> list[tuple[SaidChange, ...]]:
    """What is different about each entry. Raises RulebookError."""
    books = load_rulebook(old), load_rulebook(new)
    return [say_entry_change(*books, kind, entry) for kind, entry in keys]


def _said(old: Files, new: Files, keys: Sequence[Key]) -> list[tuple[SaidChange, ...]] | None:
    """In a process of its own: reading two rulebooks would hold up everybody else for a second."""
    try:
        said: list[tuple[SaidChange, ...]] = parts().proofs.work_out(say_changes, dict(old), dict(new), keys)
    except (RulebookError, ApartError):
        return None
    return said


def _change(change: EntryChange, said: Sequence[SaidChange] | None) -> Json:
    return {
        "kind": change.kind,
        "id": change.id,
        "file": change.file,
        "change": change.change,
        "fields": [{"field": field.key, "old": field.old, "new": field.new} for field in change.fields],
        "said": None if said is None else [_sentences(one) for one in said],
    }


def _sentences(said: SaidChange) -> Json:
    return {"about": both(said.about), "old": both_or_none(said.old), "new": both_or_none(said.new)}
