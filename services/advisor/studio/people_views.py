"""Who may change the rules: accounts, their roles, and one-time links."""

from __future__ import annotations

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.visitor import allowed, visitor
from services.casebook.accounts import AccountError, accounts, add_account, change_account, renew_link
from services.casebook.model import Role
from services.casebook.rule_tables import AccountRow


@blueprint.get("/people")
@allowed(Role.ADMIN)
def people() -> Response:
    return _page()


@blueprint.post("/people")
@allowed(Role.ADMIN)
def add_person() -> AnyResponse:
    """A new account. Its one-time link is shown on the page that follows, and never again."""
    try:
        with parts().database.write() as session:
            row, token = add_account(session, request.form.get("name", ""), _role(), visitor(), parts().clock())
    except AccountError as error:
        return _page(error=error.text.in_language(words().language))
    return _page(link=_link(token), link_for=row.name)


@blueprint.post("/people/<int:number>")
@allowed(Role.ADMIN)
def change_person(number: int) -> AnyResponse:
    try:
        with parts().database.write() as session:
            row, is_disabled = _account(session, number), request.form.get("is_disabled") == "yes"
            change_account(session, row, visitor(), parts().clock(), role=_role(), is_disabled=is_disabled)
    except AccountError as error:
        return _page(error=error.text.in_language(words().language), about=number)
    return redirect(url_for("studio.people", done="saved"), 303)


@blueprint.post("/people/<int:number>/link")
@allowed(Role.ADMIN)
def renew(number: int) -> AnyResponse:
    with parts().database.write() as session:
        row = _account(session, number)
        token = renew_link(session, row, visitor(), parts().clock())
    return _page(link=_link(token), link_for=row.name)


def _page(error: str = "", about: int | None = None, link: str = "", link_for: str = "") -> Response:
    with parts().database.read() as session:
        rows = accounts(session)
    return studio_page(
        "people.html", 422 if error else 200, section="people", accounts=rows, error=error, about=about, link=link,
        link_for=link_for, typed=request.form, roles=list(Role), now=parts().clock(),
    )  # fmt: skip


def _account(session: Session, number: int) -> AccountRow:
    row = session.get(AccountRow, number)
    if row is None:
        abort(404)
    return row


def _role() -> Role:
    word = request.form.get("role", "")
    if word not in list(Role):
        abort(404)
    return Role(word)


def _link(token: str) -> str:
    return f"{parts().settings.base_url}{url_for('studio.welcome', token=token)}"
