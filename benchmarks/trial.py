"""`python -m benchmarks.trial N [CASE_DAYS]`: drains N due messages while workers, sweepers and Redis are killed.

A worker dies every 2 s, a sweeper every 7 s, and a Redis that keeps nothing every 17 s, all by kill -9. It prints how
many messages were lost (must be 0), how many reached the provider twice (each time with the same key), the rate, and
the rate of bare RQ on the same machine in the same run. SQLite by default; PostgreSQL with DATABASE_URL set to an
empty database. Then it runs CASE_DAYS (10 x N) on a simulated clock, see `trial_calendar`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy import select

from benchmarks.trial_calendar import simulate
from benchmarks.trial_fleet import Fleet, Victim
from benchmarks.trial_processes import BARE, PROVIDER
from services.casebook.database import Database, open_database
from services.casebook.model import FollowUpState
from services.casebook.tables import FollowUpRow
from tests.whole.due_messages import add_due_messages

WORKERS, SWEEPERS = max(2, os.cpu_count() or 1), 2
"""A worker for each core, of either kind."""
KILLS = {"worker": 2.0, "sweeper": 7.0, "redis": 17.0}
"""Seconds between two kills of each kind."""
SAMPLE = 3_000
"""Messages for the undisturbed rates."""


@dataclass(slots=True)
class Result:
    """What a drain came to."""

    messages: int
    seconds: float
    most_after: float
    """Seconds until 99 of 100 were sent; the rest waits for leases of killed workers to run out."""
    lost: int
    repeats: int
    foreign_keys: int
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Messages a second, until 99 of 100 were sent."""
        return 0.99 * self.messages / self.most_after

    @property
    def is_good(self) -> bool:
        return self.lost == 0 and self.foreign_keys == 0


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    case_days = int(sys.argv[2]) if len(sys.argv) > 2 else 10 * count
    with tempfile.TemporaryDirectory(prefix="ashore-trial-") as name, ExitStack() as stack:
        folder = Path(name)
        database = stack.enter_context(trial_database(folder))
        fleet = stack.enter_context(Fleet.in_folder(folder))
        bare = bare_rate(fleet, folder, min(count, SAMPLE))
        print(f"bare RQ, undisturbed             {bare:8.1f} messages/s", flush=True)
        calm = drain(database, fleet, folder, min(count, SAMPLE), kills={})
        print(
            f"ours, undisturbed                {calm.rate:8.1f} messages/s, {calm.rate / bare:.2f} x bare RQ",
            flush=True,
        )
        result = drain(database, fleet, folder, count, KILLS)
    report(result, bare)
    print(flush=True)
    verdict = simulate(case_days)
    print(*verdict.lines(), sep="\n")
    return 0 if result.is_good and calm.is_good and verdict.is_good else 1


def report(result: Result, bare: float) -> None:
    kills = ", ".join(f"{result.kills[kind]} x {kind}" for kind in KILLS)
    print(f"ours, with kill -9               {result.rate:8.1f} messages/s, {result.rate / bare:.2f} x bare RQ")
    print(f"killed                           {kills}")
    print(f"messages                         {result.messages:8d} in {result.seconds:.1f} s")
    print(f"lost                             {result.lost:8d}")
    print(f"repeats at the provider          {result.repeats:8d}")
    print(f"repeats with another key         {result.foreign_keys:8d}")


@contextmanager
def trial_database(folder: Path) -> Iterator[Database]:
    url = os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'trial.db'}")
    os.environ |= {"ASHORE_DATA": str(folder), PROVIDER: str(folder / "provider")}
    database = open_database(url.replace("postgresql://", "postgresql+psycopg://"))
    database.upgrade()
    try:
        yield database
    finally:
        database.close()


def bare_rate(fleet: Fleet, folder: Path, count: int) -> float:
    """What RQ does by itself, with as many workers and the same provider: nothing is remembered, nothing looked at."""
    provider = fresh_provider(folder)
    with fleet.running({"redis": 1, BARE: WORKERS}):
        connection = Redis.from_url(fleet.redis_url)
        queue = Queue(BARE, connection=connection, serializer=JSONSerializer)
        wait_until(lambda: Worker.count(connection=connection) == WORKERS, fleet)
        job = "benchmarks.trial_processes.bare_job"
        started = time.monotonic()
        for first in range(0, count, 500):
            keys = range(first, min(first + 500, count))
            queue.enqueue_many([Queue.prepare_data(job, args=[str(key)], result_ttl=0) for key in keys])
        wait_until(lambda: lines_in(provider) >= count, fleet)
        return count / (time.monotonic() - started)


def drain(database: Database, fleet: Fleet, folder: Path, count: int, kills: dict[str, float]) -> Result:
    provider = fresh_provider(folder)
    add_due_messages(database, count)
    with fleet.running({"redis": 1, "worker": WORKERS, "sweeper": SWEEPERS}):
        wait_until(lambda: lines_in(provider) > 0, fleet)
        started = time.monotonic()
        most_after = 0.0
        victims = [Victim(kind, every, started) for kind, every in kills.items()]
        while is_waiting(database):
            time.sleep(0.1)
            if not most_after and lines_in(provider) >= 0.99 * count:
                most_after = time.monotonic() - started
            fleet.check()
            for victim in victims:
                if victim.is_next(time.monotonic()):
                    victim.killed += fleet.kill_one(victim.kind)
        seconds = time.monotonic() - started
        killed = Counter({victim.kind: victim.killed for victim in victims})
    result = count_up(database, provider, count)
    return replace(result, seconds=seconds, most_after=most_after or seconds, kills=killed)


def count_up(database: Database, provider: Path, count: int) -> Result:
    """Compare what the provider got with what was promised: key by key."""
    arrived = Counter(provider.read_text().split())
    with database.read() as session:
        promised = set(session.scalars(select(FollowUpRow.delivery_id)))
    keys = set(arrived)
    return Result(
        messages=count,
        seconds=0.0,
        most_after=0.0,
        lost=count - len(keys & promised),
        repeats=arrived.total() - len(keys),
        foreign_keys=len(keys - promised),
    )


def is_waiting(database: Database) -> bool:
    """Whether any message has not come to an end yet."""
    under_way = (FollowUpState.SCHEDULED, FollowUpState.DISPATCHED, FollowUpState.SENDING)
    with database.read() as session:
        return any(
            session.scalar(select(FollowUpRow.id).where(FollowUpRow.state == state).limit(1)) for state in under_way
        )


def fresh_provider(folder: Path) -> Path:
    provider = folder / "provider"
    provider.write_text("")
    return provider


def lines_in(provider: Path) -> int:
    return provider.read_bytes().count(b"\n")


def wait_until(happened: Callable[[], bool], fleet: Fleet) -> None:
    while not happened():
        fleet.check()
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
