"""The audit: every act on the rules, chained by hashes, so that nobody can change or drop one unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.casebook.authors import Author
from services.casebook.rule_tables import AuditRow
from services.casebook.tables import OrganisationKeyRow, PublicationRow, ReleaseRow
from services.rulebook.load import fingerprint_of

BEFORE_ALL = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`faults` names everything that does not fit, by number. `head` is the hash of the last entry: note it elsewhere,
    and the next report can show that nothing was cut off at the end."""

    entries: int
    head: str
    faults: tuple[str, ...]


def record(
    session: Session, author: Author, what: str, about: str, detail: Mapping[str, Any], now: datetime
) -> AuditRow:
    """Add one act. `what` is a word such as `draft.approved`, `about` names its object such as `draft:7`."""
    one_at_a_time(session, AuditRow.__tablename__)
    last = session.scalar(select(AuditRow).order_by(AuditRow.number.desc()).limit(1))
    row = AuditRow(
        number=last.number + 1 if last else 1,
        at=now.astimezone(UTC),
        author=author.key,
        author_name=author.name[:100],
        what=what,
        about=about[:120],
        detail=dict(detail),
        hash_before=last.hash if last else BEFORE_ALL,
    )
    row.hash = _hash_of(row)
    session.add(row)
    session.flush()
    return row


def record_key(session: Session, row: OrganisationKeyRow, what: str, author: Author, now: datetime) -> None:
    """A key that may work on the rules was made or ended; keys that only accompany cases are no matter of the audit."""
    if row.rules_role is not None:
        detail = {"name": row.name, "role": row.rules_role.value}
        record(session, author, what, f"organisation:{row.id}", detail, now)


def verify(session: Session, noted_head: str = "") -> AuditReport:
    """Recompute the chain, every release's name from its content, and look for publications that nobody recorded.

    `noted_head` is the head of an earlier report: it has to be one of the entries still.
    """
    rows = session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
    faults = [*_chain_faults(rows), *_release_faults(session), *_unrecorded(session, rows)]
    if noted_head and noted_head not in {row.hash for row in rows}:
        faults.append(f"the entry {noted_head[:12]} that was noted is no longer there")
    return AuditReport(len(rows), rows[-1].hash if rows else BEFORE_ALL, tuple(faults))


def one_at_a_time(session: Session, table: str) -> None:
    """Others wait until this transaction is over before they add to the table. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f'LOCK TABLE "{table}" IN EXCLUSIVE MODE'))


def _chain_faults(rows: Any) -> Iterator[str]:
    number, before = 0, BEFORE_ALL
    for row in rows:
        if row.number != number + 1:
            yield f"between {number} and {row.number} an entry is missing"
        elif row.hash_before != before:
            yield f"entry {row.number} does not follow entry {number}"
        if row.hash != _hash_of(row):
            yield f"entry {row.number} was changed"
        number, before = row.number, row.hash


def _release_faults(session: Session) -> Iterator[str]:
    for row in session.scalars(select(ReleaseRow).order_by(ReleaseRow.number)):
        if fingerprint_of(row.files) != row.fingerprint:
            yield f"the files of release {row.number} were changed"


def _unrecorded(session: Session, rows: Any) -> Iterator[str]:
    """Publications and releases that the audit does not know, or that are no longer what it recorded."""
    recorded: dict[int, str] = {}
    releases: set[str] = set()
    for row in rows:
        recorded |= {int(number): said for number, said in row.detail.get("publications", {}).items()}
        releases |= set(row.detail.get("releases", []))
    found = {row.id: publication_said(row) for row in session.scalars(select(PublicationRow))}
    for number in sorted(found.keys() | recorded.keys()):
        if found.get(number) != recorded.get(number):
            yield f"publication {number} is not what was recorded"
    stored = set(session.scalars(select(ReleaseRow.fingerprint)))
    for name in sorted(stored ^ releases):
        yield f"release {name[:12]} is {'not recorded' if name in stored else 'recorded, and gone'}"


def publication_said(row: PublicationRow) -> str:
    """All of a publication that decides which release is in force, in one line."""
    begins = row.begins_at.isoformat() if row.begins_at else "at once"
    return f"{row.release} {begins}{' withdrawn' if row.withdrawn_at else ''}"


def _hash_of(row: AuditRow) -> str:
    content = [
        row.number,
        row.at.astimezone(UTC).isoformat(),
        row.author,
        row.author_name,
        row.what,
        row.about,
        row.detail,
        row.hash_before,
    ]
    written = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
