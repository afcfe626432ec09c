"""What a worker carries out of one transaction and into the next: a message to hand over, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.notifier.channels.letter import DeliveryError, Letter


@dataclass(frozen=True, slots=True)
class Ticket:
    """A message that was taken for sending under `token`. `is_repeat` if nobody knows whether it went out before."""

    follow_up_id: int
    token: str
    channel_id: int
    channel_kind: str
    address: Mapping[str, str]
    letter: Letter
    attempts: int
    first_tried_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: handed over with the provider's `code`, or an `error`."""

    ticket: Ticket
    code: str = ""
    error: DeliveryError | None = None
