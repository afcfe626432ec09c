"""Counters for Prometheus: requests by route and status, their duration, and how the release in force is doing."""

from __future__ import annotations

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from services.rulebook.release import Release

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
NO_ROUTE = "none"
"""The route of a request that no view answers, so that made-up addresses add no series."""


class Metrics:
    """The counters of one application. With PROMETHEUS_MULTIPROC_DIR set, `/metrics` speaks for all its processes."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._by_request: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        own = self._registry = CollectorRegistry()
        self._requests = Counter("ashore_http_requests", "Requests answered", ("route", "status"), registry=own)
        self._seconds = Histogram(
            "ashore_http_request_seconds", "Time to answer", ("route",), buckets=SECONDS, registry=own
        )
        situations = Counter("ashore_situations", "Situations posted for advice", ("outcome",), registry=own)
        self._answered, self._refused = situations.labels("answered"), situations.labels("refused")
        self._differences = Counter(
            "ashore_engine_disagreements",
            "Decisions on which the two engines differed: above 0 is an alarm",
            registry=own,
        )

    def count_request(self, route: str, status: int, seconds: float) -> None:
        key = route, status
        if key not in self._by_request:
            self._by_request[key] = (self._requests.labels(route, str(status)), self._seconds.labels(route))
        requests, duration = self._by_request[key]
        requests.inc()
        duration.observe(seconds)

    def count_situations(self, *, answered: int, refused: int) -> None:
        if answered:
            self._answered.inc(answered)
        if refused:
            self._refused.inc(refused)

    def count_disagreements(self, count: int) -> None:
        if count:
            self._differences.inc(count)

    def exposition(self, release: Release, *others: Collector) -> bytes:
        """The text that Prometheus reads, with the release that is in force while it reads."""
        everybody = CollectorRegistry()
        for collector in (_ReleaseCollector(release), *others):
            everybody.register(collector)
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
            return generate_latest(everybody)
        return generate_latest(self._registry) + generate_latest(everybody)


class _ReleaseCollector(Collector):
    """Says which release is in force; a counter would go on showing those that were."""

    def __init__(self, release: Release) -> None:
        self._release = release

    def collect(self) -> list[Metric]:
        rules = GaugeMetricFamily("ashore_release_rules", "Rules of the release in force", labels=("release",))
        rules.add_metric((self._release.fingerprint,), len(self._release.rulebook.rules))
        return [rules]
