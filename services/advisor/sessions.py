"""Cookies are for pages: the API and the probes neither read nor set any."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

WITHOUT = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/", "/docs")


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookies, out of reach of scripts and of other sites."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(WITHOUT):
            return None
        return super().open_session(app, request)
