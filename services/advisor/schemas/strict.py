"""Schemas that refuse what they do not know, and turn marshmallow's messages into problems with pointers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from services.advisor.json_reading import MOST_PROBLEMS, pointer_to
from services.rulebook.model import LANGUAGES, Text
from services.rulebook.problems import Problem, did_you_mean, quoted

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""The days that can be asked about; beyond them dates add up to nothing and calendars say nothing."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class StrictSchema(Schema):
    """A schema whose messages are codes of SAID; every key it does not know is an error."""

    class Meta:
        unknown = RAISE

    error_messages = {
        "unknown": "unknown_field",
        "type": "wrong_type",
    }

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:  # noqa: ARG002
        field_obj.error_messages = {
            **field_obj.error_messages,
            "required": "missing",
            "null": "null",
            "invalid": field_obj.metadata.get("code", "wrong_type"),
            "type": "wrong_type",
        }


class Day(fields.Field[date]):
    """A calendar day, `2026-11-24`, from FIRST_DAY to LAST_DAY."""

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:  # noqa: ARG002
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValidationError("not_a_date")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ValidationError("no_such_day") from None
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError("day_out_of_range")
        return day


class Language(fields.String):
    """One of LANGUAGES."""

    def __init__(self, **options: Any) -> None:
        description = "Of the answer. The body counts first, then the query, then Accept-Language, then zh-CN."
        metadata = {"enum": list(LANGUAGES), "description": description}
        choice = validate.OneOf(LANGUAGES, error="unknown_word")
        super().__init__(validate=choice, metadata=metadata, **options)


def messages_of(error: ValidationError) -> dict[Any, Any]:
    """Marshmallow's messages by key; those about the whole stand under `_schema`."""
    return error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}


def problems_of(messages: Mapping[Any, Any], schema: Schema, data: Any, at: str = "") -> tuple[Problem, ...]:
    """What marshmallow's `messages` say about the `data` that `schema` refused, each with a pointer below `at`."""
    return tuple(islice(_problems_in(messages, schema, data, at), MOST_PROBLEMS + 1))


def _problems_in(messages: Mapping[Any, Any], schema: Schema | None, data: Any, at: str) -> Iterator[Problem]:
    for key, said in messages.items():
        if key == "_schema":
            yield from (_problem(_WHOLE.get(code, code), at, None, schema, data) for code in said)
            continue
        read = _member(data, key)
        field = schema.fields.get(str(key)) if schema is not None else None
        pointer = pointer_to(at, key)
        if isinstance(said, Mapping):
            inner = field.schema if isinstance(field, fields.Nested) else None
            yield from _problems_in(said, inner, read, pointer)
        else:
            yield from (_problem(code, pointer, field, schema, read) for code in said)


def _problem(code: str, pointer: str, field: fields.Field[Any] | None, schema: Schema | None, read: Any) -> Problem:
    known = tuple(schema.fields) if schema is not None else ()
    allowed = tuple(field.metadata.get("enum", ())) if field is not None else ()
    suggestion: Text | None = None
    if code == "unknown_field":
        allowed = known
        suggestion = did_you_mean(pointer.rsplit("/", 1)[-1], known)
    elif isinstance(read, str) and allowed:
        suggestion = did_you_mean(read, allowed)
    said = _expected(field) if code == "wrong_type" else SAID.get(code, Text(code, code))
    return Problem(code, said, pointer=pointer, read=_written(code, read), allowed=allowed, suggestion=suggestion)


def _member(data: Any, key: Any) -> Any:
    if isinstance(data, Mapping):
        return data.get(key)
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return data[key]
    return None


def _written(code: str, read: Any) -> str:
    """What stood there, as far as a line can hold it."""
    if code in ("missing", "unknown_field"):
        return ""
    if isinstance(read, dict | list):
        return "{…}" if isinstance(read, dict) else "[…]"
    if read is None or isinstance(read, bool):
        return {None: "null", True: "true", False: "false"}[read]
    return quoted(str(read))


def _expected(field: fields.Field[Any] | None) -> Text:
    for kind, said in _EXPECTED:
        if isinstance(field, kind):
            return said
    return SAID["wrong_type"]


_WHOLE = {"wrong_type": "not_an_object"}
"""What a message about the whole means."""

_EXPECTED: tuple[tuple[type[fields.Field[Any]], Text], ...] = (
    (fields.List, Text("这里应该是一个列表。", "This has to be a list.")),
    (fields.Integer, Text("这里应该是一个整数。", "This has to be a whole number.")),
    (fields.Boolean, Text("这里应该是 true 或 false。", "This has to be true or false.")),
    (fields.String, Text("这里应该是一段文字。", "This has to be a text.")),
)

SAID = {
    "not_an_object": Text("这里应该是一个 JSON 对象。", "This has to be a JSON object."),
    "missing": Text("缺少这一项。", "This is missing."),
    "null": Text("这一项不能是 null；不知道就不要写。", "This cannot be null; leave out what is not known."),
    "unknown_field": Text("没有这一项。", "There is no such field."),
    "wrong_type": Text("这里的类型不对。", "This is not of the right type."),
    "unknown_word": Text("没有这个词。", "There is no such word."),
    "not_a_date": Text("这里应该是一个日期，例如 2026-11-24。", "This has to be a day such as 2026-11-24."),
    "no_such_day": Text("日历上没有这一天。", "There is no such day in the calendar."),
    "day_out_of_range": Text(
        f"日期要在 {FIRST_DAY} 和 {LAST_DAY} 之间。", f"The day has to lie between {FIRST_DAY} and {LAST_DAY}."
    ),
    "not_a_moment": Text(
        "这里应该是带时差的时间，例如 2026-11-24T19:30:00+08:00。",
        "This has to be a moment with its offset, such as 2026-11-24T19:30:00+08:00.",
    ),
    "no_such_moment": Text("没有这个时间。", "There is no such moment."),
    "not_a_boolean": Text("这里应该是 true 或 false。", "This has to be true or false."),
    "out_of_range": Text("这个数超出了范围。", "This number is out of range."),
    "too_long": Text("太长了。", "This is too long."),
    "empty": Text("这里不能空着。", "This cannot be empty."),
    "too_many": Text("太多了。", "These are too many."),
    "too_few": Text("至少要有一个。", "There has to be at least one."),
}
"""code -> what it means. A schema's own messages, `fields.…(error_messages)` and validators, use these codes."""
