"""The pieces that schemas of answers are written with."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from services.advisor.schemas.strict import Day
from services.rulebook.model import Urgency


class AnswerPart(Schema):
    """A part of an answer. Clients must put up with members that are added later."""

    class Meta:
        unknown = EXCLUDE


def string(description: str = "", *, can_be_null: bool = False) -> fields.String:
    metadata: dict[str, Any] = {"description": description} if description else {}
    return fields.String(required=True, allow_none=can_be_null, metadata=metadata)


def whole(description: str = "", *, can_be_null: bool = False) -> fields.Integer:
    metadata: dict[str, Any] = {"description": description} if description else {}
    return fields.Integer(required=True, allow_none=can_be_null, metadata=metadata)


def day(*, can_be_null: bool = False) -> Day:
    return Day(required=True, allow_none=can_be_null)


def words(description: str = "") -> fields.List[Any]:
    return fields.List(fields.String(), required=True, metadata={"description": description} if description else {})


def parts(schema: type[Schema], description: str = "") -> fields.List[Any]:
    metadata = {"description": description} if description else {}
    return fields.List(fields.Nested(schema), required=True, metadata=metadata)


def an_urgency() -> fields.String:
    return fields.String(required=True, metadata={"enum": [word.value for word in Urgency]})
