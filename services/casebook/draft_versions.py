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
    wanted = draft.version if version is None else version
    files: dict[str, str] = dict(session.get_one(ReleaseRow, draft.begun_from).files)
    for revision in revisions_of(session, draft):
        if revision.version <= wanted:
            files = with_changes(files, revision.changed)
    return files


def base_files(session: Session, draft: DraftRow) -> dict[str, str]:
    """The files of the release that the draft is compared with."""
    return dict(session.get_one(ReleaseRow, draft.base).files)


def revisions_of(session: Session, draft: DraftRow) -> Sequence[DraftRevisionRow]:
    """Every save, the first first."""
    query = select(DraftRevisionRow).where(DraftRevisionRow.draft_id == draft.id).order_by(DraftRevisionRow.version)
    return session.scalars(query).all()


def authors_of(session: Session, draft: DraftRow) -> frozenset[str]:
    """Everybody whose hand is in the draft."""
    hands = {draft.created_by, draft.submitted_by, *(revision.author for revision in revisions_of(session, draft))}
    return frozenset(key for key in hands if key is not None)


def keep_version(
    session: Session, draft: DraftRow, changed: Mapping[str, str | None], author: Author, what: str, now: datetime
) -> None:
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
