"""The queue in Redis: what waits there may be lost at any moment, and nobody is harmed by it.

Jobs hold numbers and a token, as JSON: the usual format would let whoever can write to Redis run code in the worker.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from services.notifier.claims import BATCH, Claim

NAME = "ashore"
JOBS = "services.notifier.jobs"
DELIVER = f"{JOBS}.deliver"
EPOCH = "ashore:epoch"
HIGH_WATER = 2_000
"""Messages waiting in the queue. More would only be older when they are looked at again."""
JOB_MAY_TAKE = timedelta(minutes=30)
"""25 messages to a provider that always takes as long as it may."""
FAILED_JOBS_KEPT = timedelta(minutes=10)
PATIENCE = 5.0


def connect(redis_url: str) -> Redis:
    """One try and no waiting between tries: whoever asks has something better to do than to wait for Redis."""
    return Redis.from_url(redis_url, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0))


class Chore(StrEnum):
    """What workers do beside delivering; each is a function of the module of jobs, and its own id in the queue."""

    LOOK_AFTER_CASES = "look_after_cases"
    TIDY = "tidy"
    RECONCILE = "reconcile"


class JobQueue:
    """RQ as we use it: jobs in, tokens of waiting jobs out. Every method may raise redis.RedisError."""

    def __init__(self, connection: Redis) -> None:
        self._connection = connection
        self._queue = Queue(NAME, connection=connection, serializer=JSONSerializer)

    def epoch(self) -> str:
        """A word that stays the same as long as Redis keeps its data, and is a new one when it has lost it."""
        word = self._connection.get(EPOCH)
        if word is None:
            self._connection.set(EPOCH, secrets.token_hex(8), nx=True)
            word = self._connection.get(EPOCH)
        return word.decode() if isinstance(word, bytes) else ""

    def waiting_tokens(self) -> tuple[str, ...]:
        return tuple(self._queue.get_job_ids())

    @staticmethod
    def room(waiting: int, high_water: int = HIGH_WATER) -> int:
        """How many more messages may be put in, when so many jobs wait."""
        return max(0, high_water - waiting * BATCH)

    def put(self, claims: Iterable[Claim]) -> None:
        data = [
            Queue.prepare_data(
                DELIVER,
                args=[list(claim.follow_up_ids), claim.token],
                job_id=claim.token,
                timeout=int(JOB_MAY_TAKE.total_seconds()),
                result_ttl=0,
                failure_ttl=int(FAILED_JOBS_KEPT.total_seconds()),
                description="deliver",
            )
            for claim in claims
        ]
        if data:
            self._queue.enqueue_many(data)

    def put_chore(self, chore: Chore) -> None:
        """To the front of the queue: what it finds out may take back messages that wait there."""
        self._queue.enqueue_many(
            [
                Queue.prepare_data(
                    f"{JOBS}.{chore}",
                    job_id=chore.value,
                    timeout=int(JOB_MAY_TAKE.total_seconds()),
                    result_ttl=0,
                    failure_ttl=int(FAILED_JOBS_KEPT.total_seconds()),
                    description=chore.value,
                    at_front=True,
                )
            ]
        )
