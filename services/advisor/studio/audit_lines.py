"""The entries of the audit as lines that can be read: who did what, to which draft or release, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.advisor.studio.rendering import studio_parts, way, words
from services.casebook.rule_tables import AuditRow

PAGE = 100
WHY = ("why", "title", "name")
"""What of an entry's detail says more about it, the first that is there."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """`address` leads to what the entry is about, where that has a page."""

    number: int
    at: datetime
    who: str
    key: str
    sentence: str
    about: str
    address: str | None
    detail: str
    mark: str


def audit_lines(session: Session, before: int | None = None) -> tuple[AuditLine, ...]:
    """The newest first, `PAGE` of them; with `before`, those older than that number."""
    query = select(AuditRow).order_by(AuditRow.number.desc()).limit(PAGE)
    if before is not None:
        query = query.where(AuditRow.number < before)
    return tuple(_line(row) for row in session.scalars(query))


def _line(row: AuditRow) -> AuditLine:
    key = f"act.{row.what.replace('.', '_')}"
    known = key in studio_parts().catalogue
    detail = next((str(row.detail[name]) for name in WHY if row.detail.get(name)), "")
    return AuditLine(
        row.number, row.at, row.author_name, row.author, words()(key) if known else row.what, _about(row.about),
        _address(row.about), detail, row.hash[:12],
    )  # fmt: skip


def _about(about: str) -> str:
    kind, _, number = about.partition(":")
    key = f"about.{kind}"
    return words()(key, number=number) if key in studio_parts().catalogue else about


def _address(about: str) -> str | None:
    kind, _, number = about.partition(":")
    if kind in ("draft", "release") and number.isdecimal():
        return way(kind, number=int(number))
    return way("people") if kind == "account" else None
