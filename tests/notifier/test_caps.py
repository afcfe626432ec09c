"""Nobody gets more messages in a day or a week than they agreed to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.caps import Caps

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def days_ago(*days: int) -> list[datetime]:
    return [NOON - timedelta(days=day) for day in days]


@pytest.mark.parametrize(
    ("sent", "free"),
    [
        ([], date(2026, 11, 24)),
        (days_ago(0), date(2026, 11, 25)),
        (days_ago(1), date(2026, 11, 24)),
        (days_ago(1, 3), date(2026, 11, 28)),
        (days_ago(6, 5), date(2026, 11, 25)),
        (days_ago(7, 5), date(2026, 11, 24)),
        (days_ago(0, 6), date(2026, 11, 25)),
    ],
)
def test_the_first_free_day(sent: list[datetime], free: date) -> None:
    assert Caps().next_free_day(sent, NOON, ZONE) == free


def test_messages_can_be_kept_apart() -> None:
    assert Caps(days_apart=2).next_free_day(days_ago(1), NOON, ZONE) == date(2026, 11, 25)
    assert Caps(days_apart=2).next_free_day(days_ago(2), NOON, ZONE) == date(2026, 11, 24)


def test_a_day_is_the_persons_own_day() -> None:
    late_yesterday_there = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    early_today_there = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    assert Caps().next_free_day([late_yesterday_there], early_today_there, ZONE) == date(2026, 11, 24)


@given(st.lists(st.integers(0, 400), max_size=60), st.integers(1, 3), st.integers(1, 5))
def test_no_day_and_no_week_ever_holds_more(waits: list[int], per_day: int, per_week: int) -> None:
    caps, sent, now = Caps(per_day, per_week), [], NOON
    for wait in waits:
        now += timedelta(hours=wait % 30)
        if caps.next_free_day(sent, now, ZONE) == now.astimezone(ZONE).date():
            sent.append(now)
    days = [moment.astimezone(ZONE).date() for moment in sent]
    assert all(days.count(day) <= per_day for day in days)
    assert all(sum(day - timedelta(days=7) < other <= day for other in days) <= per_week for day in days)
