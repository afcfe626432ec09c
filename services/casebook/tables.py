"""All tables of the casebook. Whatever belongs to a case goes with it when the case is erased (ON DELETE CASCADE)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.casebook.column_types import BIG_ID, JSON_VALUE, UtcDateTime, words_of
from services.casebook.model import (
    CaseState,
    ChannelRole,
    ChannelState,
    DeliveryState,
    EventSource,
    FollowUpKind,
    FollowUpState,
    Role,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
JsonObject = dict[str, Any]
JsonList = list[Any]
COUNTED = {"sqlite_autoincrement": True}
"""A row number is never used again, not even after an erasure: a late job or link must find nothing."""


class Table(DeclarativeBase):
    """The base of all rows."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime(), JsonObject: JSON_VALUE, JsonList: JSON_VALUE}


def _case_key() -> Mapped[str]:
    return mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)


class ReleaseRow(Table):
    """One immutable snapshot of the rulebook files, named by the hash of its content."""

    __tablename__ = "release"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    files: Mapped[JsonObject]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(100))
    why: Mapped[str] = mapped_column(Text)


class PublicationRow(Table):
    """One change of the release in force: the newest that has begun says which it is. A rollback is one more row."""

    __tablename__ = "publication"
    __table_args__ = (COUNTED,)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    release: Mapped[str] = mapped_column(ForeignKey("release.fingerprint"))
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(100))
    why: Mapped[str] = mapped_column(Text)
    begins_at: Mapped[datetime | None]
    """When it comes in force; at once, if nothing is said."""
    withdrawn_at: Mapped[datetime | None]
    """It was taken back before it began."""

    @property
    def in_force_from(self) -> datetime:
        """When it begins or began."""
        return self.begins_at or self.published_at


class OrganisationKeyRow(Table):
    """A key with which an organisation opens and reads the cases it accompanies. Only its SHA-256 is kept.

    With a role it may also work on the rules.
    """

    __tablename__ = "organisation_key"
    __table_args__ = (COUNTED,)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    rules_role: Mapped[Role | None] = mapped_column(words_of(Role))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class CaseRow(Table):
    """One person's way out of one debt."""

    __tablename__ = "case"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[CaseState] = mapped_column(words_of(CaseState), default=CaseState.OPEN)
    state_because: Mapped[str | None] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    retrieval_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_key_id: Mapped[int | None] = mapped_column(ForeignKey("organisation_key.id"), index=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(10))
    time_zone: Mapped[str] = mapped_column(String(64))
    facts: Mapped[JsonObject]
    """Stated facts that stay as they are until somebody says otherwise."""
    anchors: Mapped[JsonObject]
    """Moving facts: the ISO day on which each of them is 0, so that today's value is counted, never stored."""
    declined: Mapped[JsonList]
    consent: Mapped[JsonObject]
    """What the person agreed to, each with the moment."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts every change; it is the ETag."""
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    last_heard_at: Mapped[datetime]
    """The last time the person themselves told us something."""
    care_until: Mapped[datetime | None]
    """Until then only care messages are sent."""
    snoozed_until: Mapped[datetime | None]
    next_look_at: Mapped[datetime] = mapped_column(index=True)
    """When time alone changes the advice next: the rules are then run again."""
    retention_days: Mapped[int]
    erase_after: Mapped[datetime] = mapped_column(index=True)
    """`retention_days` after the person was last heard of."""


class EventRow(Table):
    """Something that happened. Rows are only ever added."""

    __tablename__ = "event"
    __table_args__ = (COUNTED,)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = _case_key()
    type: Mapped[str] = mapped_column(String(60))
    source: Mapped[EventSource] = mapped_column(words_of(EventSource))
    data: Mapped[JsonObject]
    facts_changed: Mapped[JsonObject]
    """fact -> {"from": value or null, "to": value or null}"""
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    follow_up_id: Mapped[int | None] = mapped_column(BIG_ID)


class DecisionRow(Table):
    """What was advised after an event, with everything needed to work it out again byte for byte."""

    __tablename__ = "decision"
    __table_args__ = (COUNTED,)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = _case_key()
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    release: Mapped[str] = mapped_column(ForeignKey("release.fingerprint"))
    as_of: Mapped[date]
    language: Mapped[str] = mapped_column(String(10))
    facts: Mapped[str] = mapped_column(Text)
    """Canonical JSON of the facts as they stood: the text that was hashed."""
    declined: Mapped[JsonList]
    facts_sha256: Mapped[str] = mapped_column(String(64))
    answer_sha256: Mapped[str] = mapped_column(String(64))
    steps: Mapped[JsonList]
    """The plan in short: one object {action, rule, due, urgency} per step, in order."""
    speaking: Mapped[JsonObject]
    """rule id -> since when, without a break, it has been speaking in this case: `day#event`."""
    decided_at: Mapped[datetime]


class FollowUpRow(Table):
    """A message that was promised, and how far it has come."""

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("ix_follow_up_due", "state", "next_try_at"),
        Index("ix_follow_up_lease", "state", "lease_until"),
        COUNTED,
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = _case_key()
    kind: Mapped[FollowUpKind] = mapped_column(words_of(FollowUpKind))
    dedupe_key: Mapped[str] = mapped_column(String(400), unique=True)
    rule_id: Mapped[str | None] = mapped_column(String(120))
    ask: Mapped[str | None] = mapped_column(String(80))
    """The fact that the message asks."""
    occurrence: Mapped[str] = mapped_column(String(200))
    local_day: Mapped[date]
    """The day in the person's time zone."""
    hour: Mapped[int | None]
    """The local hour, where the rule named one."""
    due_at: Mapped[datetime]
    """What was promised; it never changes once the row is dispatched."""
    is_care: Mapped[bool] = mapped_column(default=False)
    """It may be sent while only care messages are (72 hours after a sign of self-harm)."""
    is_appointment: Mapped[bool] = mapped_column(default=False)
    """It reminds of a day that is fixed outside (instalment, hearing): the person's silence does not take it back."""
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), index=True)
    """Only a verification names its channel; every other message goes to the verified channels of the case."""
    state: Mapped[FollowUpState] = mapped_column(words_of(FollowUpState), default=FollowUpState.SCHEDULED)
    token: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    """When a sweep may take it: due_at at first, later after quiet hours, caps, snoozing and back-off."""
    delivery_id: Mapped[str | None] = mapped_column(String(64))
    cancelled_because: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class ChannelRow(Table):
    """A way to reach a person, used only after they have proved that it is theirs."""

    __tablename__ = "channel"
    __table_args__ = (COUNTED,)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = _case_key()
    kind: Mapped[str] = mapped_column(String(20))
    role: Mapped[ChannelRole] = mapped_column(words_of(ChannelRole), default=ChannelRole.SELF)
    address: Mapped[JsonObject]
    """Typed fields of the kind, never a URL with free parameters."""
    state: Mapped[ChannelState] = mapped_column(words_of(ChannelState), default=ChannelState.PENDING)
    verify_nonce: Mapped[str] = mapped_column(String(64))
    """The code that is sent is worked out from this and the installation's secret; the code itself is not stored."""
    verify_until: Mapped[datetime]
    verify_attempts: Mapped[int] = mapped_column(default=0)
    window_from: Mapped[str] = mapped_column(String(5), default="09:00")
    window_until: Mapped[str] = mapped_column(String(5), default="20:30")
    time_zone: Mapped[str] = mapped_column(String(64))
    per_day: Mapped[int] = mapped_column(default=1)
    per_week: Mapped[int] = mapped_column(default=2)
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]


class DeliveryRow(Table):
    """One handing over of a follow-up to a channel. Its id is the idempotency key that the provider sees."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("follow_up_id", "channel_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), index=True)
    state: Mapped[DeliveryState] = mapped_column(words_of(DeliveryState), default=DeliveryState.SENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    response_code: Mapped[str | None] = mapped_column(String(40))
    """What the provider answered, without any text that could hold an address."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class CounsellorQueueRow(Table):
    """A case whose person fell silent and had agreed that a counsellor may look."""

    __tablename__ = "counsellor_queue"
    __table_args__ = (COUNTED,)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = _case_key()
    reason: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class HeartbeatRow(Table):
    """When a process last showed that it lives (`sweeper`, `worker`, …); `/readyz` looks here."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    at: Mapped[datetime]
    detail: Mapped[JsonObject]


class IdempotencyKeyRow(Table):
    """An answer already given to a POST, kept so that sending it again changes nothing.

    Only the hash of the key is stored, and the answer is encrypted with the key itself: a case token in it can be
    read by the client that sent the key and by nobody else.
    """

    __tablename__ = "idempotency_key"

    scope: Mapped[str] = mapped_column(String(120), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ErasureRow(Table):
    """The proof that an erasure took place. It holds nothing that leads back to a person."""

    __tablename__ = "erasure"

    receipt: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime]
    rows: Mapped[JsonObject]
    """table -> number of rows removed"""


class OpenedLinkRow(Table):
    """A link that works once and was opened. The hash leads back to nothing; the row goes when the link expires."""

    __tablename__ = "opened_link"

    link_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
