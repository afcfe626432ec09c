"""`python -m benchmarks.trial_calendar CASE_DAYS`: months of many cases on a simulated clock, with crashes all along.

People answer or fall silent, are refused, agree, miss a payment, get court papers, ask for rest, or stop. Workers and
sweepers are killed at any commit, Redis loses its data, jobs are delivered three times, providers fail. Whatever
reaches a person is judged by rules of its own (`trial_judge`), and the verdicts are printed: all must be 0.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from multiprocessing import get_context
from operator import add
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.trial_judge import Judge, Killed, Verdict
from benchmarks.trial_people import People
from services.casebook.case_facts import situation_on
from services.casebook.database import Database, open_database
from services.casebook.links import LinkSigner
from services.casebook.model import FollowUpState
from services.casebook.outbox import UNTIL_VERIFIED
from services.casebook.releases import Shelf, ensure_first_release
from services.casebook.settings import starter_rules
from services.casebook.tables import CaseRow, FollowUpRow
from services.notifier.chores import Chores
from services.notifier.claims import claim_due, expire_dispatched
from services.notifier.jobs import PostOffice
from services.notifier.logs import make_logger
from services.notifier.messages import Writer
from services.notifier.taking import Taker
from services.notifier.texts import read_texts
from services.rulebook.load import read_folder

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DAYS = 180
"""How long each case is followed."""
TICK = timedelta(minutes=15)
AFTERWARDS = timedelta(days=14)
"""At the end nobody is killed any more, so that what waits can come to its end."""
KILLED, FLUSHED, TRIPLED = 0.01, 0.01, 0.05
"""How likely a commit is to be the last of its process, a sweep to find Redis empty, and a job to come three times."""


@dataclass(frozen=True, slots=True)
class Mortal(Database):
    """A database whose users die at any commit: before it, and nothing was written; or after it, and nobody knows."""

    random: Random = field(default_factory=Random)

    @contextmanager
    def write(self) -> Iterator[Session]:
        with Database.write(self) as session:
            yield session
            if self.random.random() < KILLED:
                raise Killed
        if self.random.random() < KILLED:
            raise Killed


@dataclass(slots=True)
class Months:
    """The simulation: one clock, all cases, and the processes that die."""

    database: Database
    shelf: Shelf
    random: Random
    judge: Judge
    now: datetime = START
    is_deadly: bool = True
    happened: Counter[str] = field(default_factory=Counter)
    _tokens: int = 0

    def clock(self) -> datetime:
        return self.now

    def run(self, people: People, until: datetime) -> None:
        while self.now < until:
            self.now = min(max(self._next_moment(people, until), self.now + TICK), until)
            people.act(self.now)
            self._survive(self._chores().look_after_cases)
            self._survive(self._sweep)

    def _sweep(self) -> None:
        """One sweep with all its jobs; whoever dies leaves the rest to the next one."""
        mortal = self._mortal()
        if self.is_deadly and self.random.random() < FLUSHED:
            self.happened["redis lost its data"] += 1
            with self.database.write() as session:
                expire_dispatched(session, self.now)
        with mortal.write() as session:
            claims = claim_due(session, self.now, 2_000, self._new_token)
        for claim in claims:
            for _ in range(3 if self.is_deadly and self.random.random() < TRIPLED else 1):
                self._survive(lambda claim=claim: self._office(mortal).deliver(claim.follow_up_ids, claim.token))

    def _survive(self, work: Any) -> None:
        try:
            work()
        except Killed:
            self.happened["killed"] += 1

    def _office(self, database: Database) -> PostOffice:
        channels = {"webhook": self.judge.channel(self)}
        taker = Taker(WRITER, channels, self.shelf.in_force, situation_on, lambda _: "000000")
        return PostOffice(database, taker, channels, self.clock, LOGGER, self.random.random)

    def _chores(self) -> Chores:
        return Chores(self._mortal(), self.shelf, self.clock, LOGGER)

    def _mortal(self) -> Database:
        return Mortal(self.database.engine, random=self.random) if self.is_deadly else self.database

    def _new_token(self) -> str:
        self._tokens += 1
        return f"token-{self._tokens}"

    def _next_moment(self, people: People, until: datetime) -> datetime:
        """When anything is due next: a message, a lease, a look at a case, or somebody who acts."""
        under_way = (FollowUpState.DISPATCHED, FollowUpState.SENDING)
        queries = (
            select(func.min(FollowUpRow.next_try_at)).where(
                FollowUpRow.state == FollowUpState.SCHEDULED, FollowUpRow.next_try_at < UNTIL_VERIFIED
            ),
            select(func.min(FollowUpRow.lease_until)).where(FollowUpRow.state.in_(under_way)),
            select(func.min(CaseRow.next_look_at)),
        )
        with self.database.read() as session:
            moments = [moment for query in queries if (moment := session.scalar(query)) is not None]
        return min([*moments, people.next_at or until, until])


WRITER = Writer(read_texts(), LinkSigner("x" * 32, "https://ashore.example.org"))
LOGGER = make_logger("error", "plain")


def simulate(case_days: int, processes: int | None = None) -> Verdict:
    """Spread over the cores: each has cases, a database and chances of its own."""
    parts = min(processes or os.cpu_count() or 1, max(1, case_days // DAYS))
    if parts == 1:
        return simulate_part(case_days, 1)
    with ProcessPoolExecutor(parts, mp_context=get_context("spawn")) as pool:
        verdicts = pool.map(simulate_part, [case_days // parts] * parts, range(1, parts + 1))
        return reduce(add, verdicts)


def simulate_part(case_days: int, seed: int) -> Verdict:
    count = max(1, case_days // DAYS)
    with tempfile.TemporaryDirectory(prefix="ashore-months-", dir=_fast_folder()) as name:
        database = open_database(f"sqlite:///{Path(name) / 'months.db'}")
        database.upgrade()
        with database.write() as session:
            ensure_first_release(session, lambda: read_folder(starter_rules()), START)
        verdict = _live_through(database, count, seed)
        database.close()
    return verdict


def _live_through(database: Database, count: int, seed: int) -> Verdict:
    shelf = Shelf()
    judge, people = Judge(database, shelf), People(database, shelf, Random(seed + 1_000))
    months = Months(database, shelf, Random(seed), judge)
    judge.people = people
    people.arrive(count, START)
    months.run(people, START + timedelta(days=DAYS))
    months.is_deadly, people.are_awake = False, False
    months.run(people, months.now + AFTERWARDS)
    shelf.close()
    return judge.conclude(months.now, count * DAYS, months.happened)


def _fast_folder() -> str | None:
    """In memory: it is the logic that is tried here, and a power cut is not part of it."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def main() -> int:
    case_days = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    started = time.monotonic()
    verdict = simulate(case_days)
    print(*verdict.lines(), sep="\n")
    print(f"simulated in                     {time.monotonic() - started:8.1f} s")
    return 0 if verdict.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
