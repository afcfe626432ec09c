"""Erases everything about a person, with a receipt; and hands them all of it first, if they want."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.casebook.access import RandomBytes
from services.casebook.channel_kinds import KINDS, shown
from services.casebook.tables import CaseRow, ChannelRow, DeliveryRow, ErasureRow, FollowUpRow, Table

SECRET_COLUMNS = frozenset({"token_hash", "retrieval_hash", "verify_nonce", "token", "lease_until", "dedupe_key"})
"""What would open something, or is our own bookkeeping; it says nothing about the person."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof of an erasure. It can be checked later, and leads back to nobody."""

    receipt: str
    erased_at: datetime
    rows: dict[str, int]


def export(session: Session, case: CaseRow) -> dict[str, Any]:
    """Everything that is kept about a person, table by table."""
    return {
        "case": _row(case),
        **{
            str(table.name): [_row_of(table, values) for values in _read(session, table, case.id)]
            for table in _tables_about_people()
        },
    }


def erase(session: Session, case: CaseRow, now: datetime, random: RandomBytes = secrets.token_bytes) -> Receipt:
    """Delete the case and whatever belongs to it; afterwards it is as if it had never been."""
    counts = {"case": 1} | {
        str(table.name): session.scalar(select(func.count()).select_from(_rows_about(table, case.id).subquery())) or 0
        for table in _tables_about_people()
    }
    receipt = Receipt(random(16).hex(), now, counts)
    session.expunge(case)
    session.execute(delete(CaseRow).where(CaseRow.id == case.id))
    session.add(ErasureRow(receipt=receipt.receipt, erased_at=now, rows=counts))
    session.flush()
    return receipt


def _read(session: Session, table: Any, case_id: str) -> Any:
    """Oldest first."""
    return session.execute(_rows_about(table, case_id).order_by(*table.primary_key.columns)).mappings()


def _tables_about_people() -> list[Any]:
    """Tables that hold a case, directly or by way of a follow-up; the test of erasure walks the same list."""
    return [
        table
        for table in Table.metadata.sorted_tables
        if "case_id" in table.columns or table.name == DeliveryRow.__tablename__
    ]


def _rows_about(table: Any, case_id: str) -> Any:
    if "case_id" in table.columns:
        return select(table).where(table.c.case_id == case_id)
    own = select(FollowUpRow.id).where(FollowUpRow.case_id == case_id)
    return select(table).where(table.c.follow_up_id.in_(own))


def _row(case: CaseRow) -> dict[str, Any]:
    return _row_of(CaseRow.__table__, {column.name: getattr(case, column.name) for column in CaseRow.__table__.columns})


def _row_of(table: Any, values: Any) -> dict[str, Any]:
    row = {str(name): _plain(value) for name, value in values.items() if name not in SECRET_COLUMNS}
    if table.name == ChannelRow.__tablename__ and values["kind"] in KINDS:
        row["address"] = shown(KINDS[values["kind"]], values["address"])
    if table.name == "idempotency_key":
        row = {name: value for name, value in row.items() if name in ("created_at", "expires_at", "status")}
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
