"""A sweeper goes on through every outage, and says so once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from threading import Event
from typing import Any

import structlog
from redis import RedisError

from services.casebook.database import DatabaseUnavailableError
from services.notifier.sweep import sweep_until


@dataclass
class Sweeps:
    """What each sweep comes to; the last one stops the loop."""

    outcomes: list[int | Exception]
    stop: Event = field(default_factory=Event)

    def sweep(self) -> int:
        outcome = self.outcomes.pop(0)
        if not self.outcomes:
            self.stop.set()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def log_of(*outcomes: int | Exception) -> str:
    out, sweeps = StringIO(), Sweeps(list(outcomes))
    logger: Any = structlog.wrap_logger(
        structlog.WriteLogger(out), processors=[structlog.processors.KeyValueRenderer()]
    )
    sweep_until(sweeps.stop, sweeps, logger, pause=0.001)  # type: ignore[arg-type]
    return out.getvalue()


def test_an_outage_is_said_once_and_its_end_too() -> None:
    log = log_of(RedisError(), RedisError(), RedisError(), 0)
    assert log.count("sweep_waits") == 1
    assert log.count("sweep_goes_on") == 1


def test_a_database_that_is_away_is_another_outage() -> None:
    log = log_of(RedisError(), DatabaseUnavailableError("full", timedelta(seconds=1)), 3)
    assert log.count("sweep_waits") == 2
    assert "messages=3" in log


def test_a_quiet_sweeper_says_nothing() -> None:
    assert log_of(0, 0, 0) == ""
