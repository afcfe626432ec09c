"""What the views of one application work with, put together once by `create_app` and handed to every request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flask import current_app

from services.advisor.metrics import Metrics
from services.advisor.proofs import Proofs
from services.advisor.readiness import Probe
from services.advisor.release_in_force import ReleaseInForce
from services.advisor.rule_counts import RuleCounts
from services.casebook.clock import Clock
from services.casebook.database import Database
from services.casebook.settings import Settings

NAME = "ashore"


@dataclass(frozen=True, slots=True)
class Parts:
    """`probes` is added to by each part of the service that can be out of order."""

    settings: Settings
    releases: ReleaseInForce
    clock: Clock
    metrics: Metrics
    database: Database
    rule_counts: RuleCounts
    proofs: Proofs
    probes: list[Probe] = field(default_factory=list)

    def today(self) -> date:
        """The day it is where the borrowers are, whatever the clock of the server shows."""
        return today_in(self.settings, self.clock)


def today_in(settings: Settings, clock: Clock) -> date:
    return clock().astimezone(settings.time_zone).date()


def parts() -> Parts:
    """The parts of the application that is answering."""
    held: Parts = current_app.extensions[NAME]
    return held
