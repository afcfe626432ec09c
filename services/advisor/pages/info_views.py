"""What stands beside the questions: humans to talk to, privacy, and clearing the answers."""

from __future__ import annotations

from importlib.resources import files

from flask import Response, send_from_directory

from services.advisor.pages.answers import Answers
from services.advisor.pages.blueprint import blueprint
from services.advisor.pages.rendering import answers_so_far, page, words
from services.advisor.parts import parts
from services.rulebook.advice import advice_texts

HTMX_FOLDER = files("js_lib_htmx") / "static" / "htmx"


@blueprint.get("/help")
def help_page() -> Response:
    with parts().releases.borrow() as release:
        contacts = advice_texts(release, words().language).contacts
    return page("help.html", answers_so_far(), contacts=contacts)


@blueprint.get("/privacy")
def privacy() -> Response:
    return page("privacy.html", answers_so_far())


@blueprint.post("/clear")
def clear() -> Response:
    return page("message.html", Answers(), heading="cleared.heading", lead="cleared.lead")


@blueprint.get("/assets/htmx.js")
def htmx() -> Response:
    """The htmx library as its package ships it."""
    response = send_from_directory(str(HTMX_FOLDER), "htmx.min.js", mimetype="text/javascript", max_age=86_400)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
