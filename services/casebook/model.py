"""The nouns of the casebook: states and small values that its modules and both services share."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands. All but `open` are deliberate ends of contact; a new event of the person opens it again."""

    OPEN = "open"
    QUIET = "quiet"
    """The person did not answer, and was told that this is all right."""
    SETTLED = "settled"
    STOPPED = "stopped"
    """The person asked for no more messages."""


class FollowUpState(StrEnum):
    """The life of one message that was promised."""

    SCHEDULED = "scheduled"
    DISPATCHED = "dispatched"
    """Claimed by a sweep under a token and a lease; a job in the queue carries the token."""
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """It may or may not have been sent, and a repeat would harm: a person decides."""

    @property
    def is_pending(self) -> bool:
        """It was not handed to a provider yet, so it can still be taken back."""
        return self in (FollowUpState.SCHEDULED, FollowUpState.DISPATCHED)

    @property
    def is_over(self) -> bool:
        return self in (FollowUpState.SENT, FollowUpState.FAILED, FollowUpState.CANCELLED)


PENDING = (FollowUpState.SCHEDULED, FollowUpState.DISPATCHED)


class FollowUpKind(StrEnum):
    """Why a message is sent."""

    CHECK_IN = "check_in"
    """A rule of the plan asked for it (`follow_up` in the rulebook)."""
    CARE = "care"
    """Asks how the person is after a sign of self-harm; says nothing about money."""
    SMALLER_TRY = "smaller_try"
    """The one kinder, smaller message after silence."""
    LAST_WORD = "last_word"
    """Says that no more messages will come, and how to come back."""
    RULES_CHANGED = "rules_changed"
    """A new release changed this person's advice."""
    VERIFICATION = "verification"
    """Carries the code that proves that a channel is the person's own."""


class ChannelState(StrEnum):
    """A channel gets no message but its verification until the person has proved that it is theirs."""

    PENDING = "pending"
    VERIFIED = "verified"
    STOPPED = "stopped"


class ChannelRole(StrEnum):
    """Who reads a channel."""

    SELF = "self"
    TRUSTED = "trusted"
    """Somebody the person named to be told of court deadlines while they cannot look themselves."""


class DeliveryState(StrEnum):
    """What is known about one handing over of a follow-up to one channel."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class EventSource(StrEnum):
    """Who told us."""

    PERSON = "person"
    COUNSELLOR = "counsellor"
    ANSWER = "answer"
    """An answer to a follow-up."""
    SYSTEM = "system"
    """Time, a new release, the silence of the person."""


class Role(StrEnum):
    """What somebody may do with the rules; each may also do what those before it may."""

    VIEWER = "viewer"
    """Reads rules, drafts and releases."""
    EDITOR = "editor"
    """Changes drafts and hands them in."""
    PUBLISHER = "publisher"
    """Approves the drafts of others, publishes them, and rolls back."""
    ADMIN = "admin"
    """Decides who may do what, and reads the audit."""

    def includes(self, other: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


class DraftState(StrEnum):
    """How far a change of the rules has come. An edit always leads back to `open`."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"

    @property
    def is_over(self) -> bool:
        return self in (DraftState.PUBLISHED, DraftState.DISCARDED)
