"""The requests about drafts of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.advisor.schemas.case_request import Moment, PageQuery, YesNo
from services.advisor.schemas.strict import StrictSchema
from services.casebook.draft_files import MOST_FILES
from services.casebook.drafts import LONGEST_TITLE, LONGEST_WHY
from services.casebook.model import DraftState
from services.rulebook.editing.blocks import ID_KEYS

LONGEST_ID = 200
LARGEST_TEXT = 2_000_000
MOST_ENTRIES = 500


class FileTexts(fields.Dict):
    """The texts of rule files by their paths below `rules/`; null takes a file away where that is allowed."""

    def __init__(self, *, may_remove: bool, **options: Any) -> None:
        self.may_remove = may_remove
        super().__init__(keys=fields.String(), values=fields.String(allow_none=may_remove), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str | None]:  # noqa: ARG002
        if not isinstance(value, Mapping):
            raise ValidationError("not_an_object")
        if len(value) > MOST_FILES:
            raise ValidationError("too_many")
        wrong: dict[str, list[str]] = {name: self._faults(text) for name, text in value.items() if self._faults(text)}
        if wrong:
            raise ValidationError(wrong)
        return dict(value)

    def _faults(self, text: object) -> list[str]:
        if text is None:
            return [] if self.may_remove else ["null"]
        return [] if isinstance(text, str) else ["wrong_type"]


def _words(longest: int, **options: Any) -> fields.String:
    lengths = [validate.Length(min=1, error="empty"), validate.Length(max=longest, error="too_long")]
    return fields.String(validate=lengths, **options)


def _kind() -> fields.String:
    known = validate.OneOf(ID_KEYS, error="unknown_word")
    return fields.String(required=True, validate=known, metadata={"enum": list(ID_KEYS)})


class DraftRequestSchema(StrictSchema):
    """A new draft. It starts with the newest release, or with `files` as its first change."""

    title = _words(LONGEST_TITLE, required=True)
    why = _words(LONGEST_WHY, required=True, metadata={"description": "Goes into the history of the release."})
    files = FileTexts(may_remove=False, metadata={"description": "All rule files, by their paths below `rules/`."})


class EntryEditSchema(StrictSchema):
    """One rule, fact, action, source, case …: rewritten as text, field by field, or taken out. Comments stay."""

    kind = _kind()
    id = _words(LONGEST_ID, required=True)
    file = _words(LONGEST_ID, metadata={"description": "Where an entry goes that is not there yet."})
    text = _words(LARGEST_TEXT, metadata={"description": "The whole entry as YAML, with its dash."})
    set = fields.Dict(
        keys=fields.String(), metadata={"description": "The fields to change; null takes an optional one out."}
    )
    remove = YesNo()


class RenameSchema(StrictSchema):
    """A new id for an entry, or for a `word` of a fact. Everything that refers to it follows."""

    kind = _kind()
    id = _words(LONGEST_ID, required=True)
    word = _words(LONGEST_ID)
    to = _words(LONGEST_ID, required=True)


class DraftChangeSchema(StrictSchema):
    """A change of a draft: whole files first, then `rename`, then `entries` in their order; all of it or nothing."""

    title = _words(LONGEST_TITLE)
    why = _words(LONGEST_WHY)
    files = FileTexts(may_remove=True)
    rename = fields.Nested(RenameSchema)
    entries = fields.List(fields.Nested(EntryEditSchema), validate=validate.Length(max=MOST_ENTRIES, error="too_many"))


class SubmitRequestSchema(StrictSchema):
    """Handing in a draft that takes a step away from somebody, or puts it off, has to be confirmed."""

    accept_losses = YesNo(metadata={"description": "Yes: the losses were looked at, and they are meant."})


class WhyRequestSchema(StrictSchema):
    """Why it is done; it is recorded."""

    why = _words(LONGEST_WHY, required=True)


class SettledSchema(StrictSchema):
    """Which side counts for an entry, or for one `field` of it, that both have changed."""

    kind = _words(LONGEST_ID, required=True)
    id = _words(LONGEST_ID, required=True)
    field = fields.String(load_default="", validate=validate.Length(max=LONGEST_ID, error="too_long"))
    take = fields.String(
        required=True,
        validate=validate.OneOf(("theirs", "mine"), error="unknown_word"),
        metadata={"enum": ["theirs", "mine"], "description": "`theirs` is the newest release, `mine` the draft."},
    )


class TakeOverRequestSchema(StrictSchema):
    """How conflicts with the newest release are settled; nothing is needed where there are none."""

    settle = fields.List(fields.Nested(SettledSchema), validate=validate.Length(max=MOST_ENTRIES, error="too_many"))


class PublishRequestSchema(StrictSchema):
    """At once, unless a time to come is named."""

    at = Moment(metadata={"description": "When the release comes in force."})


class IncludeQuery(StrictSchema):
    """With `include=files`, all files as well."""

    include = fields.String(validate=validate.OneOf(("files",), error="unknown_word"), metadata={"enum": ["files"]})


class DraftsQuery(PageQuery):
    """One page of the drafts, the newest first."""

    state = fields.String(
        validate=validate.OneOf(list(DraftState), error="unknown_word"), metadata={"enum": list(DraftState)}
    )
