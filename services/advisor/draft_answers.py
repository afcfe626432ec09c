"""Drafts, their versions and their merges as the JSON of answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.advisor.answer_words import moment_or_none, moment_said
from services.advisor.release_answers import release_numbers
from services.casebook.publications import newest_publication
from services.casebook.rule_tables import DraftRevisionRow, DraftRow
from services.casebook.tables import PublicationRow
from services.rulebook.editing.merging import EntryMerge, Merge

Json = dict[str, Any]


def draft_answer(session: Session, draft: DraftRow) -> Json:
    return draft_answers(session, [draft])[0]


def draft_answers(session: Session, drafts: Sequence[DraftRow]) -> list[Json]:
    """The drafts with the numbers of their releases, looked up together."""
    publications = _publications(session, {draft.publication_id for draft in drafts if draft.publication_id})
    wanted = {draft.base for draft in drafts} | {row.release for row in publications.values()}
    numbers = release_numbers(session, wanted)
    newest = newest_publication(session)
    return [
        {
            **_draft(draft),
            "base": {"number": numbers[draft.base], "fingerprint": draft.base},
            "is_behind": not draft.state.is_over and newest is not None and newest.release != draft.base,
            "published": _published(publications.get(draft.publication_id or 0), numbers),
        }
        for draft in drafts
    ]


def base_answer(session: Session, draft: DraftRow) -> Json:
    """The release that the draft is compared with."""
    return {"number": release_numbers(session, [draft.base])[draft.base], "fingerprint": draft.base}


def version_answer(row: DraftRevisionRow) -> Json:
    return {
        "version": row.version,
        "what": row.what,
        "by": row.author_name,
        "at": moment_said(row.at),
        "files": sorted(row.changed),
    }


def merge_answer(merge: Merge) -> list[Json]:
    """Entry by entry and field by field: as it was, as others have it now, as it was sent."""
    return [_entry_merge(entry) for entry in merge.entries]


def _draft(draft: DraftRow) -> Json:
    return {
        "id": str(draft.id),
        "title": draft.title,
        "why": draft.why,
        "state": draft.state,
        "version": draft.version,
        "created_at": moment_said(draft.created_at),
        "created_by": draft.created_by_name,
        "changed_at": moment_said(draft.changed_at),
        "changed_by": draft.changed_by_name,
        "submitted_by": draft.submitted_by_name,
        "approved_by": draft.approved_by_name,
        "sent_back_because": draft.sent_back_because,
    }


def _published(row: PublicationRow | None, numbers: Mapping[str, int]) -> Json | None:
    if row is None:
        return None
    return {
        "release": numbers[row.release],
        "fingerprint": row.release,
        "at": moment_said(row.published_at),
        "begins_at": moment_said(row.begins_at or row.published_at),
        "withdrawn_at": moment_or_none(row.withdrawn_at),
    }


def _publications(session: Session, ids: Iterable[int]) -> dict[int, PublicationRow]:
    rows = session.scalars(select(PublicationRow).where(PublicationRow.id.in_(set(ids))))
    return {row.id: row for row in rows}


def _entry_merge(entry: EntryMerge) -> Json:
    return {
        "kind": entry.kind,
        "id": entry.id,
        "file": entry.file,
        "state": entry.state,
        "base": entry.base,
        "theirs": entry.theirs,
        "mine": entry.mine,
        "fields": [
            {
                "field": field.key,
                "state": field.state,
                "base": field.base,
                "theirs": field.theirs,
                "mine": field.mine,
            }
            for field in entry.fields
        ],
    }
