"""Drafts: a change of the rules from its first save to its publication, with every version kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.casebook.audit import record
from services.casebook.authors import Author
from services.casebook.draft_errors import DraftError, StaleDraftError
from services.casebook.draft_files import check_storable, differences
from services.casebook.draft_versions import authors_of, base_files, files_of, keep_version
from services.casebook.model import DraftState, Role
from services.casebook.publications import newest_publication, scheduled_publications
from services.casebook.releases import Load, NoReleaseError, add_release, publish
from services.casebook.rule_tables import DraftRow
from services.casebook.tables import PublicationRow, ReleaseRow
from services.rulebook.editing.merging import Merge, merge
from services.rulebook.load import load_rulebook

LONGEST_TITLE, LONGEST_WHY = 200, 5_000


@dataclass(frozen=True, slots=True)
class Edit:
    """All files of a draft as somebody wants them who saw `version` of it; `what` says it in a few words."""

    version: int
    files: Mapping[str, str]
    what: str


def create_draft(
    session: Session, author: Author, title: str, why: str, now: datetime, files: Mapping[str, str] | None = None
) -> DraftRow:
    """A draft that starts with the newest release, or with `files` as its first change."""
    author.need(Role.EDITOR)
    check_storable(files or {})
    base = _newest_release(session)
    draft = DraftRow(
        title=title.strip()[:LONGEST_TITLE] or "—", why=why.strip(), state=DraftState.OPEN,
        begun_from=base.fingerprint, base=base.fingerprint, version=1, changes={},
        created_at=now, created_by=author.key, created_by_name=author.name,
        changed_at=now, changed_by_name=author.name,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    keep_version(session, draft, differences(base.files, base.files if files is None else files), author, "begun", now)
    _record(session, author, "draft.created", draft, now, {"title": draft.title, "base": draft.base})
    return draft


def find_draft(session: Session, number: int, *, to_change: bool = False) -> DraftRow | None:
    """With `to_change` others have to wait for us."""
    return session.get(DraftRow, number, with_for_update=to_change or None)


def change_draft(session: Session, draft: DraftRow, edit: Edit, author: Author, now: datetime) -> DraftRow:
    """Save the files as the next version. A draft that was handed in or approved is open again.

    Raises StaleDraftError, with a three-way merge, when somebody saved after the version that was edited.
    """
    author.need(Role.EDITOR)
    _need_unfinished(draft)
    check_storable(edit.files)
    current = files_of(session, draft)
    if edit.version != draft.version:
        raise StaleDraftError(draft.version, merge(files_of(session, draft, edit.version), current, edit.files))
    changed = differences(current, edit.files)
    if changed:
        _save(session, draft, changed, author, edit.what, now)
        _record(session, author, "draft.changed", draft, now, {"version": draft.version, "files": sorted(changed)})
    return draft


def rename_draft(session: Session, draft: DraftRow, title: str, why: str, author: Author, now: datetime) -> None:
    """Say otherwise what the draft is about. What is in it, and its approval, stay."""
    author.need(Role.EDITOR)
    _need_unfinished(draft)
    draft.title, draft.why = title.strip()[:LONGEST_TITLE] or draft.title, why.strip()
    draft.changed_at, draft.changed_by_name = now, author.name
    _record(session, author, "draft.renamed", draft, now, {"title": draft.title})


def submit(session: Session, draft: DraftRow, author: Author, now: datetime, losses: Collection[str] = ()) -> None:
    """Hand in; the caller has proved the files of this version.

    `losses` are the actions that somebody loses or is told to take later, which the author has seen and confirmed.
    """
    author.need(Role.EDITOR)
    _need(draft, DraftState.OPEN)
    if not differences(base_files(session, draft), files_of(session, draft)):
        raise DraftError("nothing_changed")
    draft.state, draft.submitted_by, draft.submitted_by_name = DraftState.SUBMITTED, author.key, author.name
    draft.sent_back_because = None
    _record(session, author, "draft.submitted", draft, now, {"version": draft.version, "losses": sorted(losses)})


def approve(session: Session, draft: DraftRow, author: Author, now: datetime, own_allowed: bool = False) -> None:
    """Never one's own: whoever began, changed or handed in the draft cannot approve it, unless `own_allowed`."""
    author.need(Role.PUBLISHER)
    _need(draft, DraftState.SUBMITTED)
    if not own_allowed and author.key in authors_of(session, draft):
        raise DraftError("own_draft")
    draft.state, draft.approved_by, draft.approved_by_name = DraftState.APPROVED, author.key, author.name
    _record(session, author, "draft.approved", draft, now, {"version": draft.version, "own_allowed": own_allowed})


def send_back(session: Session, draft: DraftRow, author: Author, why: str, now: datetime) -> None:
    """Open again, with what is to be done; its editors may take it back themselves as well."""
    author.need(Role.EDITOR)
    _need(draft, DraftState.SUBMITTED, DraftState.APPROVED)
    _open_again(draft)
    draft.sent_back_because = why.strip() or None
    _record(session, author, "draft.sent_back", draft, now, {"why": why.strip()})


def discard(session: Session, draft: DraftRow, author: Author, now: datetime) -> None:
    """Put away; it can still be read."""
    author.need(Role.EDITOR)
    _need_unfinished(draft)
    draft.state = DraftState.DISCARDED
    _record(session, author, "draft.discarded", draft, now, {"version": draft.version})


def is_behind(session: Session, draft: DraftRow) -> bool:
    """Whether another release was published, or is planned, since the draft took its base."""
    return _newest_release(session).fingerprint != draft.base


def take_over(session: Session, draft: DraftRow, author: Author, now: datetime) -> Merge:
    """Bring the draft onto the newest release. Where both changed the same thing, nothing is saved: see the merge."""
    author.need(Role.EDITOR)
    _need_unfinished(draft)
    newest = _newest_release(session)
    current = files_of(session, draft)
    merged = merge(base_files(session, draft), newest.files, current)
    if not merged.conflicts:
        finish_take_over(session, draft, newest.fingerprint, merged.files, author, now)
    return merged


def finish_take_over(
    session: Session, draft: DraftRow, release: str, files: Mapping[str, str], author: Author, now: datetime
) -> None:
    """The draft stands on `release` from now on, with these files: the merge, its conflicts settled by a person."""
    author.need(Role.EDITOR)
    _need_unfinished(draft)
    check_storable(files)
    if release != _newest_release(session).fingerprint:
        raise DraftError("behind")
    draft.base = release
    _save(session, draft, differences(files_of(session, draft), files), author, "taken over", now)
    _record(session, author, "draft.taken_over", draft, now, {"version": draft.version, "base": release})


def publish_draft(
    session: Session,
    draft: DraftRow,
    author: Author,
    now: datetime,
    at: datetime | None = None,
    load: Load = load_rulebook,
) -> PublicationRow:
    """Make the approved version a release, in force at once or from `at` on. The caller has proved it."""
    author.need(Role.PUBLISHER)
    _need(draft, DraftState.APPROVED)
    if is_behind(session, draft):
        raise DraftError("behind")
    waiting = scheduled_publications(session, now)
    if any(row.begins_at is not None and (at is None or at <= row.begins_at) for row in waiting):
        raise DraftError("another_is_planned")
    why = f"{draft.title}: {draft.why}" if draft.why else draft.title
    release = add_release(session, files_of(session, draft), author, why, now, load)
    publication = publish(session, release.fingerprint, author, why, now, at)
    draft.state, draft.publication_id = DraftState.PUBLISHED, publication.id
    _record(session, author, "draft.published", draft, now, {"release": release.number, "publication": publication.id})
    return publication


def _newest_release(session: Session) -> ReleaseRow:
    publication = newest_publication(session)
    if publication is None:
        raise NoReleaseError("no release was published yet; the first start of the advisor does it")
    return session.get_one(ReleaseRow, publication.release)


def _save(
    session: Session, draft: DraftRow, changed: Mapping[str, str | None], author: Author, what: str, now: datetime
) -> None:
    draft.version += 1
    draft.changed_at, draft.changed_by_name = now, author.name
    if draft.state is not DraftState.OPEN:
        _open_again(draft)
    keep_version(session, draft, changed, author, what, now)


def _open_again(draft: DraftRow) -> None:
    draft.state = DraftState.OPEN
    draft.submitted_by = draft.submitted_by_name = draft.approved_by = draft.approved_by_name = None


def _need(draft: DraftRow, *states: DraftState) -> None:
    if draft.state not in states:
        raise DraftError(f"is_{draft.state.value}")


def _need_unfinished(draft: DraftRow) -> None:
    _need(draft, *_unfinished())


def _unfinished() -> Iterator[DraftState]:
    return (state for state in DraftState if not state.is_over)


def _record(
    session: Session, author: Author, what: str, draft: DraftRow, now: datetime, detail: Mapping[str, object]
) -> None:
    record(session, author, what, f"draft:{draft.id}", detail, now)
