"""The editor of the text view: the CodeMirror 6 that comes in the wheel of nicegui, of which nothing is imported."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import Response, abort, current_app, send_from_directory, url_for

from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.visitor import open_to_all

if TYPE_CHECKING:
    from services.advisor.app import Advisor

PACKAGE = "nicegui"
SETTING = "STUDIO_EDITOR_PACKAGE"
"""Of the application: another package that holds it in the same place."""
INSIDE = Path("elements", "codemirror", "dist")
ENTRY = "index.js"
MODULE = re.compile(r"[A-Za-z0-9_-]+\.js")
LONG = "public, max-age=31536000, immutable"
"""The address names the version of the package, so what it names never changes."""


@cache
def editor_folder(package: str = PACKAGE) -> Path | None:
    """Where its modules lie; None where the package is not installed, or is no longer built like this."""
    spec = find_spec(package)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(place) / INSIDE / ENTRY).is_file():
            return Path(place) / INSIDE
    return None


def editor_address() -> str | None:
    """The address of the module to load. None, and one line in the log, if the text area has to do without it."""
    if _folder() is None:
        _say_once_that_it_is_missing()
        return None
    return url_for("studio.editor_module", release=_release(), name=ENTRY)


@blueprint.get("/editor/<release>/<name>")
@open_to_all
def editor_module(release: str, name: str) -> Response:
    """One module of it; the others are loaded from beside it."""
    folder = _folder()
    if folder is None or release != _release() or not MODULE.fullmatch(name):
        abort(404)
    answer = send_from_directory(folder, name, mimetype="text/javascript")
    answer.headers["Cache-Control"] = LONG
    return answer


def _folder() -> Path | None:
    return editor_folder(current_app.config.get(SETTING, PACKAGE))


@cache
def _release() -> str:
    return version(PACKAGE)


def _say_once_that_it_is_missing() -> None:
    said: set[str] = current_app.extensions.setdefault("ashore studio said", set())
    if PACKAGE not in said:
        said.add(PACKAGE)
        logger = cast("Advisor", current_app).logger_of_faults
        logger.warning("no_editor", package=PACKAGE, instead="a plain text area")
