"""Answers that change only with the release and the language: tagged, so that a client that has one gets a 304."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, request

from services.advisor.openapi import API_VERSION

HEADERS = {
    "ETag": {"description": "Changes with the release in force and the language.", "schema": {"type": "string"}},
}


def tagged(make: Callable[[], Any], *named: str) -> Response:
    """The JSON that `make` gives, under an ETag made of `named`; 304 without calling it if the client has that."""
    tag = hashlib.sha256("\n".join((API_VERSION, *named)).encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = Response(orjson.dumps(make()), mimetype="application/json")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Language"
    return response
