"""One page out: its words, the numbers that are always in sight, and the answers that travel with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Response, current_app, g, make_response, render_template, request, url_for

from services.advisor.language import language_of
from services.advisor.pages.answers import LIFETIME, LONGEST_TOKEN, AnswerKeeper, Answers
from services.advisor.pages.probes import Probe, read_probes
from services.advisor.pages.texts import Words, read_catalogue
from services.advisor.parts import parts
from services.rulebook.model import LANGUAGES, Text

COOKIE = "answers"
LANGUAGE_COOKIE = "language"
EXTENSION = "ashore pages"
STATIC_FILES = Path(__file__).resolve().parents[1] / "static" / "pages"
ALWAYS_IN_SIGHT = ("12348", "12378", "12356")
"""A human for legal questions, for complaints and for the heart: one tap away on every page."""


@dataclass(frozen=True)
class PageParts:
    """What all pages share: read once when the application is put together."""

    keeper: AnswerKeeper

    @cached_property
    def catalogue(self) -> Mapping[str, Text]:
        return read_catalogue()

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """The first digits of the hash of every file of the pages."""
        return versions_of(STATIC_FILES)

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        return read_probes()


def versions_of(folder: Path) -> Mapping[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:10] for file in folder.iterdir()}


def page_parts() -> PageParts:
    held: PageParts | None = current_app.extensions.get(EXTENSION)
    if held is None:
        held = current_app.extensions[EXTENSION] = PageParts(AnswerKeeper(parts().settings.secret_key))
    return held


def page_language() -> str:
    """What the address asks for, else what was chosen before, else what the browser prefers."""
    asked = request.args.get("language")
    kept = request.cookies.get(LANGUAGE_COOKIE)
    return next((word for word in (asked, kept) if word in LANGUAGES), None) or language_of(request)


def words() -> Words:
    if "words" not in g:
        g.words = Words(page_parts().catalogue, page_language())
    held: Words = g.words
    return held


def answers_so_far() -> Answers:
    """From the cookie; if that is gone, from the form, which carries them along."""
    keeper = page_parts().keeper
    for token in (request.cookies.get(COOKIE, ""), request.form.get("so_far", "")):
        found = keeper.open(token)
        if found is not None:
            return found
    return Answers()


def page(template: str, answers: Answers, status: int = 200, **filled: object) -> Response:
    """A finished page that also renews the answers in the browser."""
    token = page_parts().keeper.seal(answers) if answers != Answers() else ""
    html = render_template(
        f"pages/{template}", t=words(), language=words().language, so_far=token, answers=answers,
        today=parts().today(),
        always_in_sight=ALWAYS_IN_SIGHT, asset=asset, **filled,
    )  # fmt: skip
    return with_answers(make_response(html, status), answers, token)


def with_answers(response: Response, answers: Answers, token: str | None = None) -> Response:
    """The response with the answers in it. Answers that outgrow a cookie travel in the forms alone."""
    sealed = page_parts().keeper.seal(answers) if token is None else token
    if sealed and len(sealed) <= LONGEST_TOKEN:
        _set_cookie(response, COOKIE, sealed)
    elif not sealed:
        response.delete_cookie(COOKIE)
    return with_language(response)


def with_language(response: Response) -> Response:
    """The response; the browser remembers a language that the address asks for."""
    if request.args.get("language") in LANGUAGES:
        _set_cookie(response, LANGUAGE_COOKIE, request.args["language"])
    return response


def keep_out_of_caches(response: Response) -> Response:
    """Pages hold a person's answers: no cache on the way or in the browser keeps them, unless a view says otherwise."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def asset(name: str) -> str:
    """The address of a file of the pages; it changes with the file, so browsers may keep it for long."""
    return url_for("static", filename=f"pages/{name}", v=page_parts().versions[name])


def _set_cookie(response: Response, name: str, value: str) -> None:
    is_secure = parts().settings.base_url.startswith("https://")
    response.set_cookie(name, value, max_age=LIFETIME, httponly=True, samesite="Lax", secure=is_secure)
