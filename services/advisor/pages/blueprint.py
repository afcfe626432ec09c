"""The blueprint of the borrower's pages; what leaves it stays out of caches, what enters it comes from here."""

from __future__ import annotations

from flask import Blueprint, request

from services.advisor.pages.rendering import keep_out_of_caches
from services.advisor.parts import parts

blueprint = Blueprint("pages", __name__)
blueprint.after_request(keep_out_of_caches)


class ForeignFormError(Exception):
    """A form that was sent from another site."""


@blueprint.before_request
def refuse_forms_of_other_sites() -> None:
    """Browsers say where a form comes from; one from elsewhere changes nothing here."""
    if request.method != "POST":
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    own = {request.host_url.rstrip("/"), parts().settings.base_url}
    if site not in ("same-origin", "none") or (origin not in (None, "null") and origin not in own):
        raise ForeignFormError
