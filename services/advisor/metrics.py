"""Counters for Prometheus: requests by route and status, their duration, and how the release in force is doing."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
NO_ROUTE = "none"
"""The route of a request that no view answers, so that made-up addresses add no series."""


class Metrics:
    """The counters of one application. With PROMETHEUS_MULTIPROC_DIR set, `/metrics` speaks for all its processes."""

    def __init__(self) -> None:
        own = self._registry = CollectorRegistry()
        self._requests = Counter("ashore_http_requests", "Requests answered", ("route", "status"), registry=own)
        self._seconds = Histogram(
            "ashore_http_request_seconds", "Time to answer", ("route",), buckets=SECONDS, registry=own
        )
        self._situations = Counter("ashore_situations", "Situations posted for advice", ("outcome",), registry=own)
        self._differences = Counter(
            "ashore_engine_disagreements",
            "Decisions on which the two engines differed: above 0 is an alarm",
            registry=own,
        )
        self._rules = Gauge(
            "ashore_release_rules",
            "Rules of the release in force",
            ("release",),
            registry=own,
            multiprocess_mode="mostrecent",
        )

    def count_request(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_situations(self, *, answered: int, refused: int) -> None:
        self._situations.labels("answered").inc(answered)
        self._situations.labels("refused").inc(refused)

    def count_disagreements(self, count: int) -> None:
        self._differences.inc(count)

    def note_release(self, fingerprint: str, rules: int) -> None:
        """The release that is in force from now on, the only one that is shown."""
        self._rules.clear()
        self._rules.labels(fingerprint).set(rules)

    def exposition(self) -> bytes:
        """The text that Prometheus reads."""
        if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            return generate_latest(self._registry)
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
        return generate_latest(everybody)
