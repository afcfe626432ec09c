"""The first page of the studio: what waits for somebody, what is due for review, and which rules are in force."""

from __future__ import annotations

from datetime import timedelta

from flask import Response

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import in_force
from services.advisor.studio.draft_lists import open_drafts
from services.advisor.studio.rendering import studio_page
from services.casebook.model import DraftState
from services.rulebook.model import Rule, Source

SOON = timedelta(days=60)
MOST_SHOWN = 8


@blueprint.get("/")
def home() -> Response:
    with parts().database.read() as session:
        drafts = open_drafts(session)
    found, due = in_force(), _due()
    return studio_page(
        "home.html", section="home", release=found.release, publication=found.publication, book=found.book,
        waiting=[row for row in drafts if row.state is DraftState.SUBMITTED],
        approved=[row for row in drafts if row.state is DraftState.APPROVED],
        written=[row for row in drafts if row.state is DraftState.OPEN][:MOST_SHOWN],
        due=due[:MOST_SHOWN], due_count=len(due),
    )  # fmt: skip


def _due() -> list[Rule | Source]:
    """Rules and sources whose review is over or comes soon, the most overdue first."""
    book, until = in_force().book, parts().today() + SOON
    sources = book.rulebook.sources.values() if book.rulebook else ()
    dated = [(thing.review_by, thing) for thing in (*book.rules.values(), *sources) if thing.review_by is not None]
    return [thing for day, thing in sorted(dated, key=lambda pair: pair[0]) if day <= until]
