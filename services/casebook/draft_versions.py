"""The versions of a draft: every save with what it changed, and the files as they were at any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.authors import Author
from services.casebook.draft_files import with_changes
from services.casebook.rule_tables import DraftRevisionRow, DraftRow
from services.casebook.tables import ReleaseRow


def files_of(session: Session, draft: DraftRow, version: int | None = None) -> dict[str, str]:
    """The files of the draft as they are, or as they were at an earlier version."""
    begun_from: dict[str, str] = session.get_one(ReleaseRow, draft.begun_from).files
    changes = draft.changes
    if version is not None and version != draft.version:
        until = DraftRevisionRow.version <= version
        query = select(DraftRevisionRow.changed).where(DraftRevisionRow.draft_id == draft.id, until)
        changes = {}
        for changed in session.scalars(query.order_by(DraftRevisionRow.version)):
            changes |= changed
    return with_changes(begun_from, changes)


def base_files(session: Session, draft: DraftRow) -> dict[str, str]:
    """The files of the release that the draft is compared with."""
    return dict(session.get_one(ReleaseRow, draft.base).files)


def revisions_of(session: Session, draft: DraftRow) -> Sequence[DraftRevisionRow]:
    """Every save, the first first."""
    query = select(DraftRevisionRow).where(DraftRevisionRow.draft_id == draft.id).order_by(DraftRevisionRow.version)
    return session.scalars(query).all()


def authors_of(session: Session, draft: DraftRow) -> frozenset[str]:
    """Everybody whose hand is in the draft."""
    saved = session.scalars(select(DraftRevisionRow.author).where(DraftRevisionRow.draft_id == draft.id).distinct())
    return frozenset(key for key in (draft.created_by, draft.submitted_by, *saved) if key is not None)


def keep_version(
    session: Session, draft: DraftRow, changed: Mapping[str, str | None], author: Author, what: str, now: datetime
) -> None:
    """What this version changed; the draft itself keeps the sum of all, so that it is read as fast at any age."""
    draft.changes = {**draft.changes, **changed}
    session.add(
        DraftRevisionRow(
            draft_id=draft.id,
            version=draft.version,
            changed=dict(changed),
            author=author.key,
            author_name=author.name,
            what=what[:300],
            at=now,
        )  # fmt: skip
    )
    session.flush()
