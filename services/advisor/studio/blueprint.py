"""The blueprint of the rule studio: nobody passes without being signed in, and no form that was not made here."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, abort, current_app, request
from werkzeug.wrappers import Response

from services.advisor.own_forms import ForeignFormError, refuse_forms_of_other_sites
from services.advisor.pages.rendering import keep_out_of_caches
from services.advisor.studio.session_cookie import FORM_FIELD, is_own_form
from services.advisor.studio.visitor import ask_to_sign_in, is_open, refuse_unless_allowed, signed_in

blueprint = Blueprint("studio", __name__, url_prefix="/studio")
blueprint.after_request(keep_out_of_caches)


LARGEST = 2**31 - 1
"""No draft, release or person has a number above; databases do not even compare with larger ones."""


@blueprint.before_request
def keep_the_door() -> Response | None:
    """First who it is, then whether the form is ours, then whether they may do this."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or any(number > LARGEST for number in _numbers_asked_for()):
        abort(404)
    if not is_open(view) and signed_in() is None:
        return ask_to_sign_in()
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        _refuse_foreign_forms()
    if not is_open(view):
        refuse_unless_allowed(view)
    return None


def _numbers_asked_for() -> Iterator[int]:
    return (value for value in (request.view_args or {}).values() if isinstance(value, int))


def _refuse_foreign_forms() -> None:
    """Beyond where a form comes from: every form carries a token that only this session knows."""
    refuse_forms_of_other_sites()
    if not is_own_form(request.form.get(FORM_FIELD, "") or request.headers.get("X-CSRF-Token", "")):
        raise ForeignFormError
