"""The steps of a draft: hand in, approve, return, take back, put away. Each is one button, or says why it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.check_views import checks_page, find_losses
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404, refusal_page
from services.advisor.studio.rendering import said, studio_page, words
from services.advisor.studio.visitor import allowed, visitor
from services.casebook import drafts
from services.casebook.authors import Author
from services.casebook.draft_errors import DraftError
from services.casebook.drafts import find_draft
from services.casebook.model import DraftState, Role
from services.casebook.rule_tables import DraftRow
from services.rulebook.apart import ApartError
from services.rulebook.impact import StepChange

LONGEST_WHY = 2_000
Act = Callable[[Session, DraftRow, Author, datetime], None]


@blueprint.post("/drafts/<int:number>/submit")
@allowed(Role.EDITOR)
def submit(number: int) -> AnyResponse:
    """Only what was proved is handed in, and only with a yes to every step that somebody loses by it."""
    draft = draft_or_404(number)
    losses: tuple[StepChange, ...] = ()
    if draft.row.state is DraftState.OPEN and draft.files != draft.base_files:
        if not parts().proofs.proof(draft.files).may_be_published:
            return checks_page(draft, 409, words()("verdict.refused"))
        try:
            losses = find_losses(draft)
        except ApartError as error:
            return checks_page(draft, 409, said(error.text))
        if losses and request.form.get("confirmed") != "yes":
            return checks_page(draft, 409, words()("losses.needed"))

    def act(session: Session, row: DraftRow, author: Author, now: datetime) -> None:
        drafts.submit(session, row, author, now, {loss.action for loss in losses})

    return take_step(draft, act, "submitted", "changes")


@blueprint.post("/drafts/<int:number>/approve")
@allowed(Role.PUBLISHER)
def approve(number: int) -> AnyResponse:
    """What the colleague has read is approved, and nothing that was saved after they opened the page."""

    def act(session: Session, row: DraftRow, author: Author, now: datetime) -> None:
        drafts.approve(session, row, author, now, parts().settings.approve_own)

    return take_step(draft_or_404(number), act, "approved", "publish")


@blueprint.post("/drafts/<int:number>/return")
@allowed(Role.EDITOR)
def send_back(number: int) -> AnyResponse:
    """With a reason by a colleague; without one by an editor who takes it back."""
    why = request.form.get("why", "")[:LONGEST_WHY]

    def act(session: Session, row: DraftRow, author: Author, now: datetime) -> None:
        drafts.send_back(session, row, author, why, now)

    return take_step(draft_or_404(number), act, "sent_back" if why.strip() else "taken_back", "draft")


@blueprint.post("/drafts/<int:number>/discard")
@allowed(Role.EDITOR)
def discard(number: int) -> AnyResponse:
    return take_step(draft_or_404(number), drafts.discard, "put_away", "draft")


def take_step(draft: OpenDraft, act: Act, done: str, then: str) -> AnyResponse:
    """One act on the draft at the version that was looked at, and on to the page where the next one waits."""
    number = draft.row.id
    try:
        with parts().database.write() as session:
            row = find_draft(session, number, to_change=True)
            if row is None:
                abort(404)
            if row.version != draft.version:
                return changed_meanwhile(draft)
            act(session, row, visitor(), parts().clock())
    except DraftError as error:
        return refusal_page(draft, error)
    return redirect(url_for(f"studio.{then}", number=number, done=done), 303)


def changed_meanwhile(draft: OpenDraft) -> AnyResponse:
    """Nothing was done: somebody saved what the one who pressed the button has not seen."""
    reason = words()("step.changed_meanwhile")
    return studio_page("draft_refusal.html", 409, draft=draft, reason=reason, tab="")
