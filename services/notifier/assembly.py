"""Puts a worker's parts together from the settings: the release in force, the words, and the ways out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from structlog.typing import FilteringBoundLogger

from services.casebook.case_facts import situation_on
from services.casebook.channels import code_of
from services.casebook.clock import Clock
from services.casebook.database import Database
from services.casebook.links import LinkSigner
from services.casebook.releases import Shelf
from services.casebook.settings import Settings
from services.notifier.channels.apprise import PLUGINS, AppriseChannel
from services.notifier.channels.email import EmailChannel
from services.notifier.channels.letter import Channel
from services.notifier.channels.webhook import WebhookChannel
from services.notifier.claims import LEASE
from services.notifier.jobs import PostOffice
from services.notifier.messages import Writer
from services.notifier.shared_clock import SharedClock
from services.notifier.taking import Taker
from services.notifier.texts import Texts, read_texts
from services.rulebook.release import Release

ASK_AGAIN_AFTER = 0.5
"""Seconds. A new release has to advise within one."""


@dataclass(slots=True)
class ReleaseInForce:
    """The release that advises now, asked for twice a second and not for every message."""

    shelf: Shelf
    running: Callable[[], float] = time.monotonic
    _held: Release | None = None
    _asked_at: float = 0.0

    def __call__(self, session: Session, now: datetime) -> Release:
        if self._held is None or self.running() - self._asked_at >= ASK_AGAIN_AFTER:
            self._held = self.shelf.in_force(session, now)
            self._asked_at = self.running()
        return self._held


def make_channels(settings: Settings, texts: Texts, clock: Clock) -> Mapping[str, Channel]:
    """kind -> way out. Without a mail server there is no `email`: such messages wait and are tried again."""
    are_private_allowed = settings.allow_private_addresses
    channels: dict[str, Channel] = {kind: AppriseChannel(kind, are_private_allowed) for kind in PLUGINS}
    channels["webhook"] = WebhookChannel(clock, are_private_allowed)
    if settings.mail is not None:
        channels["email"] = EmailChannel(settings.mail, texts.words["sender"].zh)
    return channels


def make_post_office(
    settings: Settings,
    database: Database,
    logger: FilteringBoundLogger,
    is_stopping: Callable[[], bool],
    lease: timedelta = LEASE,
) -> PostOffice:
    """Everything that a worker needs, loaded once."""
    texts, clock = read_texts(), SharedClock(database)
    channels = make_channels(settings, texts, clock)
    writer = Writer(texts, LinkSigner(settings.secret_key, settings.base_url))
    taker = Taker(
        writer=writer,
        channels=channels,
        release_in_force=ReleaseInForce(Shelf()),
        situation_on=situation_on,
        code_of=lambda channel: code_of(channel, settings.secret_key),
        lease=lease,
    )
    return PostOffice(database, taker, channels, clock, logger, is_stopping=is_stopping)
