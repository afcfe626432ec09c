"""What a person sees when something is not there or does not work: a calm page that loses no answer."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.own_forms import ForeignFormError
from services.advisor.pages.blueprint import blueprint
from services.advisor.pages.rendering import answers_so_far, page
from services.advisor.problem_json import answer_http_error
from services.casebook.database import DatabaseUnavailableError

FOR_MACHINES = ("/v1/", "/openapi.json", "/healthz", "/readyz", "/metrics")


def answer_not_found(error: NotFound) -> AnyResponse:
    """Anywhere in the application: a page for people, a problem document for programs."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if best != "text/html" or request.path.startswith(FOR_MACHINES):
        return answer_http_error(error)
    return not_there(error)


@blueprint.errorhandler(NotFound)
def not_there(_error: HTTPException) -> Response:
    return page("message.html", answers_so_far(), 404, heading="missing.heading", lead="missing.lead")


@blueprint.errorhandler(ForeignFormError)
def foreign_form(_error: ForeignFormError) -> Response:
    return page("message.html", answers_so_far(), 403, heading="missing.heading", lead="missing.lead")


@blueprint.errorhandler(DatabaseUnavailableError)
def busy(error: DatabaseUnavailableError) -> Response:
    """Nothing was written; the answers are still in the browser."""
    response = page("message.html", answers_so_far(), 503, heading="busy.heading", lead="busy.lead")
    response.headers["Retry-After"] = str(max(1, int(error.retry_after.total_seconds())))
    return response


@blueprint.errorhandler(InternalServerError)
def fault(_error: InternalServerError) -> Response:
    """A fault of ours, which has been logged."""
    return page("message.html", answers_so_far(), 500, heading="fault.heading", lead="fault.lead")


def answer_browsers_that_are_lost(app: Flask) -> None:
    app.register_error_handler(NotFound, answer_not_found)
