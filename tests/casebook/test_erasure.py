"""Erasing a case leaves nothing of the person in any table, whatever had happened to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from services.casebook.channels import NewChannel, add_channel
from services.casebook.database import Database, open_database
from services.casebook.erasure import Receipt, erase, export
from services.casebook.idempotency import Answer, Request, begin, keep
from services.casebook.model import DeliveryState
from services.casebook.releases import Load, Shelf, ensure_first_release
from services.casebook.silence import call_counsellor
from services.casebook.tables import CaseRow, DeliveryRow, ErasureRow, FollowUpRow, Table
from tests.casebook.life import START, Life

MARK = "a-word-that-stands-nowhere-else"
DEBT = {"days_overdue": 12, "negotiation": "refused"}
NOT_ABOUT_PEOPLE = {
    *("release", "publication", "organisation_key", "heartbeat", "erasure", "alembic_version"),
    "opened_link",  # a hash that leads back to nothing
    *("account", "sign_in", "sign_in_attempt", "draft", "draft_revision", "audit", "rule_use"),  # who changes the rules
}


def fill_every_table(life: Life) -> None:
    """The person's mark stands wherever somebody's own words or address can stand."""
    life.open(DEBT, consent={"counsellor": MARK})
    life.tell("offer.refused", reason=MARK, note=MARK)
    with life.database.write() as session:
        case = session.get_one(CaseRow, life.case_id)
        channel = add_channel(session, case, NewChannel("email", {"address": MARK}, "Asia/Shanghai"), life.now)
        follow_up = session.scalars(select(FollowUpRow).where(FollowUpRow.case_id == case.id).limit(1)).one()
        session.add(
            DeliveryRow(
                id="d" * 32,
                follow_up_id=follow_up.id,
                channel_id=channel.id,
                state=DeliveryState.SENT,
                started_at=life.now,
            )
        )
        request = Request(f"case/{case.id}", "a-key", b"")
        begin(session, request, life.now)
        keep(session, request, Answer(201, b"{}"), case.id)
        call_counsellor(session, case, life.now)


def row_counts(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            str(table.name): session.scalar(select(func.count()).select_from(table)) or 0
            for table in Table.metadata.sorted_tables
        }


@pytest.fixture
def own(database: Database, shelf: Shelf, rule_files: dict[str, str], load: Load) -> Life:
    with database.write() as session:
        ensure_first_release(session, lambda: rule_files, START, load)
    return Life(database, shelf)


def erased(life: Life) -> Receipt:
    with life.database.write() as session:
        return erase(session, session.get_one(CaseRow, life.case_id), life.now)


def test_every_table_about_people_is_filled_and_then_empty(own: Life) -> None:
    before = row_counts(own.database)
    fill_every_table(own)
    filled = row_counts(own.database)
    people = set(filled) - NOT_ABOUT_PEOPLE
    assert {name for name in people if filled[name] > before[name]} == people
    receipt = erased(own)
    assert {name: count for name, count in row_counts(own.database).items() if name in people and count} == {}
    assert receipt.rows == {name: filled[name] for name in people}


def test_a_table_that_is_added_later_is_not_forgotten(database: Database) -> None:
    about_people = {str(table.name) for table in Table.metadata.sorted_tables} - NOT_ABOUT_PEOPLE
    known = set(inspect(database.engine).get_table_names()) - NOT_ABOUT_PEOPLE
    assert about_people == known


def test_the_receipt_stays_and_holds_only_numbers(own: Life) -> None:
    fill_every_table(own)
    receipt = erased(own)
    with own.database.read() as session:
        kept = session.get_one(ErasureRow, receipt.receipt)
    assert kept.rows == receipt.rows
    assert own.case_id not in str(vars(kept))


def test_other_cases_stay(own: Life) -> None:
    own.open(DEBT)
    other = own.case_id
    fill_every_table(own)
    erased(own)
    own.case_id = other
    assert own.rows()
    assert own.tell("offer.sent")


def test_the_export_holds_the_persons_own_words_and_no_key_to_the_case(own: Life) -> None:
    fill_every_table(own)
    with own.database.read() as session:
        case = session.get_one(CaseRow, own.case_id)
        everything = export(session, case)
    assert MARK in str(everything["event"])
    assert case.token_hash not in str(everything)
    assert case.retrieval_hash not in str(everything)
    assert set(everything) == {"case", *row_counts(own.database)} - NOT_ABOUT_PEOPLE


def test_nothing_is_left_in_the_files_of_sqlite(sqlite_url: str, shelf: Shelf, rule_files: dict[str, str]) -> None:
    database = open_database(sqlite_url)
    database.upgrade()
    with database.write() as session:
        ensure_first_release(session, lambda: rule_files, START, shelf.load)
    life = Life(database, shelf)
    fill_every_table(life)
    assert MARK.encode() in everything_in(sqlite_url)
    erased(life)
    database.scrub()
    assert MARK.encode() not in everything_in(sqlite_url)
    database.close()


def everything_in(url: str) -> bytes:
    file = Path(url.removeprefix("sqlite:///"))
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
