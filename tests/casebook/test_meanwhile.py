"""What a rollback has to answer for: everything that was advised since the release was last in force."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.casebook.authors import operator
from services.casebook.database import Database
from services.casebook.meanwhile import advised_meanwhile
from services.casebook.releases import NoReleaseError, Shelf, add_release, ensure_first_release, publish, withdraw
from services.rulebook.load import load_rulebook
from tests.casebook.life import START, Life
from tests.rulebook.small_rulebook import changed, small_files

US = operator("us")
FILE, TITLES = "topics/pay.yaml", ("Pay today", "Pay now", "Pay later")
HOUR = timedelta(hours=1)
FACTS = {"days_overdue": 12}


@pytest.fixture
def life(database: Database) -> Life:
    """An installation with the small rulebook as release 1, and 2 and 3 in stock."""
    with database.write() as session:
        ensure_first_release(session, small_files, START)
        for title in TITLES[1:]:
            add_release(session, changed(FILE, TITLES[0], title), US, title, START)
    return Life(database, Shelf(3))


def put_in_force(life: Life, number: int, at: datetime | None = None) -> None:
    life.now += HOUR
    with life.database.write() as session:
        publish(session, fingerprint(number), US, "why not", life.now, at)
    life.now += HOUR


def fingerprint(number: int) -> str:
    return load_rulebook(changed(FILE, TITLES[0], TITLES[number - 1])).fingerprint


def meanwhile(life: Life, number: int) -> list[tuple[int, int, int]]:
    """Release number, decisions, cases."""
    numbers = {fingerprint(one): one for one in (1, 2, 3)}
    with life.database.read() as session:
        found = advised_meanwhile(session, number, life.now)
    return [(numbers[one.release], one.decisions, one.cases) for one in found]


def test_decisions_of_the_releases_in_between_are_counted_one_by_one(life: Life) -> None:
    life.open(FACTS)
    put_in_force(life, 2)
    life.open(FACTS)
    life.open(FACTS)
    put_in_force(life, 3)
    life.open(FACTS)
    assert meanwhile(life, 1) == [(3, 1, 1), (2, 2, 2)]
    assert meanwhile(life, 2) == [(3, 1, 1)]


def test_only_what_came_after_the_release_was_last_in_force_counts(life: Life) -> None:
    put_in_force(life, 2)
    life.open(FACTS)
    put_in_force(life, 1)
    put_in_force(life, 2)
    life.open(FACTS)
    assert meanwhile(life, 1) == [(2, 1, 1)]


def test_a_case_that_was_decided_anew_since_is_no_longer_one_of_its_cases(life: Life) -> None:
    put_in_force(life, 2)
    life.open(FACTS)
    put_in_force(life, 3)
    life.tell("facts.corrected", facts={"days_overdue": 40})
    assert meanwhile(life, 1)[1] == (2, 1, 0)


def test_the_release_in_force_has_nothing_to_answer_for(life: Life) -> None:
    life.open(FACTS)
    assert meanwhile(life, 1) == []


def test_one_that_was_never_in_force_has_no_meanwhile(life: Life) -> None:
    put_in_force(life, 2)
    assert meanwhile(life, 3) == []


def test_planned_and_withdrawn_publications_advised_nobody(life: Life) -> None:
    put_in_force(life, 2, at=life.now + 48 * HOUR)
    with life.database.write() as session:
        planned = publish(session, fingerprint(3), US, "a slip", life.now, life.now + 24 * HOUR)
        withdraw(session, planned, US, "a slip", life.now)
    assert meanwhile(life, 1) == []
    life.now += 49 * HOUR
    life.open(FACTS)
    assert meanwhile(life, 1) == [(2, 1, 1)]


def test_a_release_that_does_not_exist_has_no_meanwhile_either(life: Life) -> None:
    with life.database.read() as session, pytest.raises(NoReleaseError):
        advised_meanwhile(session, 99, life.now)
