"""The cookie of the studio: who is signed in in this browser, and the token that its forms carry."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Response, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from services.advisor.parts import parts

COOKIE, PATH = "ashore_studio", "/studio"
FORM_FIELD = "csrf_token"
SALT = "ashore studio"
Carried = dict[str, str]
"""`session`: the token of the one who is signed in; before that `visit`: a random word, so that forms can be told."""


def session_token() -> str | None:
    """The token of the session of this browser, if the cookie is ours; whether it still counts is not asked here."""
    return _carried().get("session")


def form_token() -> str:
    """What a form made for this browser carries; a browser without a cookie is given one with the answer."""
    carried = _carried()
    if not carried:
        carried = g.studio_cookie = {"visit": secrets.token_urlsafe(24)}
        g.new_studio_cookie = carried
    key = parts().settings.secret_key.encode()
    return hmac.new(key, f"studio form {sorted(carried.items())}".encode(), hashlib.sha256).hexdigest()


def is_own_form(token: str) -> bool:
    return bool(_carried()) and hmac.compare_digest(token.encode(), form_token().encode())


def with_session(response: Response, token: str) -> Response:
    """The response that signs this browser in; whatever the cookie held before is gone."""
    _set(response, {"session": token})
    return response


def without_session(response: Response) -> Response:
    g.pop("new_studio_cookie", None)
    response.delete_cookie(COOKIE, path=PATH)
    return response


def keep_cookie(response: Response) -> Response:
    """Gives the browser the cookie that a form on this page needs."""
    fresh: Carried | None = g.pop("new_studio_cookie", None)
    if fresh is not None:
        _set(response, fresh)
    return response


def sealed(carried: Carried) -> str:
    """What the cookie holds: signed, so that nobody but us can have written it."""
    return str(_serializer().dumps(carried))


def _carried() -> Carried:
    if "studio_cookie" not in g:
        try:
            g.studio_cookie = dict(_serializer().loads(request.cookies.get(COOKIE, "")))
        except (BadSignature, ValueError, TypeError):
            g.studio_cookie = {}
    held: Carried = g.studio_cookie
    return held


def _set(response: Response, carried: Carried) -> None:
    is_secure = parts().settings.base_url.startswith("https://")
    response.set_cookie(COOKIE, sealed(carried), path=PATH, httponly=True, samesite="Strict", secure=is_secure)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(parts().settings.secret_key, SALT)
