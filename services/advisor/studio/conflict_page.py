"""The page on which two people's changes of the same place are settled; everything typed travels along in its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.advisor.studio.carried_files import pack
from services.advisor.studio.conflict import clashing_entries, put_together
from services.casebook.draft_files import differences
from services.casebook.rule_tables import DraftRevisionRow
from services.rulebook.editing.merge_entries import Choices
from services.rulebook.editing.merging import Merge

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edited:
    """What somebody wanted to save: made from `version`, while the draft is at `newest` by now."""

    version: int
    newest: int
    before: Files
    mine: Files
    what: str
    following: str


def stale_page(
    edited: Edited, merge: Merge, choices: Choices, revisions: Sequence[DraftRevisionRow]
) -> dict[str, object]:
    """What `conflict.html` is filled with after somebody else saved the same draft."""
    return {
        **_both(merge, choices),
        "carried": {
            "version": edited.version, "seen": edited.newest, "what": edited.what, "following": edited.following,
            "mine": pack(differences(edited.before, edited.mine)),
        },
        "meanwhile": [revision for revision in revisions if revision.version > edited.version],
        "is_take_over": False,
    }  # fmt: skip


def take_over_page(version: int, release: str, number: int, merge: Merge, choices: Choices) -> dict[str, object]:
    """What `conflict.html` is filled with when a newer release changed what the draft changes."""
    return {
        **_both(merge, choices), "carried": {"version": version, "release": release}, "meanwhile": [],
        "is_take_over": True, "release_number": number,
    }  # fmt: skip


def _both(merge: Merge, choices: Choices) -> dict[str, object]:
    return {"entries": clashing_entries(merge, choices), "merged": put_together(merge)}
