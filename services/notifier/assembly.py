"""Puts a worker's parts together from the settings: the release in force, the words, and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from structlog.typing import FilteringBoundLogger

from services.casebook.clock import Clock
from services.casebook.database import Database
from services.casebook.settings import Settings
from services.notifier.channels.apprise import PLUGINS, AppriseChannel
from services.notifier.channels.email import EmailChannel
from services.notifier.channels.letter import Channel
from services.notifier.channels.webhook import WebhookChannel
from services.notifier.jobs import PostOffice
from services.notifier.texts import Texts


def make_channels(settings: Settings, texts: Texts, clock: Clock) -> Mapping[str, Channel]:
    """kind -> way out. Without a mail server there is no `email`: such messages wait and are tried again."""
    are_private_allowed = settings.allow_private_addresses
    channels: dict[str, Channel] = {kind: AppriseChannel(kind, are_private_allowed) for kind in PLUGINS}
    channels["webhook"] = WebhookChannel(clock, are_private_allowed)
    if settings.mail is not None:
        channels["email"] = EmailChannel(settings.mail, texts.words["sender"].zh)
    return channels


def make_post_office(
    settings: Settings, database: Database, logger: FilteringBoundLogger, is_stopping: Callable[[], bool]
) -> PostOffice:
    raise NotImplementedError
