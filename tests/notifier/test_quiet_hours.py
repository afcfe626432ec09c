"""Nobody is written to outside the hours of their own day."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.quiet_hours import Window

SHANGHAI = Window(ZoneInfo("Asia/Shanghai"))


def shanghai(day: int, clock: str) -> datetime:
    return datetime.combine(datetime(2026, 11, day), time.fromisoformat(clock), ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("08:59:59.999999", (24, "09:00")),
        ("09:00", (24, "09:00")),
        ("20:29:59.999999", (24, "20:29:59.999999")),
        ("20:30", (25, "09:00")),
        ("23:59", (25, "09:00")),
        ("00:00", (24, "09:00")),
    ],
)
def test_the_window_opens_at_nine_and_closes_at_half_past_eight(asked: str, opens: tuple[int, str]) -> None:
    assert SHANGHAI.next_opening(shanghai(24, asked)) == shanghai(*opens)


def test_the_same_moment_is_day_for_one_person_and_night_for_another() -> None:
    moment = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert SHANGHAI.is_open(moment)
    assert not Window(ZoneInfo("Europe/Berlin")).is_open(moment)


def test_a_person_can_choose_narrower_hours() -> None:
    window = Window.read("18:00", "19:00", "Asia/Shanghai")
    assert window.next_opening(shanghai(24, "12:00")) == shanghai(24, "18:00")


def test_hours_that_are_never_open_do_not_swallow_messages() -> None:
    assert Window.read("20:00", "09:00", "Asia/Shanghai") == SHANGHAI


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_the_next_opening_is_open_and_never_in_the_past(moment: datetime, zone: str) -> None:
    window = Window(ZoneInfo(zone))
    opening = window.next_opening(moment)
    assert opening >= moment
    assert window.is_open(opening)
