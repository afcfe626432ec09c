"""The answers about drafts of the rules; used to document them, and in tests to check real answers."""

from __future__ import annotations

from marshmallow import fields

from services.advisor.schemas.answer_part import AnswerPart, parts, string, whole, words
from services.advisor.schemas.batch_answer import ProblemSchema
from services.advisor.schemas.case_answer import moment, word_of
from services.casebook.model import DraftState
from services.rulebook.editing.merging import MergeState


class SaidSchema(AnswerPart):
    """A sentence in both languages."""

    zh = string()
    en = string()


def sentence(*, can_be_null: bool = False) -> fields.Nested:
    return fields.Nested(SaidSchema, required=True, allow_none=can_be_null)


class BaseSchema(AnswerPart):
    """The release that a draft is compared with."""

    number = whole()
    fingerprint = string()


class PublishedDraftSchema(AnswerPart):
    """What became of a draft."""

    release = whole("The number of the release.")
    fingerprint = string()
    at = moment()
    begins_at = moment()
    withdrawn_at = moment(can_be_null=True)


class DraftSchema(AnswerPart):
    """A change of the rules that is being worked on."""

    id = string()
    title = string()
    why = string()
    state = word_of(DraftState)
    version = whole("Counts every save; part of the ETag `draft-7-v3`.")
    base = fields.Nested(BaseSchema, required=True)
    is_behind = fields.Boolean(required=True, metadata={"description": "Another release was published or planned."})
    created_at = moment()
    created_by = string()
    changed_at = moment()
    changed_by = string()
    submitted_by = string(can_be_null=True)
    approved_by = string(can_be_null=True)
    sent_back_because = string(can_be_null=True)
    published = fields.Nested(PublishedDraftSchema, required=True, allow_none=True)
    files = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "With include=files."})


class DraftsPageSchema(AnswerPart):
    items = parts(DraftSchema)
    next_cursor = string(can_be_null=True)


class FieldMergeSchema(AnswerPart):
    """One field that was changed, as it is written in each version; null where it is not there."""

    field = string()
    state = word_of(MergeState)
    base = string(can_be_null=True)
    theirs = string(can_be_null=True)
    mine = string(can_be_null=True)


class EntryMergeSchema(AnswerPart):
    """One entry that was changed: as it was, as others have it now, as it was sent."""

    kind = string()
    id = string()
    file = string()
    state = word_of(MergeState)
    base = string(can_be_null=True)
    theirs = string(can_be_null=True)
    mine = string(can_be_null=True)
    fields_ = fields.List(fields.Nested(FieldMergeSchema), required=True, data_key="fields")


class StaleSchema(ProblemSchema):
    """The draft is not as the client knows it. `merge` is empty where that version never was."""

    version = whole("The present one.")
    merge = parts(EntryMergeSchema)


class ConflictsSchema(ProblemSchema):
    """The newest release and the draft changed the same things; settle them."""

    release = whole("The number of the newest release.")
    merge = parts(EntryMergeSchema)


class TakenOverSchema(DraftSchema):
    """The draft on the newest release, and what that brought."""

    merge = parts(EntryMergeSchema)


class FieldChangeSchema(AnswerPart):
    """One field as it is written, before and after."""

    field = string()
    old = string(can_be_null=True)
    new = string(can_be_null=True)


class SaidChangeSchema(AnswerPart):
    """One difference as sentences, old and new side by side."""

    about = sentence()
    old = sentence(can_be_null=True)
    new = sentence(can_be_null=True)


class EntryChangeSchema(AnswerPart):
    """One entry that differs from the release."""

    kind = string()
    id = string()
    file = string()
    change = fields.String(required=True, metadata={"enum": ["added", "removed", "changed"]})
    fields_ = fields.List(fields.Nested(FieldChangeSchema), required=True, data_key="fields")
    said = fields.List(fields.Nested(SaidChangeSchema), required=True, allow_none=True)


class ChangesSchema(AnswerPart):
    """What the draft changes in the release that it is based on."""

    base = fields.Nested(BaseSchema, required=True)
    version = whole()
    is_readable = fields.Boolean(
        required=True, metadata={"description": "Where the rules cannot be read there are no sentences."}
    )
    items = parts(EntryChangeSchema)


class VersionSchema(AnswerPart):
    """One save."""

    version = whole()
    what = string()
    by = string()
    at = moment()
    files = words("The files that it changed.")


class VersionsPageSchema(AnswerPart):
    items = parts(VersionSchema)
    next_cursor = string(can_be_null=True)
