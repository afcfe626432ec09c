"""The files of a draft as they are stored: what one save changed, and what can be stored at all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.casebook.draft_errors import DraftError

MOST_FILES = 500
LARGEST = 8 * 1024 * 1024
"""Characters of all files together; the starter rulebook has about half a million."""
NAME = re.compile(r"(?:[a-z0-9][a-z0-9_-]{0,79}/){0,3}[a-z0-9][a-z0-9_-]{0,79}\.ya?ml", re.ASCII)


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str | None]:
    """The files that differ, whole; a file that is gone is None."""
    changed: dict[str, str | None] = {name: text for name, text in new.items() if old.get(name) != text}
    return changed | {name: None for name in old if name not in new}


def with_changes(files: Mapping[str, str], changed: Mapping[str, str | None]) -> dict[str, str]:
    kept = {name: text for name, text in files.items() if changed.get(name, text) is not None}
    return kept | {name: text for name, text in changed.items() if text is not None}


def check_storable(files: Mapping[str, str]) -> None:
    """Raises DraftError for what no database could give back as it was. What the text means is no matter here."""
    if len(files) > MOST_FILES or sum(map(len, files.values())) > LARGEST:
        raise DraftError("too_large")
    for name, text in files.items():
        if not NAME.fullmatch(name):
            raise DraftError("bad_file_name", name[:80].encode("ascii", "backslashreplace").decode())
        if "\0" in text or not _is_utf8(text):
            raise DraftError("unreadable_text", name)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
