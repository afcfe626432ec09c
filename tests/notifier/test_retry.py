"""A failure outside is tried again, later and later, until it is shown to the operator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.retry import GIVE_UP_AFTER, next_try

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (7, 64), (9, 256), (10, 360), (30, 360), (10_000, 360)]
)
def test_the_pause_doubles_up_to_six_hours(attempts: int, minutes: int) -> None:
    assert next_try(attempts, NOW, NOW, None, lambda: 0.0) == NOW + timedelta(minutes=minutes)


def test_up_to_half_of_the_pause_is_left_to_chance() -> None:
    assert next_try(3, NOW, NOW, None, lambda: 0.5) == NOW + timedelta(minutes=3)


def test_a_provider_that_asks_for_patience_gets_it() -> None:
    assert next_try(1, NOW, NOW, timedelta(minutes=30), lambda: 0.0) == NOW + timedelta(minutes=30)


def test_a_provider_that_asks_for_a_year_is_asked_tomorrow() -> None:
    assert next_try(1, NOW, NOW, timedelta(days=365), lambda: 0.0) == NOW + timedelta(days=1)


def test_after_a_week_a_person_has_to_look() -> None:
    assert next_try(9, NOW, NOW + GIVE_UP_AFTER, None, lambda: 0.0) is None
