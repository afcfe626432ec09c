"""Channels of a person: given, proved to be theirs by a code that is sent there, and stopped."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.casebook.access import RandomBytes
from services.casebook.model import ChannelRole, ChannelState, FollowUpKind
from services.casebook.outbox import Message, channel_verified, pending, promise_message, take_back
from services.casebook.tables import CaseRow, ChannelRow

VERIFY_WITHIN = timedelta(hours=24)
MOST_GUESSES = 5
MOST_CHANNELS = 5
CODE_DIGITS = 6


class TooManyChannelsError(Exception):
    """A case may try so many channels and no more: messages to strangers must not be sent in its name."""


class VerificationError(Exception):
    """The code does not prove the channel. `is_over` when no further guess will be looked at."""

    def __init__(self, is_over: bool) -> None:
        super().__init__("this code cannot be used any more" if is_over else "this is not the code")
        self.is_over = is_over


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A channel as it was given, its address already checked."""

    kind: str
    address: Mapping[str, str]
    time_zone: str
    role: ChannelRole = ChannelRole.SELF
    window_from: str = "09:00"
    window_until: str = "20:30"
    per_week: int = 2


def add_channel(
    session: Session, case: CaseRow, new: NewChannel, now: datetime, random: RandomBytes = secrets.token_bytes
) -> ChannelRow:
    """A channel that waits for its proof; the message with the code is promised in the same transaction."""
    count = select(func.count()).select_from(ChannelRow).where(ChannelRow.case_id == case.id)
    if (session.scalar(count) or 0) >= MOST_CHANNELS:
        raise TooManyChannelsError
    channel = ChannelRow(
        case_id=case.id,
        kind=new.kind,
        role=new.role,
        address=dict(new.address),
        state=ChannelState.PENDING,
        verify_nonce=random(16).hex(),
        verify_until=now + VERIFY_WITHIN,
        window_from=new.window_from,
        window_until=new.window_until,
        time_zone=new.time_zone,
        per_week=new.per_week,
        created_at=now,
    )
    session.add(channel)
    session.flush()
    message = Message(FollowUpKind.VERIFICATION, channel.verify_nonce, now, channel_id=channel.id)
    promise_message(session, case, message, now)
    case.version += 1
    return channel


def code_of(channel: ChannelRow, secret_key: str) -> str:
    """The code that proves a channel. It is worked out anew each time and kept nowhere."""
    text = f"channel {channel.id} {channel.verify_nonce}".encode()
    digest = hmac.new(secret_key.encode(), text, hashlib.sha256).digest()
    return str(int.from_bytes(digest[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def verify(session: Session, channel: ChannelRow, code: str, secret_key: str, now: datetime) -> bool:
    """Whether the code proves the channel. A wrong guess is counted; what is proved stays proved.

    Raises VerificationError when it is too late, or after too many guesses: nothing is looked at then.
    """
    if channel.state is ChannelState.VERIFIED:
        return True
    if channel.state is ChannelState.STOPPED or now > channel.verify_until or channel.verify_attempts >= MOST_GUESSES:
        raise VerificationError(is_over=True)
    channel.verify_attempts += 1
    if not hmac.compare_digest(code_of(channel, secret_key), code):
        return False
    channel.state, channel.verified_at = ChannelState.VERIFIED, now
    session.flush()
    channel_verified(session, channel.case_id, now)
    return True


def stop_channel(session: Session, channel: ChannelRow, now: datetime) -> None:
    """No message to this channel any more. Doing it twice changes nothing."""
    if channel.state is ChannelState.STOPPED:
        return
    channel.state, channel.stopped_at = ChannelState.STOPPED, now
    own = [row.id for row in pending(session, channel.case_id) if row.channel_id == channel.id]
    take_back(session, own, "the channel was stopped")
