"""The answer of `POST /v1/advice`, piece by piece; used to document it, and in tests to check real answers."""

from __future__ import annotations

from marshmallow import fields

from services.advisor.schemas.answer_part import AnswerPart, an_urgency, day, parts, string, whole, words


class StepSourceSchema(AnswerPart):
    """What a step rests on, with its kind and how far it was checked."""

    id = string()
    title = string()
    part = string(can_be_null=True)
    says = string("In our words, what it says.")
    kind = string()
    kind_label = string()
    confidence = string()
    confidence_label = string()
    authority = string(can_be_null=True)
    url = string(can_be_null=True)
    checked = day(can_be_null=True)


class FactShownSchema(AnswerPart):
    """A fact of this person, as a value and as a person says it."""

    fact = string()
    label = string()
    value = fields.Raw(required=True)
    shown = string()


class DerivedFactSchema(FactShownSchema):
    """A fact that was worked out, and from which others."""

    from_ = fields.List(fields.String(), required=True, data_key="from", attribute="from")


class FurtherReasonSchema(AnswerPart):
    """Another rule that advises the same action."""

    rule = string()
    title = string()
    text = string()
    because = string()
    sources = parts(StepSourceSchema)


class StepSchema(AnswerPart):
    """One thing to do."""

    action = string()
    rule = string()
    title = string()
    urgency = an_urgency()
    urgency_label = string()
    due = day(can_be_null=True)
    late = fields.Boolean(required=True, metadata={"description": "The deadline has already passed."})
    because = string()
    facts = parts(FactShownSchema, "The person's own facts that led here.")
    sources = parts(StepSourceSchema)
    minutes = whole(can_be_null=True)
    at_hand = string(can_be_null=True)
    done_when = string(can_be_null=True)
    order = whole("Its place in the order of safety, 1 before all else.")
    topic = string()
    also = parts(FurtherReasonSchema)
    text = string()


class NamedActionSchema(AnswerPart):
    """An action, and the rule that advises it."""

    action = string()
    title = string()
    rule = string()


class WhyNotSchema(NamedActionSchema):
    """An action that is not advised, and the one reason."""

    code = fields.String(required=True, metadata={"enum": ["fact_differs", "steps_aside", "not_in_force"]})
    fact = string(can_be_null=True)
    saw = fields.Raw(required=True, allow_none=True)
    needs = string(can_be_null=True)
    instead = string(can_be_null=True)
    text = string()


class UndecidedSchema(NamedActionSchema):
    """An action that would be advised if the missing facts were such."""

    missing = words()


class UnknownSchema(AnswerPart):
    """A missing fact that can still change the advice."""

    fact = string()
    label = string()
    question = string()
    could_lead_to = words("Actions that it could bring.")


class ChoiceSchema(AnswerPart):
    """An answer to choose."""

    value = fields.Raw(required=True)
    label = string()


class NextQuestionSchema(UnknownSchema):
    """The one fact to ask next, and how."""

    kind = string()
    why = string()
    choices = parts(ChoiceSchema)
    unit = string(can_be_null=True)
    minimum = whole(can_be_null=True)
    maximum = whole(can_be_null=True)


class CompletenessSchema(AnswerPart):
    """Whether any further answer could change the advice."""

    is_final = fields.Boolean(required=True)
    open_rules = whole()
    text = string()


class NoteSchema(AnswerPart):
    """Something to know about the facts or the plan."""

    code = string()
    text = string()


class ContactSchema(AnswerPart):
    """A number to a human."""

    id = string()
    name = string()
    number = string()
    use = string()
    hours = string()
    emergency = fields.Boolean(required=True)


class SafetySchema(AnswerPart):
    """Whether safety comes before all else, and whom to call."""

    level = fields.String(required=True, metadata={"enum": ["ok", "support", "danger"]})
    text = string(can_be_null=True)
    contacts = parts(ContactSchema)


class ForecastSchema(AnswerPart):
    """A day on which the advice changes if nothing else does."""

    in_days = whole()
    on = day()
    added = parts(NamedActionSchema)
    removed = parts(NamedActionSchema)
    changed = parts(NamedActionSchema)
    text = string()


class FollowUpSchema(AnswerPart):
    """When to come back to this, and with which question."""

    on = day()
    hour = whole(can_be_null=True)
    ask = string()
    question = string()
    rule = string()


class ReceiptSchema(AnswerPart):
    """What is needed to reach the same answer again."""

    release = string("SHA-256 of the rulebook that answered.")
    facts_sha256 = string("SHA-256 of the stated facts as canonical JSON.")
    as_of = day()


class AdviceSchema(AnswerPart):
    """The whole answer to one situation."""

    steps = parts(StepSchema, "What to do, the first thing first.")
    why_not = parts(WhyNotSchema)
    undecided = parts(UndecidedSchema)
    unknowns = parts(UnknownSchema)
    next_question = fields.Nested(NextQuestionSchema, required=True, allow_none=True)
    completeness = fields.Nested(CompletenessSchema, required=True)
    derived = parts(DerivedFactSchema)
    notes = parts(NoteSchema)
    safety = fields.Nested(SafetySchema, required=True)
    forecast = parts(ForecastSchema)
    follow_ups = parts(FollowUpSchema)
    disclaimer = string()
    receipt = fields.Nested(ReceiptSchema, required=True)
