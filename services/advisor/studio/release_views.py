"""Releases: what is in force since when, what is planned, and the way back to an earlier one in one step."""

from __future__ import annotations

from datetime import datetime

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.change_groups import change_groups
from services.advisor.studio.release_timeline import Chapter, chapters
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.step_views import LONGEST_WHY
from services.advisor.studio.visitor import allowed, visitor
from services.casebook.model import Role
from services.casebook.publications import Standing
from services.casebook.recorded import advised_under
from services.casebook.releases import NoReleaseError, release_numbered, roll_back, withdraw
from services.casebook.tables import PublicationRow, ReleaseRow


@blueprint.get("/releases")
def releases() -> Response:
    with parts().database.read() as session:
        found = chapters(session, parts().clock())
    return studio_page("releases.html", section="releases", chapters=found, current=_current(found))


@blueprint.get("/releases/<int:number>")
def release(number: int) -> Response:
    return _release_page(number)


@blueprint.post("/releases/<int:number>/rollback")
@allowed(Role.PUBLISHER)
def put_back(number: int) -> AnyResponse:
    """The release with this number is in force again, at once."""
    why = request.form.get("why", "").strip()[:LONGEST_WHY]
    if not why:
        return _release_page(number, words()("release.needs_why"))
    with parts().database.write() as session:
        roll_back(session, _find_or_404(session, number).number, visitor(), why, parts().clock())
    return redirect(url_for("studio.release", number=number, done="rolled_back"), 303)


@blueprint.post("/releases/planned/<int:publication>/withdraw")
@allowed(Role.PUBLISHER)
def withdraw_planned(publication: int) -> AnyResponse:
    """A release that was to begin later does not begin."""
    why = request.form.get("why", "").strip()[:LONGEST_WHY]
    with parts().database.write() as session:
        row = session.get(PublicationRow, publication)
        if row is None:
            abort(404)
        done = withdraw(session, row, visitor(), why or words()("release.no_why"), parts().clock())
    return redirect(url_for("studio.releases", done="withdrawn" if done else "begun_already"), 303)


def _release_page(number: int, error: str = "") -> Response:
    now = parts().clock()
    with parts().database.read() as session:
        row, found = _find_or_404(session, number), chapters(session, now)
        own = [chapter for chapter in found if chapter.number == number]
        before = next((chapter.before for chapter in reversed(own) if chapter.before is not None), None)
        older = None if before is None else release_numbered(session, before)
        current = _current(found)
        advised = _advised(session, found, number, now)
    return studio_page(
        "release.html", 422 if error else 200, section="releases", release=row, chapters=own, current=current,
        back_to=_back_to(found), older=older, advised=advised, error=error, typed=request.form,
        groups=change_groups(older.files, row.files) if older is not None else (),
    )  # fmt: skip


def _find_or_404(session: Session, number: int) -> ReleaseRow:
    try:
        return release_numbered(session, number)
    except NoReleaseError:
        abort(404)


def _current(found: tuple[Chapter, ...]) -> Chapter | None:
    return next((chapter for chapter in found if chapter.standing is Standing.IN_FORCE), None)


def _back_to(found: tuple[Chapter, ...]) -> int | None:
    """The release that was in force before the one that is."""
    current = _current(found)
    return current.before if current is not None and current.before != current.number else None


def _advised(
    session: Session, found: tuple[Chapter, ...], number: int, now: datetime
) -> tuple[int, Chapter, int, int] | None:
    """Of this release, or right after the way back to it of the one that it replaced: what was advised with it."""
    own = next((item for item in found if item.number == number and item.standing is Standing.IN_FORCE), None)
    about = number
    if own is not None and own.is_return and own.before is not None:
        about = own.before
    begun = [item for item in found if item.number == about and item.standing in (Standing.IN_FORCE, Standing.PAST)]
    if not begun or begun[0].begins_at > now:
        return None
    decisions, cases = advised_under(session, begun[0].release, begun[0].begins_at)
    return about, begun[0], decisions, cases
