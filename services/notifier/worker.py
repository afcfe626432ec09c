"""`python -m services.notifier.worker`: takes jobs from the queue and delivers them, in one process; run any number.

Everything is loaded before the first job, and jobs run in this process: a worker that forks and loads for every job
is sixty times slower. It outlives Redis, and after a SIGTERM it ends when the message in hand is done.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType, TracebackType

from redis import Redis, RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from structlog.typing import FilteringBoundLogger

from services.casebook.database import open_database
from services.casebook.releases import Shelf
from services.casebook.settings import Settings, SettingsError, read_settings
from services.notifier.assembly import make_post_office
from services.notifier.chores import Chores
from services.notifier.claims import LEASE
from services.notifier.job_queue import NAME, connect
from services.notifier.jobs import start_work
from services.notifier.logs import make_logger

PAUSE = 1.0
"""Seconds between two tries to reach Redis."""


@dataclass(slots=True)
class StopFlag:
    """Set by a signal, and read between two messages."""

    is_set: bool = False

    def __call__(self) -> bool:
        return self.is_set


class InProcessWorker(SimpleWorker):
    """RQ's worker without what we do not use: no commands over Redis (whoever can write there could stop it)."""

    max_connection_wait_time = 2.0
    log_result_lifespan = False

    def __init__(self, connection: Redis, stop: StopFlag, logger: FilteringBoundLogger) -> None:
        super().__init__(
            [NAME],
            connection=connection,
            serializer=JSONSerializer,
            log_job_description=False,
            exception_handlers=[self._log_failure],
            disable_default_exception_handler=True,
        )
        self._stop = stop
        self._logger = logger

    def request_stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Without a word to Redis, which may be the reason for the signal."""
        self._stop.is_set = True
        self._stop_requested = True
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested

    def _install_signal_handlers(self) -> None:
        """A signal that came before RQ was listening counts, too."""
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        self._stop_requested = self._stop()

    def _log_failure(self, job: Job, kind: type[BaseException], error: BaseException, _: TracebackType) -> bool:
        """The messages of the job are not lost with it: their leases run out and they are claimed again."""
        self._logger.error("job_failed", job=job.id, because=kind.__name__, exc_info=error)
        return False

    def subscribe(self) -> None:
        """Nothing listens for commands."""

    def unsubscribe(self) -> None:
        """Nothing listens for commands."""


def work_until(
    stop: StopFlag, connection: Redis, logger: FilteringBoundLogger, rest: Callable[[float], None] = time.sleep
) -> None:
    """Work until told to stop. RQ's own loop ends when Redis goes away at the wrong moment; then it starts anew."""
    while not stop():
        try:
            InProcessWorker(connection, stop, logger).work(logging_level="CRITICAL")
        except RedisError as error:
            logger.warning("worker_waits", because=type(error).__name__)
        except StopRequested:
            return
        if not stop():
            rest(PAUSE)


def run(settings: Settings, stop: StopFlag, lease: timedelta = LEASE) -> int:
    logger = make_logger(settings.log_level, settings.log_format)
    if settings.redis_url is None:
        logger.error("no_redis", mend="Set REDIS_URL, or start everything with `make run`, which brings a Redis.")
        return 2
    database = open_database(settings.database_url)
    post_office = make_post_office(settings, database, logger, stop, lease)
    start_work(post_office, Chores(database, Shelf(), post_office.clock, logger, stop))
    logger.info("worker_started")
    work_until(stop, connect(settings.redis_url), logger)
    database.close()
    logger.info("worker_stopped")
    return 0


def main(lease: timedelta = LEASE) -> int:
    stop = StopFlag()

    def on_signal(*_: object) -> None:
        stop.is_set = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    try:
        return run(read_settings(), stop, lease)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
