"""The job that RQ runs: `deliver` goes through one batch, message by message, each with a commit of its own."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from rq.timeouts import BaseTimeoutException
from sqlalchemy.orm import Session
from structlog.typing import FilteringBoundLogger

from services.casebook.clock import Clock
from services.casebook.database import Database, DatabaseUnavailableError
from services.notifier.channels.letter import Channel, DeliveryError, OnDoubt
from services.notifier.chores import Chores
from services.notifier.claims import RENEW_AFTER, give_back, renew
from services.notifier.recording import put_aside, record
from services.notifier.retry import Random
from services.notifier.taking import LeaseLostError, Taker
from services.notifier.ticket import Outcome, Ticket

TRIES = 4
LONGEST_REST = 5.0
"""Seconds between two tries to reach the database; all of them together are shorter than a lease."""
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PostOffice:
    """What a worker holds for all of its life. `is_stopping` tells it to end after the message in hand."""

    database: Database
    taker: Taker
    channels: Mapping[str, Channel]
    clock: Clock
    logger: FilteringBoundLogger
    random: Random = random.random
    is_stopping: Callable[[], bool] = lambda: False
    rest: Callable[[float], None] = time.sleep

    def deliver(self, follow_up_ids: Sequence[int], token: str) -> None:
        """Send what is still wanted of one batch.

        What became of a message is written in the transaction that takes the next one: one commit for each message.
        Killed anywhere, the messages not taken yet are claimed again, and the one in hand is in doubt.
        """
        outcome: Outcome | None = None
        renewed_at = self.clock()
        for follow_up_id in follow_up_ids:
            if self.is_stopping():
                break
            ticket = self._patiently(partial(self._record_and_take, outcome, follow_up_id, token))
            outcome = self._hand_over(ticket) if ticket is not None else None
            if (now := self.clock()) - renewed_at >= self.taker.lease * RENEW_AFTER:
                self._renew(token, now)
                renewed_at = now
        self._patiently(partial(self._finish, outcome, token))

    def _patiently(self, work: Callable[[], Result]) -> Result:
        """A database that is busy is asked again: what was sent has to be written down if it can be at all."""
        for _ in range(TRIES - 1):
            try:
                return work()
            except DatabaseUnavailableError as error:
                self.logger.warning("database_waits", because=error.reason)
                self.rest(min(error.retry_after.total_seconds(), LONGEST_REST))
        return work()

    def _record_and_take(self, outcome: Outcome | None, follow_up_id: int, token: str) -> Ticket | None:
        """In one transaction. A fault of ours in one message is recorded and does not hold up the others."""
        now = self.clock()
        try:
            with self.database.write() as session:
                self._record(session, outcome, now)
                return self.taker.take(session, follow_up_id, token, now)
        except (DatabaseUnavailableError, BaseTimeoutException):
            raise
        except Exception as fault:
            is_ours = not isinstance(fault, LeaseLostError)
            if is_ours:
                self.logger.error("fault", follow_up=follow_up_id, exc_info=True)
            with self.database.write() as session:
                self._record(session, outcome, now)
                if is_ours:
                    put_aside(session, follow_up_id, token, now, self.random)
            return None

    def _record(self, session: Session, outcome: Outcome | None, now: datetime) -> None:
        if outcome is None:
            return
        channel = self.channels.get(outcome.ticket.channel_kind)
        on_doubt = channel.on_doubt if channel is not None else OnDoubt.RESEND
        state = record(session, outcome, on_doubt, now, self.random)
        code = outcome.error.code if outcome.error is not None else outcome.code
        self.logger.info("handed_over", follow_up=outcome.ticket.follow_up_id, state=state or "lease_lost", code=code)

    def _hand_over(self, ticket: Ticket) -> Outcome:
        channel = self.channels.get(ticket.channel_kind)
        if channel is None:
            return Outcome(ticket, error=DeliveryError("channel_switched_off"))
        try:
            return Outcome(ticket, code=channel.send(ticket.letter, ticket.address))
        except DeliveryError as error:
            return Outcome(ticket, error=error)
        except BaseTimeoutException:
            raise
        except Exception:
            self.logger.error("fault", follow_up=ticket.follow_up_id, channel=ticket.channel_kind, exc_info=True)
            return Outcome(ticket, error=DeliveryError("fault", is_ambiguous=True))

    def _renew(self, token: str, now: datetime) -> None:
        with self.database.write() as session:
            renew(session, [token], now, self.taker.lease)

    def _finish(self, outcome: Outcome | None, token: str) -> None:
        """Whatever of the batch was not taken, because the worker is stopping, is due again at once."""
        with self.database.write() as session:
            self._record(session, outcome, self.clock())
            if self.is_stopping():
                give_back(session, [token])


_at_work: list[tuple[PostOffice, Chores]] = []
"""RQ calls its jobs by name, so the worker leaves here what they work with."""


def start_work(post_office: PostOffice, chores: Chores) -> None:
    """Called once by a worker, before it takes its first job."""
    _at_work[:] = [(post_office, chores)]


def deliver(follow_up_ids: list[int], token: str) -> None:
    """An entry for RQ. Like the others it may be called any number of times, in any process."""
    _at_work[0][0].deliver(follow_up_ids, token)


def look_after_cases() -> None:
    _at_work[0][1].look_after_cases()


def tidy() -> None:
    _at_work[0][1].tidy()


def reconcile() -> None:
    _at_work[0][1].reconcile()
