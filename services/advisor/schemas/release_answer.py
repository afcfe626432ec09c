"""The answers about releases of the rules; used to document them, and in tests to check real answers."""

from __future__ import annotations

from marshmallow import fields

from services.advisor.schemas.answer_part import AnswerPart, parts, string, whole
from services.advisor.schemas.case_answer import moment

STATES = ("in_force", "past", "scheduled", "withdrawn")


class PublicationSchema(AnswerPart):
    """One time that a release was put in force, or is to be."""

    id = string()
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    at = moment()
    by = string()
    why = string()
    begins_at = moment()
    withdrawn_at = moment(can_be_null=True)


class ReleaseSchema(AnswerPart):
    """An immutable snapshot of the rules, named by its content."""

    number = whole()
    fingerprint = string("The SHA-256 of its content; the receipt of every answer names it.")
    created_at = moment()
    created_by = string()
    why = string()
    is_in_force = fields.Boolean(required=True)
    publications = parts(PublicationSchema, "The latest first.")
    files = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "With include=files."})


class ReleasesPageSchema(AnswerPart):
    items = parts(ReleaseSchema)
    next_cursor = string(can_be_null=True)


class MeanwhileReleaseSchema(AnswerPart):
    """One release that was in force in between."""

    number = whole()
    fingerprint = string()
    decisions = whole("Made with it since.")
    cases = whole("Whose newest decision is one of these: they are looked at again.")


class MeanwhileSchema(AnswerPart):
    """What was advised since the release was last in force."""

    since = moment(can_be_null=True)
    decisions = whole()
    cases = whole()
    releases = parts(MeanwhileReleaseSchema)


class RolledBackSchema(ReleaseSchema):
    """The release that is in force again."""

    meanwhile = fields.Nested(MeanwhileSchema, required=True)
