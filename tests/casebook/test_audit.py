"""The audit: every act is recorded, and no entry can be changed, dropped or slipped past it unseen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from services.casebook.audit import AuditReport, record, verify
from services.casebook.authors import operator
from services.casebook.database import Database
from services.casebook.releases import Load, ensure_first_release, publish
from services.casebook.rule_tables import AuditRow
from services.casebook.tables import PublicationRow, ReleaseRow
from tests.casebook.life import LAWYER, START


@pytest.fixture
def audited(database: Database, rule_files: Mapping[str, str], load: Load) -> Database:
    """A first release, a second publication of it, and two more acts."""
    with database.write() as session:
        fingerprint = ensure_first_release(session, lambda: rule_files, START, load)
        publish(session, fingerprint, LAWYER, "once more", START + timedelta(days=1))
        for day in (2, 3):
            record(
                session, operator("me"), "account.added", f"account:{day}", {"name": "x"}, START + timedelta(days=day)
            )
    return database


def report_of(database: Database, head: str = "") -> AuditReport:
    with database.read() as session:
        return verify(session, head)


def test_what_was_recorded_and_left_alone_has_no_faults(audited: Database) -> None:
    report = report_of(audited)
    assert (report.entries, report.faults) == (5, ())


def test_every_entry_says_who_did_what_when(audited: Database) -> None:
    with audited.read() as session:
        row = session.get_one(AuditRow, 3)
    assert (row.author, row.author_name, row.what, row.at) == (
        "account:1", "a lawyer", "release.published", START + timedelta(days=1)
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"author": "account:9"}, {"author_name": "somebody else"}, {"what": "account.changed"}, {"about": "account:9"},
        {"detail": {}}, {"at": START}, {"hash": "f" * 64}, {"hash_before": "f" * 64},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_an_entry_that_was_changed_is_named(audited: Database, change: dict[str, object]) -> None:
    with audited.write() as session:
        session.execute(update(AuditRow).where(AuditRow.number == 4).values(change))
    assert any("entry 4" in fault or "entry 5" in fault for fault in report_of(audited).faults)


def test_an_entry_taken_out_of_the_middle_is_missed(audited: Database) -> None:
    with audited.write() as session:
        session.execute(delete(AuditRow).where(AuditRow.number == 4))
    assert report_of(audited).faults == ("between 3 and 5 an entry is missing",)


def test_entries_cut_off_at_the_end_are_missed_by_who_noted_the_head(audited: Database) -> None:
    head = report_of(audited).head
    with audited.write() as session:
        session.execute(delete(AuditRow).where(AuditRow.number == 5))
    assert report_of(audited).faults == ()
    assert len(report_of(audited, head).faults) == 1


def test_a_release_whose_files_were_changed_is_named(audited: Database) -> None:
    with audited.write() as session:
        row = session.query(ReleaseRow).one()
        row.files = {**row.files, "topics/pay.yaml": "topic: pay\n"}
    assert report_of(audited).faults == ("the files of release 1 were changed",)


@pytest.mark.parametrize(
    "change", [{"withdrawn_at": START}, {"begins_at": START}, {"id": 9}], ids=lambda change: next(iter(change))
)
def test_a_publication_that_was_changed_is_named(audited: Database, change: dict[str, object]) -> None:
    with audited.write() as session:
        session.execute(update(PublicationRow).where(PublicationRow.id == 2).values(change))
    assert "publication 2 is not what was recorded" in report_of(audited).faults


def test_a_publication_that_nobody_recorded_is_named(audited: Database) -> None:
    with audited.write() as session:
        first = session.get_one(PublicationRow, 1)
        session.add(PublicationRow(release=first.release, published_at=START, published_by="nobody", why="-"))
    assert report_of(audited).faults == ("publication 3 is not what was recorded",)


def test_a_database_older_than_the_audit_is_taken_in_as_it_was_found(
    audited: Database, rule_files: Mapping[str, str], load: Load
) -> None:
    with audited.write() as session:
        session.execute(delete(AuditRow))
    assert report_of(audited).faults
    with audited.write() as session:
        ensure_first_release(session, lambda: rule_files, START, load)
    report = report_of(audited)
    assert (report.entries, report.faults) == (1, ())
