"""What a view may do that pages otherwise may not: styles of its own editor, or a frame with a page from here."""

from __future__ import annotations

import secrets

from flask import Response

from services.advisor.headers import OWN_FILES, POLICY


def new_nonce() -> str:
    """A word for one answer alone; styles that carry it are ours."""
    return secrets.token_urlsafe(18)


def with_styles(response: Response, nonce: str) -> Response:
    """Styles that a script of this page adds and marks with the nonce are let through."""
    own = f"style-src 'self' 'nonce-{nonce}'"
    response.headers[POLICY] = OWN_FILES.replace("style-src 'self'", own)
    return response


def with_frames(response: Response) -> Response:
    """The page may show pages from here in a frame."""
    response.headers[POLICY] = f"{OWN_FILES}; frame-src 'self'"
    return response


def inside_a_frame(response: Response) -> Response:
    """The page may stand in a frame of ours; there it runs nothing, sends nothing and leads nowhere."""
    policy = OWN_FILES.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    policy = policy.replace("script-src 'self'", "script-src 'none'").replace(
        "form-action 'self'", "form-action 'none'"
    )
    response.headers[POLICY] = f"{policy}; sandbox"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
