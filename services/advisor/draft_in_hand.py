"""The draft that a request is about, in the version in which the client knows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from services.advisor.case_desk import row_number
from services.advisor.draft_answers import merge_answer
from services.advisor.problem_json import Refusal
from services.casebook.draft_errors import StaleDraftError
from services.casebook.draft_versions import files_of
from services.casebook.drafts import find_draft
from services.casebook.rule_tables import DraftRow
from services.rulebook.editing.merging import Merge
from services.rulebook.model import Text

SAID = {
    "no_such_draft": Text("没有这份草稿。", "There is no such draft."),
    "if_match_missing": Text(
        "请带上 If-Match：你读到的草稿的 ETag，这样不会盖掉别人的修改。",
        "Send If-Match with the ETag of the draft as you read it, so that nobody's changes are lost.",
    ),
    "changed_meanwhile": Text(
        "草稿在这期间被改过，什么都没有保存。merge 里逐条写着谁改了什么；请重新读取后再试。",
        "The draft was changed in the meantime, and nothing was saved. `merge` says entry by entry who changed what; "
        "read the draft again, then retry.",
    ),
    "changed_during_proof": Text(
        "检查还没有完，草稿就被改了。请重新读取后再试。",
        "The draft was changed while it was being worked on. Read it again, then retry.",
    ),
}
_TAG = re.compile(r"draft-([0-9]{1,18})-v([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seen:
    """A draft as it was when it was read: what is worked out from this is used only while it is still so."""

    number: int
    version: int
    files: Mapping[str, str]


def see(session: Session, number: str) -> Seen:
    draft = find(session, number)
    return Seen(draft.id, draft.version, files_of(session, draft))


def find(session: Session, number: str, *, to_change: bool = False) -> DraftRow:
    """The draft with the number in the address. With `to_change` others have to wait for us."""
    draft = find_draft(session, row_number(number), to_change=to_change)
    if draft is None:
        raise Refusal(404, "no_such_draft", SAID["no_such_draft"])
    return draft


def find_to_change(session: Session, number: str) -> DraftRow:
    """The draft, held, in the version of If-Match if that was sent."""
    draft = find(session, number, to_change=True)
    if "If-Match" in request.headers and not request.if_match.contains(etag_of(draft)):
        raise stale(draft.id, draft.version)
    return draft


def find_again(session: Session, seen: Seen) -> DraftRow:
    """The draft, held, if it still is as it was seen."""
    draft = find_to_change(session, str(seen.number))
    if draft.version != seen.version:
        raise Refusal(409, "changed_meanwhile", SAID["changed_during_proof"], more={"version": draft.version})
    return draft


def etag_of(draft: DraftRow) -> str:
    return _tag(draft.id, draft.version)


def version_edited(draft: DraftRow) -> int:
    """The version that If-Match names: the present or an earlier one. 428 without If-Match, 412 for any other."""
    if "If-Match" not in request.headers:
        raise Refusal(428, "if_match_missing", SAID["if_match_missing"], headers={"ETag": f'"{etag_of(draft)}"'})
    if request.if_match.contains(etag_of(draft)):
        return draft.version
    tags = [_TAG.fullmatch(tag or "") for tag in request.if_match.as_set()]  # an empty tag arrives as None
    earlier = [int(tag[2]) for tag in tags if tag and int(tag[1]) == draft.id and 0 < int(tag[2]) < draft.version]
    if not earlier:
        raise stale(draft.id, draft.version)
    return max(earlier)


def stale(number: int, version: int, merge: Merge | None = None) -> Refusal:
    """412, with what both sides did, so that a client can show it or put it together."""
    more = {"version": version, "merge": merge_answer(merge) if merge else []}
    headers = {"ETag": f'"{_tag(number, version)}"'}
    return Refusal(412, "changed_meanwhile", SAID["changed_meanwhile"], headers=headers, more=more)


@contextmanager
def saying_when_stale(number: int) -> Iterator[None]:
    try:
        yield
    except StaleDraftError as error:
        raise stale(number, error.version, error.merge) from error


def _tag(number: int, version: int) -> str:
    return f"draft-{number}-v{version}"
