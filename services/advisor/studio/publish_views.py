"""Publishing a draft: a last look at why, at what changes and at who approved it, then now or at a time to come."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.check_views import checks_page
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404, refusal_page
from services.advisor.studio.impact_shown import ImpactShown, find_impact
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.step_views import changed_meanwhile
from services.advisor.studio.steps import steps_of
from services.advisor.studio.visitor import allowed, visitor
from services.advisor.studio.waiting import is_asked_now, result_now
from services.casebook.draft_errors import DraftError
from services.casebook.drafts import find_draft, publish_draft
from services.casebook.model import Role
from services.casebook.publications import scheduled_publications
from services.casebook.tables import ReleaseRow
from services.rulebook.load import load_rulebook

LATER = "later"


class TimeError(Exception):
    """The time that was asked for cannot be used; the argument is a key of the catalogue."""


@blueprint.get("/drafts/<int:number>/publish")
@allowed(Role.PUBLISHER)
def publish(number: int) -> Response:
    """The form is there at once; whom it affects comes after it."""
    draft = draft_or_404(number)
    return _last_look(draft, result_now(lambda: find_impact(draft)))


@blueprint.post("/drafts/<int:number>/publish")
@allowed(Role.PUBLISHER)
def put_in_force(number: int) -> AnyResponse:
    draft = draft_or_404(number)
    try:
        at = read_time(parts().clock())
    except TimeError as error:
        return _last_look(draft, error=str(error))
    if not parts().proofs.proof(draft.files).may_be_published:
        return checks_page(draft, 409, words()("verdict.refused"))
    try:
        number_of_release = _publish(draft, at)
    except DraftError as error:
        return refusal_page(draft, error)
    if number_of_release is None:
        return changed_meanwhile(draft)
    done = "planned" if at else "published"
    return redirect(url_for("studio.release", number=number_of_release, done=done), 303)


def read_time(now: datetime) -> datetime | None:
    """When it is to begin, by the clock on the wall here; None for at once. Raises TimeError."""
    if request.form.get("when") != LATER:
        return None
    try:
        day = date.fromisoformat(request.form.get("day", ""))
        hour = time.fromisoformat(request.form.get("time", ""))
    except ValueError as error:
        raise TimeError("publish.no_time") from error
    at = datetime.combine(day, hour.replace(tzinfo=None), parts().settings.time_zone)
    if at <= now:
        raise TimeError("publish.past")
    return at


def _publish(draft: OpenDraft, at: datetime | None) -> int | None:
    """The number of the release; None if somebody saved in the meantime."""
    rulebook = load_rulebook(draft.files)  # before others have to wait for us
    with parts().database.write() as session:
        row = find_draft(session, draft.row.id, to_change=True)
        if row is None or row.version != draft.version:
            return None
        publication = publish_draft(session, row, visitor(), parts().clock(), at, lambda _: rulebook)
        return session.get_one(ReleaseRow, publication.release).number


def _last_look(draft: OpenDraft, shown: ImpactShown | None = None, error: str = "") -> Response:
    with parts().database.read() as session:
        planned = scheduled_publications(session, parts().clock())
    zone = parts().settings.time_zone
    return studio_page(
        "publish.html", 422 if error else 200, draft=draft, tab="", steps=steps_of(draft), planned=planned,
        shown=shown, error=words()(error) if error else "", typed=request.form, zone=zone.key, is_busy=is_asked_now(),
    )  # fmt: skip
