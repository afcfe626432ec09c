"""Which language an answer is in: what the body asks for, else the address, else the browser, else Chinese."""

from __future__ import annotations

from flask import Request, g, has_request_context

from services.rulebook.model import LANGUAGES

DEFAULT_LANGUAGE = LANGUAGES[0]


def language_of(request: Request) -> str:
    """The language asked for outside the body; wrong words are passed over here, and refused by the schema."""
    asked = request.args.get("language")
    if asked in LANGUAGES:
        return asked
    if "Accept-Language" not in request.headers:
        return DEFAULT_LANGUAGE
    return _first_understood([tag for tag, _ in request.accept_languages]) or DEFAULT_LANGUAGE


def note_language(body: object) -> None:
    """Remember the language that the body asks for, so that an error about the rest of it can be said in it."""
    asked = body.get("language") if isinstance(body, dict) else None
    if isinstance(asked, str) and asked in LANGUAGES:
        g.language = asked


def language_of_errors(request: Request) -> str:
    noted: str | None = g.get("language") if has_request_context() else None
    return noted or language_of(request)


def _first_understood(tags: list[str]) -> str | None:
    for tag in tags:
        main = tag.lower().replace("_", "-").split("-")[0]
        if main in ("zh", "en"):
            return "en" if main == "en" else DEFAULT_LANGUAGE
    return None
