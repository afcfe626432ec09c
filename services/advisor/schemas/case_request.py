"""The requests about followed cases."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields, validate

from services.advisor.schemas.advice_request import DeclinedFacts, Facts
from services.advisor.schemas.strict import Language, StrictSchema
from services.casebook.channel_kinds import KINDS
from services.casebook.clock import time_zones
from services.casebook.model import ChannelRole, FollowUpState

MOST_RETENTION = 3650
USUAL_RETENTION = 365
LARGEST_PAGE = 100
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_TIME = r"(09|1\d|20):[0-5]\d\Z"


class YesNo(fields.Field[bool]):
    """A JSON boolean and nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise ValidationError("not_a_boolean")
        return value


class Whole(fields.Integer):
    """A JSON whole number: no text, no fraction, no boolean."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("wrong_type")
        return super()._deserialize(value, attr, data, **kwargs)


class PageNumber(fields.Integer):
    """A whole number as a query parameter holds it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,4}", value):
            raise ValidationError("wrong_type")
        return super()._deserialize(value, attr, data, **kwargs)


class Moment(fields.Field[datetime]):
    """A moment with its offset from UTC (RFC 3339): `2026-11-24T19:30:00+08:00`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValidationError("not_a_moment")
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError("no_such_moment") from None


class TimeZone(fields.String):
    """An IANA time zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name not in time_zones():
            raise ValidationError("unknown_time_zone")
        return ZoneInfo(str(name)).key


class ConsentSchema(StrictSchema):
    """What the person agrees to. Without `store_case` nothing can be kept."""

    store_case = YesNo(required=True)
    follow_ups = YesNo(metadata={"description": "Noted; messages need a channel that was proved in any case."})
    counsellor = YesNo(metadata={"description": "If I fall silent, a counsellor may look at my case."})


class CaseRequestSchema(StrictSchema):
    """A case to be followed. The facts are those of `POST /v1/advice`."""

    facts = Facts(required=True)
    declined = DeclinedFacts()
    consent = fields.Nested(ConsentSchema, required=True)
    language = Language()
    time_zone = TimeZone(metadata={"description": "IANA name; that of the installation unless said otherwise."})
    retention_days = Whole(
        load_default=USUAL_RETENTION,
        validate=validate.Range(1, MOST_RETENTION, error="out_of_range"),
        metadata={"description": "So long after the last sign of life everything is erased."},
    )


class EventRequestSchema(StrictSchema):
    """Something that happened. `data` depends on the type; any fact may be told on the occasion."""

    type = fields.String(required=True, validate=validate.Length(max=60, error="too_long"))
    occurred_at = Moment(metadata={"description": "Now, unless said otherwise; never in the future."})
    data = fields.Dict(keys=fields.String())


class AnswerRequestSchema(StrictSchema):
    """The answer to a follow-up: a value of the fact it asks; null for "I do not know"."""

    value = fields.Raw(required=True, allow_none=True)


class WindowSchema(StrictSchema):
    """When messages may come, within our own hours of 09:00 to 20:30."""

    from_ = fields.String(data_key="from", required=True, validate=validate.Regexp(_TIME, error="not_a_time"))
    until = fields.String(required=True, validate=validate.Regexp(_TIME, error="not_a_time"))


class ChannelRequestSchema(StrictSchema):
    """A way to reach the person. A code is sent there; nothing else is, before the code has come back."""

    kind = fields.String(
        required=True, validate=validate.OneOf(KINDS, error="unknown_word"), metadata={"enum": list(KINDS)}
    )
    address = fields.Dict(keys=fields.String(), required=True)
    role = fields.String(
        load_default=ChannelRole.SELF,
        validate=validate.OneOf(list(ChannelRole), error="unknown_word"),
        metadata={"enum": list(ChannelRole), "description": "`trusted` hears of court dates while I cannot look."},
    )
    window = fields.Nested(WindowSchema)
    time_zone = TimeZone()
    per_week = Whole(load_default=2, validate=validate.Range(1, 7, error="out_of_range"))


class VerifyRequestSchema(StrictSchema):
    """The code that was sent to the channel."""

    code = fields.String(required=True, validate=validate.Regexp(r"[0-9]{6}\Z", error="not_a_code"))


class SnoozeRequestSchema(StrictSchema):
    """Until when messages wait."""

    until = Moment(required=True)


class RetrieveRequestSchema(StrictSchema):
    """The code that was shown when the case was opened."""

    retrieval_code = fields.String(required=True, validate=validate.Length(max=60, error="too_long"))


class EmptyRequestSchema(StrictSchema):
    """Nothing is needed: `{}`."""


class PageQuery(StrictSchema):
    """One page of a list."""

    cursor = fields.String(validate=validate.Length(max=200, error="too_long"))
    limit = PageNumber(load_default=50, validate=validate.Range(1, LARGEST_PAGE, error="out_of_range"))


class FollowUpQuery(PageQuery):
    """One page of the follow-ups."""

    state = fields.String(
        validate=validate.OneOf(list(FollowUpState), error="unknown_word"), metadata={"enum": list(FollowUpState)}
    )
