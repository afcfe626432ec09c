"""Whether a form comes from our own pages: browsers say so, and what comes from elsewhere changes nothing here."""

from __future__ import annotations

from flask import request

from services.advisor.parts import parts


class ForeignFormError(Exception):
    """A form that was sent from another site, or that this browser was not given here."""


def refuse_forms_of_other_sites() -> None:
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    own = {request.host_url.rstrip("/"), parts().settings.base_url}
    if site not in ("same-origin", "none") or (origin not in (None, "null") and origin not in own):
        raise ForeignFormError
