"""The door of the studio: sign in, sign out, and the page behind a one-time link on which a password is chosen."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.session_cookie import session_token, with_session, without_session
from services.advisor.studio.visitor import open_to_all, signed_in
from services.casebook import signing_in
from services.casebook.accounts import AccountError


@blueprint.get("/sign-in")
@open_to_all
def sign_in() -> AnyResponse:
    if signed_in() is not None:
        return redirect(_wanted(), 303)
    return _door()


@blueprint.post("/sign-in")
@open_to_all
def give_password() -> AnyResponse:
    name, password = request.form.get("name", ""), request.form.get("password", "")
    with parts().database.write() as session:
        origin = request.remote_addr or ""
        answer = signing_in.sign_in(session, name, password, origin, parts().clock())
    if answer.refused is None:
        return with_session(_redirect(_wanted()), answer.token)
    response = _door(answer.refused.in_language(words().language), 429 if answer.wait else 422)
    if answer.wait is not None:
        response.headers["Retry-After"] = str(max(1, int(answer.wait.total_seconds())))
    return response


@blueprint.post("/sign-out")
@open_to_all
def sign_out() -> AnyResponse:
    token = session_token()
    if token is not None:
        with parts().database.write() as session:
            signing_in.sign_out(session, token)
    return without_session(_redirect(url_for("studio.sign_in", done="signed_out")))


@blueprint.get("/welcome/<token>")
@open_to_all
def welcome(token: str) -> Response:
    """Behind a one-time link; looking at it does not use it up."""
    return _welcome(token)


@blueprint.post("/welcome/<token>")
@open_to_all
def choose_password(token: str) -> AnyResponse:
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _welcome(token, words()("welcome.differ"))
    try:
        with parts().database.write() as session:
            row = signing_in.set_password(session, token, password, parts().clock())
            fresh = None if row is None else signing_in.start_session(session, row, parts().clock())
    except AccountError as error:
        return _welcome(token, error.text.in_language(words().language))
    return _welcome(token) if fresh is None else with_session(_redirect(url_for("studio.home")), fresh)


def _door(error: str = "", status: int = 200) -> Response:
    return studio_page("sign_in.html", status, error=error, name=request.form.get("name", ""), following=_wanted())


def _welcome(token: str, error: str = "") -> Response:
    with parts().database.read() as session:
        row = signing_in.find_by_link(session, token, parts().clock())
    if row is None:
        return studio_page("message.html", 404, heading="link_used.heading", lead="link_used.lead")
    return studio_page("welcome.html", 422 if error else 200, error=error, account=row)


def _wanted() -> str:
    """Where they wanted to go: a page of the studio and nothing else."""
    wanted = request.values.get("next", "")
    split = urlsplit(wanted)
    is_own = not split.scheme and not split.netloc and wanted.startswith(f"{url_for('studio.home')}")
    return wanted if is_own and "\\" not in wanted else url_for("studio.home")


def _redirect(where: str) -> Response:
    response = Response(status=303)
    response.headers["Location"] = where
    return response
