"""What the studio shows when something is not there, not allowed or out of order: a calm page, never a trace."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import Forbidden, HTTPException, InternalServerError, MethodNotAllowed, NotFound

from services.advisor.own_forms import ForeignFormError
from services.advisor.proofs import COME_BACK, ProofsBusyError
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.rendering import studio_page, words
from services.casebook.authors import NotAllowedError
from services.casebook.database import DatabaseUnavailableError


@blueprint.route("/<path:anything>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def elsewhere(anything: str) -> Response:
    """What no page of the studio answers, or not to this method."""
    del anything
    if request.method == "GET":
        raise NotFound
    raise MethodNotAllowed(["GET"])


@blueprint.errorhandler(NotFound)
def not_there(_error: HTTPException) -> Response:
    return _message("missing", 404)


@blueprint.errorhandler(MethodNotAllowed)
def not_this_way(error: MethodNotAllowed) -> Response:
    response = _message("missing", 405)
    response.headers["Allow"] = ", ".join(error.valid_methods or ())
    return response


@blueprint.errorhandler(NotAllowedError)
def not_allowed(error: NotAllowedError) -> Response:
    return _message("not_allowed", 403, role=words()(f"role.{error.needed}"))


@blueprint.errorhandler(Forbidden)
@blueprint.errorhandler(ForeignFormError)
def foreign_form(_error: Exception) -> Response:
    return _message("foreign_form", 403)


@blueprint.errorhandler(DatabaseUnavailableError)
def busy(error: DatabaseUnavailableError) -> Response:
    response = _message("busy", 503)
    response.headers["Retry-After"] = str(max(1, int(error.retry_after.total_seconds())))
    return response


@blueprint.errorhandler(ProofsBusyError)
def others_are_waiting(_error: ProofsBusyError) -> Response:
    """A page that was asked for comes by itself; what was sent has to be sent again."""
    response = _message("proofs_busy", 503)
    seconds = str(int(COME_BACK.total_seconds()))
    response.headers["Retry-After"] = seconds
    if request.method == "GET":
        response.headers["Refresh"] = seconds
    return response


@blueprint.errorhandler(InternalServerError)
def fault(_error: InternalServerError) -> Response:
    """A fault of ours, which has been logged."""
    return _message("fault", 500)


def _message(section: str, status: int, **filled: object) -> Response:
    return studio_page(
        "message.html", status, heading=f"{section}.heading", lead=f"{section}.lead", filled=filled
    )  # fmt: skip
