"""Who looks at the studio, and what they may do there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from services.advisor.parts import parts
from services.advisor.studio.session_cookie import session_token
from services.casebook.access import hash_of
from services.casebook.authors import Author, NotAllowedError, author_of_account
from services.casebook.model import Role
from services.casebook.rule_tables import SignInRow
from services.casebook.signing_in import find_signed_in, keep_signed_in

View = TypeVar("View", bound=Callable[..., Any])
NOTED_EVERY = timedelta(minutes=5)
"""A browser that is in use is noted so often, and not with every page."""


def allowed(role: Role) -> Callable[[View], View]:
    """Marks a view: only whoever has this role, or one that includes it, may use it. Without a mark: any role."""

    def mark(view: View) -> View:
        view.__dict__["allowed_role"] = role
        return view

    return mark


def open_to_all(view: View) -> View:
    """Marks a view that is there before anybody is signed in."""
    view.__dict__["is_open_to_all"] = True
    return view


def is_open(view: Callable[..., Any]) -> bool:
    return bool(view.__dict__.get("is_open_to_all"))


def role_needed(view: Callable[..., Any]) -> Role:
    role: Role = view.__dict__.get("allowed_role", Role.VIEWER)
    return role


def visitor() -> Author:
    """Whoever is signed in. Only for views that nobody else reaches."""
    author = signed_in()
    if author is None:
        raise NotAllowedError(Role.VIEWER)
    return author


def signed_in() -> Author | None:
    """Whoever is signed in in this browser, looked up once for every request."""
    if "studio_visitor" not in g:
        g.studio_visitor = _find(session_token())
    found: Author | None = g.studio_visitor
    return found


def may(role: Role) -> bool:
    author = signed_in()
    return author is not None and author.role.includes(role)


def refuse_unless_allowed(view: Callable[..., Any]) -> None:
    if not may(role_needed(view)):
        raise NotAllowedError(role_needed(view))


def ask_to_sign_in() -> Response:
    """To the sign-in page, and from there back to where they wanted to go; a form is not sent a second time."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("studio.sign_in", next=wanted), 303)


def _find(token: str | None) -> Author | None:
    if token is None:
        return None
    database, now = parts().database, parts().clock()
    with database.read() as session:
        account = find_signed_in(session, token, now)
        row = session.get(SignInRow, hash_of(token))
        author = None if account is None else author_of_account(account)
    if author is not None and row is not None and now - row.seen_at > NOTED_EVERY:
        with database.write() as session:
            keep_signed_in(session, token, now)
    return author
