"""The request of `POST /v1/advice` and its batch form."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from services.advisor.schemas.strict import Day, Language, StrictSchema

MOST_SITUATIONS = 1000


class Facts(fields.Field[dict[str, Any]]):
    """The facts of one situation, handed on as they are: the rulebook in force knows what each may hold."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002
        if not isinstance(value, dict):
            raise ValidationError("not_an_object")
        return value


class DeclinedFacts(fields.Raw):
    """Ids of facts that the person could not or would not answer; also judged by the rulebook in force."""


class RawSituation(fields.Raw):
    """A situation of a batch, read on its own, so that one mistake costs one answer and not all of them."""


class LanguageQuery(StrictSchema):
    """`?language=en`"""

    language = Language()


class AdviceRequestSchema(StrictSchema):
    """What is known about a person; whatever is left out is unknown. Also one situation of a batch."""

    facts = Facts(required=True)
    as_of = Day(metadata={"description": "The day the advice is for; today in China unless said otherwise."})
    language = Language()
    declined = DeclinedFacts()


class BatchRequestSchema(StrictSchema):
    """Up to 1,000 situations. `as_of` and `language` hold for those that do not say their own."""

    situations = fields.List(
        RawSituation(allow_none=True),
        required=True,
        validate=[
            validate.Length(max=MOST_SITUATIONS, error="too_many"),
            validate.Length(min=1, error="too_few"),
        ],
    )
    as_of = Day()
    language = Language()
