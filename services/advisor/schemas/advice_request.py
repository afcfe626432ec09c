"""The request of `POST /v1/advice` and its batch form."""

from __future__ import annotations

from marshmallow import fields, validate

from services.advisor.schemas.strict import Day, Language, StrictSchema

MOST_SITUATIONS = 1000


class Facts(fields.Dict):
    """The facts of one situation, handed on as they are: the rulebook in force knows what each may hold."""


class DeclinedFacts(fields.Raw):
    """Ids of facts that the person could not or would not answer; also judged by the rulebook in force."""


class LanguageQuery(StrictSchema):
    """`?language=en`"""

    language = Language()


class SituationSchema(StrictSchema):
    """One situation of a batch."""

    facts = Facts(required=True)
    as_of = Day(metadata={"description": "The day the advice is for; today in China unless said otherwise."})
    language = Language()
    declined = DeclinedFacts()


class AdviceRequestSchema(SituationSchema):
    """What is known about a person; whatever is left out is unknown."""


class BatchRequestSchema(StrictSchema):
    """Up to 1,000 situations. `as_of` and `language` hold for those that do not say their own."""

    situations = fields.List(
        fields.Raw(),
        required=True,
        validate=[
            validate.Length(max=MOST_SITUATIONS, error="too_many"),
            validate.Length(min=1, error="too_few"),
        ],
        metadata={"items": {"$ref": "#/components/schemas/Situation"}},
    )
    as_of = Day()
    language = Language()
