"""`python -m services.notifier.health worker|sweeper`: exit code 0 while the one on this host is at work."""

from __future__ import annotations

import socket
import sys
from datetime import datetime, timedelta

from redis import Redis, RedisError
from rq import Worker
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.casebook.clock import utc_now
from services.casebook.database import DatabaseUnavailableError, open_database
from services.casebook.heartbeats import Beat
from services.casebook.settings import Settings, SettingsError, read_settings
from services.casebook.tables import HeartbeatRow
from services.notifier.job_queue import connect

SILENT_TOO_LONG = timedelta(seconds=60)
"""A sweeper leaves a sign every few seconds, also when there is nothing to do."""


def sweeper_is_at_work(session: Session, host: str, now: datetime) -> bool:
    """Whether a sweeper of this host has left a sign lately."""
    of_this_host = HeartbeatRow.name.startswith(f"sweeper:{host}:", autoescape=True)
    last = session.scalar(select(func.max(HeartbeatRow.at)).where(HeartbeatRow.kind == Beat.SWEEPER, of_this_host))
    return last is not None and now - last <= SILENT_TOO_LONG


def worker_is_at_work(connection: Redis, host: str) -> bool:
    """Whether a worker of this host is registered; RQ lets a worker that is silent for seven minutes expire."""
    return any(worker.hostname == host for worker in Worker.all(connection=connection))


def is_at_work(kind: str, settings: Settings, host: str) -> bool:
    if kind == "worker":
        return settings.redis_url is not None and worker_is_at_work(connect(settings.redis_url), host)
    database = open_database(settings.database_url)
    with database.read() as session:
        found = sweeper_is_at_work(session, host, utc_now())
    database.close()
    return found


def main(kind: str) -> int:
    try:
        return 0 if is_at_work(kind, read_settings(), socket.gethostname()) else 1
    except (SettingsError, DatabaseUnavailableError, RedisError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
