"""The checks of a draft: may it be handed in, and if not, what is to be mended, with a person in whom it shows."""

from __future__ import annotations

from flask import Response

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404
from services.advisor.studio.example_people import Examples
from services.advisor.studio.rendering import said, studio_page
from services.advisor.studio.steps import steps_of
from services.advisor.studio.verdict import MOST_SHOWN, WEIGHTS, verdict_of
from services.advisor.studio.waiting import at_once_or_now
from services.rulebook.apart import ApartError
from services.rulebook.impact import StepChange


@blueprint.get("/drafts/<int:number>/checks")
def checks(number: int) -> Response:
    draft = draft_or_404(number)
    return at_once_or_now(draft, "checks", lambda: checks_page(draft))


def checks_page(draft: OpenDraft, status: int = 200, refused: str = "") -> Response:
    """`refused` says to somebody who wanted to hand it in or publish it why they cannot."""
    examples = Examples.of(draft.row.id, draft.files, draft.base_files, parts().today())
    verdict = verdict_of(draft, parts().proofs.proof(draft.files), examples)
    try:
        losses = find_losses(draft) if verdict.passed else ()
    except ApartError as error:
        losses, refused = (), refused or said(error.text)
    return studio_page(
        "checks.html", status, draft=draft, tab="checks", verdict=verdict, weights=list(WEIGHTS.values()),
        losses=[(loss, examples.person(loss.example)) for loss in losses], steps=steps_of(draft), most=MOST_SHOWN,
        titles=titles_of(draft), refused=refused, is_changed=draft.files != draft.base_files,
    )  # fmt: skip


def titles_of(draft: OpenDraft) -> dict[str, str]:
    """What rules and steps are called, by their ids."""
    book = book_of(draft.files).rulebook
    if book is None:
        return {}
    actions = {name: said(action.title) for name, action in book.actions.items()}
    return actions | {rule.id: said(rule.title) for rule in book.rules}


def find_losses(draft: OpenDraft) -> tuple[StepChange, ...]:
    """The steps that somebody loses by the draft, or is told to take later; only for a draft that was proved.

    Raises ApartError if that was not worked out: nobody may take it for "none".
    """
    return parts().proofs.losses(draft.base_files, draft.files)
