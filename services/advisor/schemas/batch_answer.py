"""The answer of `POST /v1/advice/batch`, and the problem documents of every endpoint."""

from __future__ import annotations

from marshmallow import fields

from services.advisor.schemas.advice_answer import AdviceSchema
from services.advisor.schemas.answer_part import AnswerPart, parts, string, whole, words


class ProblemEntrySchema(AnswerPart):
    """One thing to mend."""

    pointer = string("JSON pointer (RFC 6901) into the body; `?name` for a query parameter; empty for the whole body.")
    code = string("A stable word.")
    detail = string()
    suggestion = string(can_be_null=True)
    allowed = words("The words to choose from, where there are such.")
    read = string("What stood there.")


class ProblemSchema(AnswerPart):
    """A problem document (RFC 9457)."""

    type = string()
    title = string()
    status = whole()
    code = string("A stable word.")
    detail = string()
    errors = parts(ProblemEntrySchema)
    more_errors = fields.Boolean(metadata={"description": "There are more than `errors` lists."})


class BatchItemSchema(AnswerPart):
    """The answer to one situation of a batch, or the problem that it has; never both."""

    index = whole("Its position in `situations`, from 0.")
    answer = fields.Nested(AdviceSchema)
    problem = fields.Nested(ProblemSchema)


class BatchAnswerSchema(AnswerPart):
    """One item per situation, in their order."""

    items = parts(BatchItemSchema)
    answered = whole()
    refused = whole()
