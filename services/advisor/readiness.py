"""Whether the service can do its work: what `/readyz` says about each component."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Work(StrEnum):
    """What stops when a component is out of order."""

    ADVICE = "advice"
    FOLLOW_UPS = "follow_ups"


class Status(StrEnum):
    """`ok` all is there; `degraded` follow-ups wait, advice goes on; `unavailable` no advice can be given."""

    OK = "ok"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that is needed. `detail` is for the operator and never holds an address or a password."""

    name: str
    is_ok: bool
    needed_for: Work
    detail: str = ""

    @property
    def status(self) -> Status:
        if self.is_ok:
            return Status.OK
        return Status.UNAVAILABLE if self.needed_for is Work.ADVICE else Status.DEGRADED


Probe = Callable[[], Component]
"""Looks at one component, quickly; a failure is a Component that is not ok, never an exception."""


def overall(components: Iterable[Component]) -> Status:
    statuses = {component.status for component in components}
    if Status.UNAVAILABLE in statuses:
        return Status.UNAVAILABLE
    return Status.DEGRADED if Status.DEGRADED in statuses else Status.OK
