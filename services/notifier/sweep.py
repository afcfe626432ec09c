"""`python -m services.notifier.sweep`: moves due messages into the queue, four times a second; run any number."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from redis import RedisError
from sqlalchemy.orm import Session
from structlog.typing import FilteringBoundLogger

from services.casebook.clock import Clock
from services.casebook.database import Database, DatabaseUnavailableError, open_database
from services.casebook.heartbeats import Beat, beat
from services.casebook.settings import Settings, SettingsError, read_settings
from services.notifier.claims import LEASE, RENEW_AFTER, Claim, claim_due, expire_dispatched, give_back, has_work, renew
from services.notifier.diary import Diary
from services.notifier.epoch import is_new_epoch
from services.notifier.job_queue import HIGH_WATER, JobQueue, connect
from services.notifier.logs import make_logger
from services.notifier.shared_clock import SharedClock

PAUSE = 0.25
"""Seconds between two sweeps."""
BEAT_EVERY = timedelta(seconds=5)


@dataclass(slots=True)
class Sweeper:
    """One sweeper. `name` tells its sign of life from those of the others."""

    database: Database
    queue: JobQueue
    clock: Clock
    name: str
    new_token: Callable[[], str] = secrets.token_hex
    diary: Diary = field(default_factory=Diary)
    high_water: int = HIGH_WATER
    lease: timedelta = LEASE
    _last: dict[str, datetime] = field(default_factory=dict)

    def sweep(self) -> int:
        """One round; gives how many messages it moved. After RedisError or DatabaseUnavailableError nothing is lost."""
        epoch = self.queue.epoch()
        waiting = self.queue.waiting_tokens()
        room = self.queue.room(len(waiting), self.high_water)
        if not self._has_anything_to_write(epoch, room):
            return 0
        with self.database.write() as session:
            claims = self._claim(session, epoch, waiting, room)
        self._put(claims)
        self._put_chores(waiting)
        return sum(len(claim.follow_up_ids) for claim in claims)

    def _put_chores(self, waiting: tuple[str, ...]) -> None:
        """Chores wait in the queue once at most, and may be done twice: they find nothing left to do then."""
        now = self.clock()
        with self.database.read() as session:
            due = self.diary.due(session, now)
        for chore in due:
            if chore not in waiting:
                self.queue.put_chore(chore)

    def _has_anything_to_write(self, epoch: str, room: int) -> bool:
        now = self.clock()
        if self._is_time(BEAT_EVERY, "beat", now):
            return True
        with self.database.read() as session:
            return (room > 0 and has_work(session, now)) or is_new_epoch(session, epoch)

    def _claim(self, session: Session, epoch: str, waiting: tuple[str, ...], room: int) -> tuple[Claim, ...]:
        now = self.clock()
        if is_new_epoch(session, epoch):
            expire_dispatched(session, now)
            beat(session, Beat.EPOCH, Beat.EPOCH.value, now, {"epoch": epoch})
        elif self._is_time(self.lease * RENEW_AFTER, "renew", now):
            renew(session, waiting, now, self.lease)
            self._last["renew"] = now
        if self._is_time(BEAT_EVERY, "beat", now):
            beat(session, Beat.SWEEPER, self.name, now, {"waiting": len(waiting)})
            self._last["beat"] = now
        return claim_due(session, now, room, self.new_token, self.lease)

    def _put(self, claims: tuple[Claim, ...]) -> None:
        """If Redis does not take them they are due again at once, not only when their lease has run out."""
        try:
            self.queue.put(claims)
        except RedisError:
            with self.database.write() as session:
                give_back(session, [claim.token for claim in claims])
            raise

    def _is_time(self, every: timedelta, what: str, now: datetime) -> bool:
        last = self._last.get(what)
        return last is None or abs(now - last) >= every


def sweep_until(stop: Event, sweeper: Sweeper, logger: FilteringBoundLogger, pause: float = PAUSE) -> None:
    """Sweep until told to stop. While Redis or the database is away it keeps trying, and says so once."""
    trouble = ""
    while not stop.is_set():
        try:
            moved = sweeper.sweep()
        except (RedisError, DatabaseUnavailableError) as error:
            if trouble != type(error).__name__:
                trouble = type(error).__name__
                logger.warning("sweep_waits", because=trouble)
            stop.wait(pause * 4)
            continue
        if trouble:
            logger.info("sweep_goes_on", after=trouble)
            trouble = ""
        if moved:
            logger.debug("swept", messages=moved)
        stop.wait(0 if moved else pause)


def run(settings: Settings, stop: Event, lease: timedelta = LEASE) -> int:
    logger = make_logger(settings.log_level, settings.log_format)
    if settings.redis_url is None:
        logger.error("no_redis", mend="Set REDIS_URL, or start everything with `make run`, which brings a Redis.")
        return 2
    database = open_database(settings.database_url)
    name = f"sweeper:{socket.gethostname()}:{os.getpid()}"
    sweeper = Sweeper(
        database,
        JobQueue(connect(settings.redis_url)),
        SharedClock(database),
        name,
        diary=Diary(settings.time_zone),
        lease=lease,
    )
    logger.info("sweeper_started", name=name)
    sweep_until(stop, sweeper, logger)
    database.close()
    logger.info("sweeper_stopped", name=name)
    return 0


def main(lease: timedelta = LEASE) -> int:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        return run(read_settings(), stop, lease)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
