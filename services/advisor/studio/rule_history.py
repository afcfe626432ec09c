"""Since when a rule is as it is: every release that changed it, the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.casebook.tables import PublicationRow, ReleaseRow
from services.rulebook.editing.blocks import Block, EditError, find_blocks
from services.rulebook.editing.comparing import EntryChange, entry_changes


@dataclass(frozen=True, slots=True)
class Chapter:
    """One publication that changed the rule. `change` is None where the rule came with the very first release."""

    number: int
    begins_at: datetime
    by: str
    why: str
    change: EntryChange | None


def history_of(session: Session, rule_id: str, now: datetime) -> list[Chapter]:
    begins = func.coalesce(PublicationRow.begins_at, PublicationRow.published_at)
    query = (
        select(PublicationRow, ReleaseRow.number)
        .join(ReleaseRow, ReleaseRow.fingerprint == PublicationRow.release)
        .where(PublicationRow.withdrawn_at.is_(None), begins <= now)
        .order_by(begins, PublicationRow.id)
    )
    chapters: list[Chapter] = []
    before: dict[str, str] | None = None
    for publication, number in session.execute(query):
        text = _alone(session.get_one(ReleaseRow, publication.release).files, rule_id)
        if before is None and text or before is not None and text != before:
            change = None if before is None else _change(before, text)
            when = publication.begins_at or publication.published_at
            chapters.append(Chapter(number, when, publication.published_by, publication.why, change))
        before = text if before is not None or text else {}
    return chapters[::-1]


def _alone(files: Mapping[str, str], rule_id: str) -> dict[str, str]:
    """The text of the one rule as a file of its own; nothing if the release does not have it."""
    block = _find(files, rule_id)
    return {} if block is None else {"topics/rule.yaml": f"rules:\n{block.text}"}


def _find(files: Mapping[str, str], rule_id: str) -> Block | None:
    holding = {name: text for name, text in files.items() if rule_id in text and name.startswith("topics/")}
    with suppress(EditError):
        return find_blocks(holding, "rules").get(rule_id)
    return None


def _change(before: Mapping[str, str], after: Mapping[str, str]) -> EntryChange | None:
    return next(iter(entry_changes(before, after)), None)
