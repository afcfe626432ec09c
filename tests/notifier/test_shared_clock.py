"""All processes go by one clock, and it cannot jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.casebook.database import open_database
from services.notifier.shared_clock import SET_EVERY, SharedClock

WRONG = datetime(2031, 1, 1, tzinfo=UTC)


class Running:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_on_postgresql_a_host_whose_clock_is_wrong_goes_by_the_clock_of_the_database(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    shared = SharedClock(database, host=lambda: WRONG)
    assert abs(shared() - datetime.now(UTC)) < timedelta(minutes=5)
    database.close()


def test_an_embedded_database_goes_by_the_clock_of_its_host(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    assert SharedClock(database, host=lambda: WRONG, running=Running())() == WRONG
    database.close()


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_between_two_settings_a_clock_that_jumps_is_not_noticed(sqlite_url: str, jump: timedelta) -> None:
    database, running, host = open_database(sqlite_url), Running(), [WRONG]
    shared = SharedClock(database, host=lambda: host[0], running=running)
    shared()
    host[0] += jump
    running.seconds += 10
    assert shared() == WRONG + timedelta(seconds=10)
    running.seconds += SET_EVERY
    assert shared() == WRONG + jump
    database.close()
