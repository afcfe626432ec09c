"""Half a year of some cases, with crashes all along; and the judge of it notices what it is there to notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from benchmarks.trial_calendar import DAYS, START, simulate
from benchmarks.trial_judge import Judge
from benchmarks.trial_people import People
from services.casebook.database import open_database
from services.casebook.model import CaseState, FollowUpState
from services.casebook.releases import Shelf, ensure_first_release
from services.casebook.settings import starter_rules
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from services.rulebook.load import read_folder

MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.mark.whole
def test_half_a_year_with_crashes_is_without_fault() -> None:
    verdict = simulate(6 * DAYS, processes=1)
    assert verdict.is_good, "\n".join(verdict.lines())
    assert verdict.counts["messages sent"] > 20
    assert verdict.counts["killed"] > 5


@pytest.fixture
def judge(sqlite_url: str) -> Iterator[Judge]:
    """One case in Shanghai, whose next message is on its way."""
    database = open_database(sqlite_url)
    database.upgrade()
    with database.write() as session:
        ensure_first_release(session, lambda: read_folder(starter_rules()), START)
    shelf = Shelf()
    People(database, shelf, Random(0)).arrive(1, START)
    with database.write() as session:
        row = session.scalars(select(FollowUpRow).where(FollowUpRow.rule_id.is_not(None))).first()
        assert row is not None
        row.delivery_id, row.state = "key-1", FollowUpState.SENDING
        session.get_one(CaseRow, row.case_id).time_zone = "Asia/Shanghai"
        session.scalars(select(ChannelRow)).one().time_zone = "Asia/Shanghai"
    yield Judge(database, shelf)
    shelf.close()
    database.close()


def test_a_message_by_day_with_its_reason_is_no_fault(judge: Judge) -> None:
    judge.receive("key-1", MORNING)
    assert not +judge.faults


def test_the_judge_notices_a_message_at_night(judge: Judge) -> None:
    judge.receive("key-1", MORNING + timedelta(hours=14))
    assert judge.faults["in quiet hours"] == 1


def test_the_judge_notices_a_message_after_its_reason(judge: Judge) -> None:
    with judge.database.write() as session:
        session.scalars(select(CaseRow)).one().state = CaseState.SETTLED
    judge.receive("key-1", MORNING)
    assert judge.faults["after their reason"] == 1


def test_the_judge_notices_two_messages_on_a_day(judge: Judge) -> None:
    judge.receive("key-1", MORNING)
    with judge.database.write() as session:
        rows = session.scalars(select(FollowUpRow).order_by(FollowUpRow.id)).all()
        rows[1].delivery_id = "key-2"
    judge.receive("key-2", MORNING + timedelta(hours=1))
    assert judge.conclude(MORNING, 1, {}).faults["over the cap of a day"] == 1


def test_the_judge_notices_what_never_came(judge: Judge) -> None:
    verdict = judge.conclude(MORNING + timedelta(days=365), 1, {})
    assert verdict.faults["lost"] > 0
    assert not verdict.is_good
