"""What is done although nobody speaks: time passes in cases, gaps are mended, what is old is erased."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import structlog
from sqlalchemy import delete, func, select

from services.casebook.cases import NewCase, open_case
from services.casebook.database import Database, open_database
from services.casebook.desk import Desk
from services.casebook.heartbeats import Beat, beat, last_beat
from services.casebook.releases import Shelf, ensure_first_release
from services.casebook.settings import starter_rules
from services.casebook.tables import CaseRow, EventRow, FollowUpRow
from services.notifier.chores import AFTER_A_FAULT, Chores
from services.notifier.diary import Diary
from services.notifier.job_queue import Chore
from services.rulebook.load import read_folder
from services.rulebook.situation import read_situation

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
"""Three in the morning in Shanghai."""
FACTS = {"product": "jiebei", "days_overdue": 12, "negotiation": "waiting", "days_waiting": 0, "safety_state": "ok"}


@dataclass
class House:
    """A casebook with the starter rulebook, the chores, and a clock."""

    database: Database
    shelf: Shelf
    now: datetime = NOON
    log: StringIO | None = None

    @property
    def chores(self) -> Chores:
        self.log = StringIO()
        logger = structlog.wrap_logger(
            structlog.WriteLogger(self.log), processors=[structlog.processors.JSONRenderer()]
        )
        return Chores(self.database, self.shelf, lambda: self.now, logger)

    def open(self) -> str:
        with self.database.write() as session:
            desk = Desk(session, self.shelf.in_force(session, self.now), self.now)
            situation = read_situation(desk.release.rulebook, dict(FACTS))
            return open_case(desk, NewCase(situation, "en", "Asia/Shanghai", 365, {})).case.id

    def events(self, case_id: str) -> list[str]:
        with self.database.read() as session:
            return list(session.scalars(select(EventRow.type).where(EventRow.case_id == case_id)))

    def count(self, table: type[FollowUpRow] | type[CaseRow]) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.close()


@pytest.fixture
def house(sqlite_url: str, shelf: Shelf) -> Iterator[House]:
    database = open_database(sqlite_url)
    database.upgrade()
    with database.write() as session:
        ensure_first_release(session, lambda: read_folder(starter_rules()), NOON)
    yield House(database, shelf)
    database.close()


def test_when_time_has_changed_the_advice_the_rules_run_again(house: House) -> None:
    case_id = house.open()
    house.now += timedelta(days=25)
    assert house.chores.look_after_cases() == 1
    assert "time.passed" in house.events(case_id) or "silence" in house.events(case_id)
    assert house.chores.look_after_cases() == 0


def test_a_case_that_fails_does_not_hold_up_the_others(house: House) -> None:
    broken, sound = house.open(), house.open()
    house.now += timedelta(days=25)
    with house.database.write() as session:
        session.get_one(CaseRow, broken).time_zone = "Nowhere/At_All"
    assert house.chores.look_after_cases() == 2
    assert len(house.events(sound)) > 1
    with house.database.read() as session:
        assert session.get_one(CaseRow, broken).next_look_at == house.now + AFTER_A_FAULT


def test_the_nightly_reconciliation_puts_in_what_is_missing_and_says_so(house: House) -> None:
    house.open()
    promised = house.count(FollowUpRow)
    with house.database.write() as session:
        session.execute(delete(FollowUpRow))
    chores = house.chores
    assert chores.reconcile() > 0
    assert house.count(FollowUpRow) == promised
    assert house.log is not None
    assert "messages_were_missing" in house.log.getvalue()


def test_a_reconciliation_that_finds_nothing_missing_changes_nothing(house: House) -> None:
    house.open()
    promised = house.count(FollowUpRow)
    assert house.chores.reconcile() == 0
    assert house.count(FollowUpRow) == promised


def test_cases_whose_time_to_be_kept_has_ended_are_erased(house: House) -> None:
    house.open()
    house.now += timedelta(days=366)
    assert house.chores.tidy() == 1
    assert (house.count(CaseRow), house.count(FollowUpRow)) == (0, 0)


def test_a_worker_that_is_told_to_stop_stops_between_two_cases(house: House) -> None:
    house.open()
    house.now += timedelta(days=25)
    stopping = Chores(house.database, house.shelf, lambda: house.now, house.chores.logger, lambda: True)
    assert stopping.look_after_cases() == 0


def due(house: House, diary: Diary) -> tuple[Chore, ...]:
    with house.database.read() as session:
        return diary.due(session, house.now)


def test_by_day_the_diary_holds_the_tidying_and_the_cases_whose_time_has_come(house: House) -> None:
    diary = Diary()
    assert due(house, diary) == (Chore.TIDY,)
    assert due(house, diary) == ()
    house.open()
    house.now += timedelta(days=40)
    assert due(house, diary) == (Chore.LOOK_AFTER_CASES, Chore.TIDY)


def test_at_night_the_diary_holds_one_reconciliation(house: House) -> None:
    diary, house.now = Diary(), NIGHT
    assert Chore.RECONCILE in due(house, diary)
    with house.database.write() as session:
        beat(session, Beat.RECONCILIATION, "reconciliation", house.now)
    assert Chore.RECONCILE not in due(house, diary)
    house.now += timedelta(days=1)
    assert Chore.RECONCILE in due(house, diary)


def test_the_reconciliation_leaves_a_sign(house: House) -> None:
    house.chores.reconcile()
    with house.database.read() as session:
        assert last_beat(session, Beat.RECONCILIATION) == NOON
