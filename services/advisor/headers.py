"""The headers that every answer carries: what a browser may do with it, which is next to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""For data: a browser that is made to show it as a page runs and loads nothing."""

OWN_FILES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
"""For pages: files from here, and nothing from anywhere else; no inline script, no inline style."""

POLICY = "Content-Security-Policy"
ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
]
FOR_DATA = [*ALWAYS, (POLICY, NOTHING)]
FOR_PAGES = [*ALWAYS, (POLICY, OWN_FILES)]


def with_security_headers(application: WSGIApplication) -> WSGIApplication:
    """`application`, whose every answer gets them, errors and files included; what it says itself stays."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> Callable[[bytes], object]:
            return start_response(status, headers + _missing(headers), *rest)  # type: ignore[arg-type]

        return application(environ, start)

    return answer


def _missing(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    own = {name for name, _ in headers}
    is_page = any(name == "Content-Type" and value.startswith("text/html") for name, value in headers)
    return [(name, value) for name, value in (FOR_PAGES if is_page else FOR_DATA) if name not in own]
