"""Whether follow-ups go out: what `/readyz` and `/metrics` say about queue, sweeper and waiting messages."""

from __future__ import annotations

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.exc import SQLAlchemyError

from services.advisor.readiness import Component, Probe, Work
from services.casebook.clock import Clock
from services.casebook.database import Database, DatabaseUnavailableError
from services.casebook.model import FollowUpState
from services.casebook.outbox_health import OutboxHealth, look_at_outbox

PATIENCE = 0.3
"""Seconds that Redis may take to answer a probe."""


def follow_up_probes(redis_url: str | None, database: Database, clock: Clock) -> list[Probe]:
    return [
        lambda: redis_component(redis_url),
        lambda: _from_outbox("sweeper", database, clock),
        lambda: _from_outbox("outbox", database, clock),
    ]


def redis_component(redis_url: str | None) -> Component:
    if redis_url is None:
        return Component("redis", False, Work.FOLLOW_UPS, "REDIS_URL is not set")
    try:
        with Redis.from_url(
            redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        ) as connection:
            connection.ping()
    except RedisError as error:
        return Component("redis", False, Work.FOLLOW_UPS, type(error).__name__)
    return Component("redis", True, Work.FOLLOW_UPS)


def sweeper_component(health: OutboxHealth) -> Component:
    if health.since_last_sweep is None:
        return Component("sweeper", False, Work.FOLLOW_UPS, "no sweeper was ever at work")
    seconds = health.since_last_sweep.total_seconds()
    return Component("sweeper", health.is_swept, Work.FOLLOW_UPS, f"last sweep {seconds:.0f} s ago")


def outbox_component(health: OutboxHealth) -> Component:
    waits = f"the oldest message that is due waits for {health.oldest_due.total_seconds():.0f} s"
    return Component("outbox", not health.is_late, Work.FOLLOW_UPS, waits)


class OutboxCollector(Collector):
    """Gauges about promised messages, read from the database when Prometheus asks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def collect(self) -> list[Metric]:
        try:
            with self._database.read() as session:
                health = look_at_outbox(session, self._clock())
        except (DatabaseUnavailableError, SQLAlchemyError):
            return []
        return [
            _gauge(
                "ashore_oldest_due_message_seconds", "Wait of the oldest due message", health.oldest_due.total_seconds()
            ),
            _gauge("ashore_messages_for_a_person", "Messages that failed or are in doubt", health.need_a_person),
            _gauge("ashore_messages_shown_only", "Messages without a confirmed channel", health.shown_only),
            *_last_sweep(health),
            _by_state(health),
        ]


COMPONENTS = {"sweeper": sweeper_component, "outbox": outbox_component}


def _from_outbox(name: str, database: Database, clock: Clock) -> Component:
    try:
        with database.read() as session:
            return COMPONENTS[name](look_at_outbox(session, clock()))
    except DatabaseUnavailableError as error:
        return Component(name, False, Work.FOLLOW_UPS, type(error.__cause__).__name__)
    except SQLAlchemyError:
        return Component(name, False, Work.FOLLOW_UPS, "the tables are not up to date: ashore db upgrade")


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def _last_sweep(health: OutboxHealth) -> list[Metric]:
    if health.since_last_sweep is None:
        return []
    return [_gauge("ashore_last_sweep_seconds", "Time since the last sweep", health.since_last_sweep.total_seconds())]


def _by_state(health: OutboxHealth) -> GaugeMetricFamily:
    family = GaugeMetricFamily("ashore_messages", "Promised messages", labels=("state",))
    for state in FollowUpState:
        family.add_metric((state.value,), health.by_state.get(state, 0))
    return family
