"""`/openapi.json`, and `/docs`: the same as a page, with all its files served from here."""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui  # type: ignore[import-untyped]
from flask import Blueprint, Response, abort, current_app, render_template, send_from_directory

from services.advisor.conditional import tagged
from services.advisor.openapi import AshoreApi, openapi_document
from services.advisor.parts import parts

blueprint = Blueprint("documents", __name__)

SWAGGER_FILES = Path(flask_swagger_ui.__file__).parent / "dist"
SERVED = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


@blueprint.get("/openapi.json")
def openapi() -> Response:
    api: AshoreApi = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    with parts().releases.borrow() as release:
        rulebook = release.rulebook
        return tagged(lambda: openapi_document(api, rulebook), "openapi", rulebook.fingerprint)


@blueprint.get("/docs")
def docs() -> str:
    return render_template("docs.html")


@blueprint.get("/docs/<string:file>")
def docs_file(file: str) -> Response:
    if file not in SERVED:
        abort(404)
    return send_from_directory(SWAGGER_FILES, file, max_age=86_400)
