"""`/v1/drafts/{id}/submit|approve|return|take-over|publish`: the way of a draft from its editor to everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from services.advisor.api.rule_documents import ETAG, RulesBlueprint
from services.advisor.draft_answers import draft_answer, merge_answer
from services.advisor.draft_in_hand import Seen, etag_of, find, find_again, find_to_change, see
from services.advisor.parts import parts
from services.advisor.problem_json import PROBLEM_JSON, Refusal
from services.advisor.proof_answers import findings_of, step_change_answer
from services.advisor.reading import INVALID
from services.advisor.release_answers import release_numbers
from services.advisor.rules_desk import Reply, change_rules, read_rules
from services.advisor.schemas.case_request import EmptyRequestSchema
from services.advisor.schemas.draft_answer import ConflictsSchema, DraftSchema, TakenOverSchema
from services.advisor.schemas.draft_proof_answer import NotProvedSchema
from services.advisor.schemas.draft_request import (
    PublishRequestSchema,
    SubmitRequestSchema,
    TakeOverRequestSchema,
    WhyRequestSchema,
)
from services.casebook.authors import Author
from services.casebook.draft_errors import SAID as ABOUT_DRAFTS
from services.casebook.draft_versions import base_files
from services.casebook.drafts import approve, finish_take_over, is_behind, publish_draft, send_back, submit
from services.casebook.model import Role
from services.casebook.publications import newest_publication
from services.casebook.rule_tables import DraftRow
from services.casebook.tables import ReleaseRow
from services.rulebook.apart import ApartError
from services.rulebook.editing.merge_entries import Choices
from services.rulebook.editing.merging import Merge, merge
from services.rulebook.findings import Severity
from services.rulebook.impact import StepChange
from services.rulebook.load import load_rulebook
from services.rulebook.model import Text
from services.rulebook.problems import Problem
from services.rulebook.proof import Proof

blueprint = RulesBlueprint("draft-steps", __name__, url_prefix="/v1/drafts/<number>", description="A draft's way.")
Files = Mapping[str, str]
CONFLICTS = Text(
    "新版本和草稿改了同样的地方；请用 settle 逐条选 theirs 或 mine。",
    "The newest release and the draft changed the same things: choose theirs or mine for each with `settle`.",
)
IN_THE_PAST = Text(
    "这个时间已经过去；要马上生效就不要写 at。", "This time has passed; leave it out to publish at once."
)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The draft put together with the newest release; None where it stands on that already."""

    seen: Seen
    release: str
    merge: Merge | None


@blueprint.route("/submit", methods=["POST"])
@blueprint.alt_response(409, schema=NotProvedSchema, content_type=PROBLEM_JSON, description="It may not be handed in.")
@blueprint.changes(404, 412)
@blueprint.optional_arguments(SubmitRequestSchema())
@blueprint.response(200, DraftSchema, headers=ETAG)
def submit_a_draft(asked: dict[str, Any], number: str) -> Response:
    """Hand a draft in for approval

    It is proved first; what stands in the way is listed. Where somebody would lose a step or be told to take it later,
    that is listed too, and has to be confirmed.
    """
    seen, base = _seen_by(number, Role.EDITOR)
    proof = parts().proofs.proof(seen.files)
    losses = _losses(base, seen) if proof.may_be_published else ()

    def act(session: Session, author: Author) -> Reply:
        draft = find_again(session, seen)
        if not proof.may_be_published:
            raise _not_proved(proof)
        if losses and not asked.get("accept_losses"):
            more = {"losses": [step_change_answer(loss) for loss in losses]}
            raise Refusal(409, "takes_away", ABOUT_DRAFTS["takes_away"], more=more)
        submit(session, draft, author, parts().clock(), {loss.action for loss in losses})
        return _reply(session, draft)

    return change_rules(asked, act)


@blueprint.route("/approve", methods=["POST"])
@blueprint.changes(404, 412)
@blueprint.optional_arguments(EmptyRequestSchema())
@blueprint.response(200, DraftSchema, headers=ETAG)
def approve_a_draft(asked: dict[str, Any], number: str) -> Response:
    """Approve a draft that somebody else wrote

    With If-Match, only the version that was read.
    """
    own_allowed = parts().settings.approve_own
    return _step(asked, number, lambda session, draft, by, at: approve(session, draft, by, at, own_allowed))


@blueprint.route("/return", methods=["POST"])
@blueprint.changes(404, 412)
@blueprint.arguments(WhyRequestSchema())
@blueprint.response(200, DraftSchema, headers=ETAG)
def return_a_draft(asked: dict[str, Any], number: str) -> Response:
    """Open a draft again, with what is to be done"""
    return _step(asked, number, lambda session, draft, by, at: send_back(session, draft, by, asked["why"], at))


@blueprint.route("/take-over", methods=["POST"])
@blueprint.alt_response(409, schema=ConflictsSchema, content_type=PROBLEM_JSON, description="Settle the conflicts.")
@blueprint.changes(404, 412)
@blueprint.optional_arguments(TakeOverRequestSchema())
@blueprint.response(200, TakenOverSchema, headers=ETAG)
def take_over_the_newest(asked: dict[str, Any], number: str) -> Response:
    """Bring the draft onto the newest release

    Where both changed the same thing nothing is saved; `settle` says which side counts.
    """
    taken = read_rules(lambda session, author: _put_together(session, author, number, _choices(asked)))

    def act(session: Session, author: Author) -> Reply:
        draft = find_again(session, taken.seen)
        if taken.merge is None:
            return _reply(session, draft, merge=[])
        if taken.merge.conflicts:
            more = {"release": release_numbers(session, [taken.release])[taken.release]}
            raise Refusal(409, "conflicts", CONFLICTS, more={**more, "merge": merge_answer(taken.merge)})
        finish_take_over(session, draft, taken.release, taken.merge.files, author, parts().clock())
        return _reply(session, draft, merge=merge_answer(taken.merge))

    return change_rules(asked, act)


@blueprint.route("/publish", methods=["POST"])
@blueprint.alt_response(409, schema=NotProvedSchema, content_type=PROBLEM_JSON, description="It may not be published.")
@blueprint.changes(404, 412)
@blueprint.optional_arguments(PublishRequestSchema())
@blueprint.response(200, DraftSchema, headers=ETAG)
def publish_a_draft(asked: dict[str, Any], number: str) -> Response:
    """Publish an approved draft, at once or later

    It is proved once more. Every process advises with it within a second, without a restart.
    """
    seen, _ = _seen_by(number, Role.PUBLISHER)
    proof = parts().proofs.proof(seen.files)
    rulebook = load_rulebook(seen.files) if proof.may_be_published else None

    def act(session: Session, author: Author) -> Reply:
        now, draft = parts().clock(), find_again(session, seen)
        if rulebook is None:
            raise _not_proved(proof)
        if "at" in asked and asked["at"] < now:
            raise Refusal(422, "invalid_request", INVALID, (Problem("in_the_past", IN_THE_PAST, pointer="/at"),))
        publish_draft(session, draft, author, now, asked.get("at"), lambda _: rulebook)
        return _reply(session, draft)

    return change_rules(asked, act)


def _step(asked: dict[str, Any], number: str, step: Callable[..., None]) -> Response:
    def act(session: Session, author: Author) -> Reply:
        draft = find_to_change(session, number)
        step(session, draft, author, parts().clock())
        return _reply(session, draft)

    return change_rules(asked, act)


def _seen_by(number: str, role: Role) -> tuple[Seen, Files]:
    """The draft and its base, for somebody who may take the step; others are refused before anything is proved."""

    def view(session: Session, author: Author) -> tuple[Seen, Files]:
        author.need(role)
        return see(session, number), base_files(session, find(session, number))

    return read_rules(view)


def _losses(base: Files, seen: Seen) -> Sequence[StepChange]:
    """Who would be worse off, over all situations."""
    try:
        found: Sequence[StepChange] = parts().proofs.losses(base, seen.files)
    except ApartError as error:
        raise Refusal(409, "not_worked_out", error.text) from error
    return found


def _put_together(session: Session, author: Author, number: str, choices: Choices) -> TakenOver:
    author.need(Role.EDITOR)
    seen, draft = see(session, number), find(session, number)
    newest = newest_publication(session)
    if newest is None or not is_behind(session, draft):
        return TakenOver(seen, draft.base, None)
    theirs = session.get_one(ReleaseRow, newest.release).files
    return TakenOver(seen, newest.release, merge(base_files(session, draft), theirs, seen.files, choices))


def _choices(asked: Mapping[str, Any]) -> Choices:
    return {(one["kind"], one["id"], one["field"]): one["take"] for one in asked.get("settle", ())}


def _not_proved(proof: Proof) -> Refusal:
    """With everything that keeps these rules from being published."""
    found = findings_of(proof, Severity.ERROR)
    return Refusal(409, "not_proved", ABOUT_DRAFTS["not_proved"], proof.blocking, more={"findings": found})


def _reply(session: Session, draft: DraftRow, **more: Any) -> Reply:
    session.flush()
    return Reply(200, {**draft_answer(session, draft), **more}, etag_of(draft))
