"""The answers of `GET /v1/facts`, `/v1/actions` and `/v1/rules`."""

from __future__ import annotations

from marshmallow import fields

from services.advisor.schemas.advice_answer import ChoiceSchema, StepSourceSchema
from services.advisor.schemas.answer_part import AnswerPart, an_urgency, day, parts, string, whole, words
from services.rulebook.model import Asked, Kind, Moves


class FactSchema(AnswerPart):
    """One thing that can be known about a situation."""

    id = string()
    kind = fields.String(required=True, metadata={"enum": [kind.value for kind in Kind]})
    label = string()
    question = string()
    why = string("Why it is asked.")
    choices = parts(ChoiceSchema, "The values to choose from, in the order to show them.")
    unit = string(can_be_null=True)
    minimum = whole("Included; null where the fact is no number.", can_be_null=True)
    maximum = whole("Included; null where the fact is no number.", can_be_null=True)
    asked = fields.String(required=True, metadata={"enum": [asked.value for asked in Asked]})
    group = string("Questions of one group stand on one page.", can_be_null=True)
    moves = fields.String(
        required=True,
        allow_none=True,
        metadata={"enum": [*(moves.value for moves in Moves), None], "description": "How it changes with every day."},
    )


class ActionSchema(AnswerPart):
    """Something that can be advised."""

    id = string()
    title = string()
    order = whole("Its place in the order of safety, 1 before all else.")
    minutes = whole(can_be_null=True)
    at_hand = string(can_be_null=True)
    done_when = string(can_be_null=True)


class ConditionSchema(AnswerPart):
    """What a rule asks of one fact."""

    fact = string()
    label = string()
    written = string("As it stands in the rulebook.")
    says = string("As a person would say it.")


class MomentSchema(AnswerPart):
    """A day relative to the case: in so many days, when a fact reaches a value, or so many days from a date fact."""

    in_days = fields.Integer()
    fact = fields.String()
    reaches = fields.Integer()
    date_fact = fields.String()
    offset_days = fields.Integer(metadata={"description": "Negative: before that date."})


class RuleFollowUpSchema(MomentSchema):
    """When to come back to it, and which fact to ask."""

    ask = string()
    say = string(can_be_null=True)
    hour = whole(can_be_null=True)


class ValiditySchema(AnswerPart):
    """From when, and until when if it ends."""

    from_ = fields.Date(required=True, data_key="from")
    until = day(can_be_null=True)


class RuleSchema(AnswerPart):
    """One rule in force, with its grounds."""

    id = string()
    topic = string()
    topic_title = string()
    title = string()
    when = parts(ConditionSchema, "All of these have to hold.")
    advise = string("The action.")
    action_title = string()
    urgency = an_urgency()
    urgency_label = string()
    text = string()
    because = string()
    sources = parts(StepSourceSchema)
    deadline = parts(MomentSchema)
    follow_up = parts(RuleFollowUpSchema)
    yields_to = words("Rules that silence this one.")
    is_fallback = fields.Boolean(required=True)
    covers = words("Guidance points that it encodes.")
    valid = fields.Nested(ValiditySchema, required=True)
    review_by = day()
    owner = string()


class ListOf(AnswerPart):
    """What every list answers beside its items."""

    release = string("SHA-256 of the rulebook in force.")
    next_cursor = string("Always null here: the list is whole.", can_be_null=True)


class FactListSchema(ListOf):
    """All facts, in the order of the vocabulary."""

    items = parts(FactSchema)


class ActionListSchema(ListOf):
    """All actions, in the order of the vocabulary."""

    items = parts(ActionSchema)


class RuleListSchema(ListOf):
    """All rules in force."""

    items = parts(RuleSchema)
