"""With what a new entry begins, and in which file it will stand."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from services.advisor.studio.forms.kinds import FILES, id_key
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import read_entry

REVIEW_AFTER = timedelta(days=365)


def file_for(files: Mapping[str, str], kind: str, topic: str, file: str, like: str) -> str | None:
    """Beside the entry that it is copied from; else in the file of the topic, the file that was asked for, or the one
    file that the kind has."""
    with suppress(EditError):
        if like:
            return read_entry(files, kind, like).file
    if kind == "rules":
        wanted = _topic_file(files, topic)
    elif kind == "cases":
        wanted = file or next((name for name in sorted(files) if name.startswith("cases/")), "")
    else:
        wanted = FILES[kind]
    return wanted if wanted in files else None


def first_values(files: Mapping[str, str], kind: str, like: str, today: date) -> dict[str, Any]:
    """A copy without its name, or what is sensible to begin with."""
    with suppress(EditError):
        if like:
            copied = dict(read_entry(files, kind, like).values)
            copied[id_key(kind)] = ""
            return copied
    review_by = (today + REVIEW_AFTER).isoformat()
    if kind == "rules":
        return {"valid": {"from": today.isoformat()}, "review_by": review_by, "urgency": "this_week"}
    return {"review_by": review_by, "checked": today.isoformat()} if kind == "sources" else {}


def _topic_file(files: Mapping[str, str], topic: str) -> str:
    with suppress(EditError):
        return read_entry(files, "topics", topic).file
    return ""
