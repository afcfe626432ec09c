"""The answers about followed cases; used to document them, and in tests to check real answers."""

from __future__ import annotations

from enum import StrEnum

from marshmallow import fields

from services.advisor.schemas.advice_answer import AdviceSchema
from services.advisor.schemas.answer_part import AnswerPart, an_urgency, day, parts, string, whole, words
from services.casebook.model import CaseState, ChannelRole, ChannelState, EventSource, FollowUpKind, FollowUpState


def moment(*, can_be_null: bool = False) -> fields.String:
    metadata = {"format": "date-time"}
    return fields.String(required=True, allow_none=can_be_null, metadata=metadata)


def word_of(kind: type[StrEnum]) -> fields.String:
    return fields.String(required=True, metadata={"enum": [word.value for word in kind]})


class CaseSchema(AnswerPart):
    """A case as it stands today."""

    id = string()
    state = word_of(CaseState)
    state_because = string(can_be_null=True)
    language = string()
    time_zone = string()
    facts = fields.Dict(required=True, metadata={"description": "As they are today: moving facts have moved."})
    declined = words()
    consent = fields.Dict(required=True)
    opened_at = moment()
    changed_at = moment()
    last_heard_at = moment()
    care_until = moment(can_be_null=True)
    snoozed_until = moment(can_be_null=True)
    retention_days = whole()
    erase_after = moment()
    version = whole("Counts every change; the ETag.")


class PromisedFollowUpSchema(AnswerPart):
    """A message that was promised."""

    id = string()
    kind = word_of(FollowUpKind)
    state = word_of(FollowUpState)
    ask = string("The fact that it asks.", can_be_null=True)
    question = string(can_be_null=True)
    rule = string(can_be_null=True)
    on = day()
    hour = whole(can_be_null=True)
    due_at = moment()
    sent_at = moment(can_be_null=True)
    answered_at = moment(can_be_null=True)
    because = string("Why it was cancelled.", can_be_null=True)


class PlanPlaceSchema(AnswerPart):
    """Where a step stood."""

    rule = string()
    urgency = an_urgency()
    due = day(can_be_null=True)


class PlanStepSchema(PlanPlaceSchema):
    """A step that a change touched."""

    action = string()
    title = string()
    because = string()


class MovedStepSchema(PlanStepSchema):
    """A step that stays, at another day or urgency, or for another reason."""

    from_ = fields.Nested(PlanPlaceSchema, required=True, data_key="from")


class PlanChangesSchema(AnswerPart):
    """What a change did to the plan."""

    added = parts(PlanStepSchema)
    removed = parts(PlanStepSchema)
    moved = parts(MovedStepSchema)


class FollowUpChangesSchema(AnswerPart):
    """What a change did to the messages still to come."""

    created = parts(PromisedFollowUpSchema)
    cancelled = parts(PromisedFollowUpSchema)


class EffectsSchema(AnswerPart):
    """Everything that an event did, and because of what."""

    because = string()
    facts_changed = fields.Dict(required=True, metadata={"description": 'fact -> {"from", "to"}'})
    plan = fields.Nested(PlanChangesSchema, required=True)
    follow_ups = fields.Nested(FollowUpChangesSchema, required=True)


class EventSchema(AnswerPart):
    """Something that happened."""

    id = string()
    type = string()
    source = word_of(EventSource)
    data = fields.Dict(required=True)
    facts_changed = fields.Dict(required=True)
    occurred_at = moment()
    recorded_at = moment()


class RecordedSchema(AnswerPart):
    """An event, what it did, and the plan as it is now."""

    event = fields.Nested(EventSchema, required=True)
    effects = fields.Nested(EffectsSchema, required=True)
    plan = fields.Nested(AdviceSchema, required=True)
    state = word_of(CaseState)
    version = whole()


class OpenedSchema(AnswerPart):
    """A new case. The token is shown once; the retrieval code brings back who has lost it."""

    id = string()
    token = string()
    retrieval_code = string()
    version = whole()
    plan = fields.Nested(AdviceSchema, required=True)
    follow_ups = fields.Nested(FollowUpChangesSchema, required=True)


class RetrievedSchema(AnswerPart):
    """The case, and a new token in place of the old one."""

    id = string()
    token = string()


class ErasureReceiptSchema(AnswerPart):
    """The proof that everything about a case was erased."""

    receipt = string()
    erased_at = moment()
    rows = fields.Dict(required=True, metadata={"description": "table -> number of rows removed"})


class ChannelSchema(AnswerPart):
    """A way to reach the person; its address is covered."""

    id = string()
    kind = string()
    role = word_of(ChannelRole)
    state = word_of(ChannelState)
    address = fields.Dict(required=True)
    window = fields.Dict(required=True)
    time_zone = string()
    per_day = whole()
    per_week = whole()
    verify_until = moment()


class DecisionSchema(AnswerPart):
    """What was advised, with the receipt from which it can be worked out again."""

    id = string()
    event = string()
    release = string()
    as_of = day()
    language = string()
    facts_sha256 = string()
    answer_sha256 = string()
    steps = parts(PlanPlaceSchema)


class WaitingCaseSchema(AnswerPart):
    """A case whose person fell silent and had agreed that a counsellor may look."""

    case = string()
    reason = string()
    since = moment()


class WaitingCasesPageSchema(AnswerPart):
    items = parts(WaitingCaseSchema)
    next_cursor = string(can_be_null=True)


class CasesPageSchema(AnswerPart):
    items = parts(CaseSchema)
    next_cursor = string(can_be_null=True)


class EventsPageSchema(AnswerPart):
    items = parts(EventSchema)
    next_cursor = string(can_be_null=True)


class FollowUpsPageSchema(AnswerPart):
    items = parts(PromisedFollowUpSchema)
    next_cursor = string(can_be_null=True)


class ChannelsPageSchema(AnswerPart):
    items = parts(ChannelSchema)
    next_cursor = string(can_be_null=True)


class DecisionsPageSchema(AnswerPart):
    items = parts(DecisionSchema)
    next_cursor = string(can_be_null=True)
