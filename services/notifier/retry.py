"""When to try again after a failure outside, and when to stop trying and tell the operator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_WISH = timedelta(days=1)
"""A provider that asks for more patience than this is asked again after this."""
GIVE_UP_AFTER = timedelta(days=7)
"""Longer than an outage over a holiday; after that a message is about a day long gone."""

Random = Callable[[], float]
"""Gives numbers from 0 up to, not including, 1."""


def next_try(
    attempts: int, first_due: datetime, now: datetime, wished: timedelta | None, random: Random
) -> datetime | None:
    """When to try for the next time after `attempts` failed ones, or None to give up.

    The pause doubles from a minute to six hours; up to half of it is taken off at random, so that those who failed
    together do not come back together. A provider's own wish (Retry-After) is the least we wait.
    """
    if now - first_due >= GIVE_UP_AFTER:
        return None
    pause = min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), LONGEST_PAUSE) * (1 - random() / 2)
    return now + max(pause, min(wished or timedelta(), LONGEST_WISH))
