"""A worker and a sweeper that kill themselves by -9 at a chosen point; up to that point they are as in service."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from services.casebook.database import Database, open_database
from services.casebook.releases import Shelf
from services.casebook.settings import read_settings
from services.notifier.assembly import make_post_office
from services.notifier.channels.letter import Channel, Letter, OnDoubt
from services.notifier.chores import Chores
from services.notifier.job_queue import JobQueue, connect
from services.notifier.jobs import start_work
from services.notifier.logs import make_logger
from services.notifier.shared_clock import SharedClock
from services.notifier.sweep import Sweeper
from services.notifier.worker import StopFlag, work_until
from tests.whole.notifier_roles import LEASE

POINTS = ("after the claim", "before the take", "after the take", "after the send", "after the mark")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class DyingDatabase(Database):
    """Kills its user before its first unit of work, or after the one that marks what was sent."""

    point: str = ""

    @contextmanager
    def write(self) -> Iterator[Session]:
        if self.point == "before the take":
            die()
        with Database.write(self) as session:
            yield session
        if self.point == "after the mark" and SENT:
            die()


SENT: list[str] = []


@dataclass(frozen=True, slots=True)
class DyingChannel:
    """Kills its user before or after it hands a letter over."""

    inner: Channel
    point: str
    on_doubt: OnDoubt = OnDoubt.RESEND

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:
        if self.point == "after the take":
            die()
        code = self.inner.send(letter, address)
        SENT.append(letter.key)
        if self.point == "after the send":
            die()
        return code


class DyingQueue(JobQueue):
    """Kills the sweeper when its claim has been committed, before anything is in the queue."""

    def put(self, claims: Any) -> None:
        if claims:
            die()


def run_sweeper() -> None:
    settings = read_settings()
    database = open_database(settings.database_url)
    queue = DyingQueue(connect(settings.redis_url or ""))
    sweeper = Sweeper(database, queue, SharedClock(database), "dying", lease=LEASE)
    while True:
        sweeper.sweep()


def run_worker(point: str) -> None:
    settings, stop = read_settings(), StopFlag()
    logger = make_logger("error", "plain")
    database = open_database(settings.database_url)
    office = make_post_office(settings, database, logger, stop, LEASE)
    channels = {kind: DyingChannel(channel, point) for kind, channel in office.channels.items()}
    dying = DyingDatabase(database.engine, point=point)
    office = replace(office, database=dying, channels=channels, taker=replace(office.taker, channels=channels))
    start_work(office, Chores(database, Shelf(), office.clock, logger, stop))
    work_until(stop, connect(settings.redis_url or ""), logger)


if __name__ == "__main__":
    if sys.argv[1] == "after the claim":
        run_sweeper()
    else:
        run_worker(sys.argv[1])
