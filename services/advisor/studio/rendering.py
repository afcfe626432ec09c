"""One page of the studio: its words, its files, and who is looking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

from flask import Response, current_app, g, make_response, render_template, request, url_for
from markupsafe import Markup

from services.advisor.pages.rendering import page_language, versions_of, with_language
from services.advisor.pages.texts import CatalogueError, Words, read_catalogue
from services.advisor.parts import parts
from services.advisor.studio.session_cookie import FORM_FIELD, form_token, keep_cookie
from services.advisor.studio.visitor import may, signed_in
from services.casebook.model import Role
from services.rulebook.model import Text

EXTENSION = "ashore studio"
HERE = Path(__file__).resolve().parents[1]
TEXTS, STATIC_FILES = HERE / "texts" / "studio", HERE / "static" / "studio"


@dataclass(frozen=True)
class StudioParts:
    """What all pages of the studio share: read once in every process, when it is first needed."""

    @cached_property
    def catalogue(self) -> Mapping[str, Text]:
        return read_catalogues(TEXTS)

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """The first digits of the hash of every file of the studio."""
        return versions_of(STATIC_FILES)


def read_catalogues(folder: Path) -> Mapping[str, Text]:
    """All texts of the folder by `section.key`. Raises CatalogueError if two files have the same key."""
    found: dict[str, Text] = {}
    for file in sorted(folder.glob("*.yaml")):
        texts = read_catalogue(file)
        twice = sorted(set(texts) & set(found))
        if twice:
            raise CatalogueError(f"{file.name}: {', '.join(twice)} stands in another file as well")
        found.update(texts)
    return found


def studio_parts() -> StudioParts:
    held: StudioParts = current_app.extensions.setdefault(EXTENSION, StudioParts())
    return held


def words() -> Words:
    if "studio_words" not in g:
        g.studio_words = Words(studio_parts().catalogue, page_language())
    held: Words = g.studio_words
    return held


def said(text: Text | None) -> str:
    """A text in the language of the page."""
    return "" if text is None else text.in_language(words().language)


def studio_page(template: str, status: int = 200, **filled: object) -> Response:
    """A finished page. `template` is a path below templates/studio."""
    html = render_template(f"studio/{template}", **{**surroundings(), **filled})
    return with_language(keep_cookie(make_response(html, status)))


def surroundings() -> dict[str, object]:
    """What every template of the studio may use."""
    return {
        "t": words(), "said": said, "language": words().language, "visitor": signed_in(), "may": may, "Role": Role,
        "asset": asset, "way": way, "today": parts().today(),
        "done": _done(), "csrf": csrf, "moment": moment, "other_language": other_language,
    }  # fmt: skip


def csrf() -> Markup:
    """The hidden field that every form of the studio carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORM_FIELD, form_token())


def moment(when: datetime | None) -> str:
    """A moment as the clock on the wall shows it here: `2026-11-24 12:00`."""
    return "" if when is None else when.astimezone(parts().settings.time_zone).strftime("%Y-%m-%d %H:%M")


def other_language() -> str:
    """The address of this page in the other language; the page of a form that failed is left for the one before."""
    here = request.path if request.method == "GET" else url_for("studio.home")
    asked = {**request.args.to_dict(flat=True), "language": words()("studio.other_language_code")}
    asked.pop("done", None)
    return f"{here}?{urlencode(asked)}"


def asset(name: str) -> str:
    """The address of a file in static/studio; it changes with the file, so browsers may keep it for long."""
    return url_for("static", filename=f"studio/{name}", v=studio_parts().versions[name])


def way(endpoint: str, **values: object) -> str | None:
    """The address of a page of the studio, or nothing where this installation has no such page."""
    name = f"studio.{endpoint}"
    return url_for(name, **values) if name in current_app.view_functions else None  # type: ignore[arg-type]


def _done() -> str | None:
    """What the last act has brought about: the address says `?done=KEY` after a redirect."""
    key = f"done.{request.args.get('done', '')}"
    return words()(key) if key in studio_parts().catalogue else None
