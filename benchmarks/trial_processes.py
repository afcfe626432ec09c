"""The processes of the trial: a worker and a sweeper as they are in service, and a worker of bare RQ beside them.

They differ from those in service in one thing: the way out of the message is a line in a file, so that every message
that reaches the "provider" is counted, whoever is killed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from services.casebook.database import open_database
from services.casebook.releases import Shelf
from services.casebook.settings import read_settings
from services.notifier import sweep, worker
from services.notifier.assembly import make_post_office
from services.notifier.channels.letter import Letter, OnDoubt
from services.notifier.chores import Chores
from services.notifier.job_queue import connect
from services.notifier.jobs import start_work
from services.notifier.logs import make_logger

LEASE = timedelta(seconds=10)
"""Shorter than in service, where it is longer than the slowest channel; a line in a file takes no time."""
BARE = "bare"
PROVIDER, READY = "TRIAL_PROVIDER", "TRIAL_READY"


@dataclass(frozen=True, slots=True)
class FileProvider:
    """Accepts a message by writing its key into a file; one write is one line, whatever happens to the writer."""

    file: int
    on_doubt: OnDoubt = OnDoubt.RESEND

    @classmethod
    def open(cls) -> FileProvider:
        return cls(os.open(Path(os.environ[PROVIDER]), os.O_WRONLY | os.O_APPEND | os.O_CREAT))

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:  # noqa: ARG002
        os.write(self.file, f"{letter.key}\n".encode())
        return "written"


def run_worker() -> None:
    settings, stop = read_settings(), worker.StopFlag()
    logger = make_logger("error", "plain")
    database = open_database(settings.database_url, patience=timedelta(seconds=30))
    office = make_post_office(settings, database, logger, stop, LEASE)
    channels = {"webhook": FileProvider.open()}
    office = replace(office, channels=channels, taker=replace(office.taker, channels=channels))
    start_work(office, Chores(database, Shelf(), office.clock, logger, stop))
    say_ready()
    worker.work_until(stop, connect(settings.redis_url or ""), logger)


def say_ready() -> None:
    """From now on it may be killed: a process that has not begun yet has nothing in its hands."""
    with Path(os.environ[READY]).open("a") as ready:
        ready.write(f"{os.getpid()}\n")


def run_sweeper() -> None:
    say_ready()
    sweep.run(replace(read_settings(), log_level="error"), sweep.Event(), LEASE)


_file: list[FileProvider] = []


def bare_job(key: str) -> None:
    """What bare RQ does for one message: the same line in the same kind of file, and nothing else."""
    os.write(_file[0].file, f"{key}\n".encode())


def run_bare_worker() -> None:
    _file.append(FileProvider.open())
    connection = Redis.from_url(os.environ["REDIS_URL"])
    SimpleWorker([BARE], connection=connection, serializer=JSONSerializer).work(logging_level="CRITICAL")


ROLES = {"worker": run_worker, "sweeper": run_sweeper, BARE: run_bare_worker}
