"""The pages behind the links in messages: looking at one changes nothing, pressing its button acts.

Programs that check mail open every link in it; so only a POST does anything. The signed link is the only proof that
is asked for: whoever got the message may answer it, put it off, stop it, or confirm the address it went to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, make_response, render_template, request

from services.advisor.pages import link_actions
from services.advisor.pages.link_actions import Opened, PageError
from services.advisor.pages.rendering import asset, keep_out_of_caches
from services.advisor.pages.texts import Words, read_catalogue
from services.advisor.parts import parts
from services.casebook.database import DatabaseUnavailableError
from services.casebook.links import PATH, LinkError, LinkSigner, Purpose
from services.casebook.model import FollowUpKind
from services.rulebook.model import Text

CATALOGUE = Path(__file__).resolve().parents[1] / "texts" / "follow_ups.yaml"
GONE, NOT_FOUND, UNPROCESSABLE, BUSY = 410, 404, 422, 503
REST_DAYS = (1, 3, 7, 14)

blueprint = Blueprint("follow_up_links", __name__, url_prefix=PATH.rstrip("/"))
blueprint.after_request(keep_out_of_caches)


def register_follow_up_links(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.route("/<token>", methods=["GET"])
def look(token: str) -> Response:
    """Shows what the link would do. Nothing is changed."""
    return _answer(token, SHOWN, to_change=False)


@blueprint.route("/<token>", methods=["POST"])
def act(token: str) -> Response:
    """Does it. Mail programs post here directly to unsubscribe (RFC 8058)."""
    return _answer(token, DONE, to_change=True)


def _answer(token: str, by_purpose: Mapping[Purpose, Callable[[Opened, Words], Response]], to_change: bool) -> Response:
    words = Words(_catalogue(), request.accept_languages.best_match(("zh-CN", "en")) or "zh-CN")
    try:
        link = _signer().read(token, parts().clock())
        with link_actions.opened(link, to_change=to_change) as opened:
            return by_purpose[link.purpose](opened, Words(_catalogue(), opened.case.language))
    except LinkError as error:
        return _say(words, "late", GONE) if error.is_late else _say(words, "broken", NOT_FOUND)
    except PageError as error:
        return _say(words if error.language is None else Words(_catalogue(), error.language), error.key, GONE)
    except DatabaseUnavailableError as error:
        response = _say(words, "busy", BUSY)
        response.headers["Retry-After"] = str(max(1, int(error.retry_after.total_seconds())))
        return response


def _show_answer(opened: Opened, words: Words, error: bool = False) -> Response:
    if opened.follow_up is not None and opened.follow_up.kind is FollowUpKind.RULES_CHANGED:
        first = next(iter(link_actions.advice_of_today(opened)["steps"]), None)
        return _page("rules_changed.html", words, first=first)
    asked = link_actions.question_of(opened, words)
    chosen = request.form.get("answer", "") if error else opened.link.value
    status = UNPROCESSABLE if error else 200
    return _page("answer.html", words, status, **asked, chosen=chosen, error=error)


def _note_answer(opened: Opened, words: Words) -> Response:
    try:
        recorded = link_actions.note_answer(opened, request.form.getlist("answer"))
    except link_actions.AnswerRefusedError:
        return _show_answer(opened, words, error=True)
    return _page("answered.html", words, **link_actions.what_changed(opened, recorded))


def _show_snooze(_: Opened, words: Words) -> Response:
    choices = [(str(days), words("snooze.day") if days == 1 else words("snooze.days", days=days)) for days in REST_DAYS]
    return _ask_first(words, "snooze", words("snooze.lead"), choices)


def _snooze(opened: Opened, words: Words) -> Response:
    typed = request.form.get("days", "")
    days = int(typed) if typed in map(str, REST_DAYS) else REST_DAYS[1]
    until = link_actions.rest(opened, timedelta(days=days))
    return _page("said.html", words, heading=words("snooze.heading"), lead=words("snooze.after", day=until))


def _show_stop(opened: Opened, words: Words) -> Response:
    return _ask_first(words, "stop", words("stop.lead", address=link_actions.shown_address(opened)))


def _stop(opened: Opened, words: Words) -> Response:
    link_actions.stop_messages(opened)
    return _page("said.html", words, heading=words("stop.heading"), lead=words("stop.after"))


def _show_verify(opened: Opened, words: Words) -> Response:
    return _ask_first(words, "verify", words("verify.lead", address=link_actions.shown_address(opened)))


def _verify(opened: Opened, words: Words) -> Response:
    is_proved = link_actions.confirm(opened, parts().settings.secret_key)
    said = words("verify.after" if is_proved else "verify.over")
    return _page("said.html", words, 200 if is_proved else GONE, heading=words("verify.heading"), lead=said)


SHOWN: Mapping[Purpose, Callable[[Opened, Words], Response]] = {
    Purpose.ANSWER: _show_answer,
    Purpose.SNOOZE: _show_snooze,
    Purpose.STOP: _show_stop,
    Purpose.VERIFY: _show_verify,
}
DONE: Mapping[Purpose, Callable[[Opened, Words], Response]] = {
    Purpose.ANSWER: _note_answer,
    Purpose.SNOOZE: _snooze,
    Purpose.STOP: _stop,
    Purpose.VERIFY: _verify,
}


def _ask_first(words: Words, section: str, lead: str, choices: list[tuple[str, str]] | None = None) -> Response:
    heading, button = words(f"{section}.heading"), words(f"{section}.button")
    return _page("ask_first.html", words, heading=heading, lead=lead, button=button, choices=choices or [])


def _say(words: Words, section: str, status: int) -> Response:
    return _page("said.html", words, status, heading=words(f"{section}.heading"), lead=words(f"{section}.lead"))


def _page(template: str, words: Words, status: int = 200, **filled: object) -> Response:
    html = render_template(f"follow_ups/{template}", t=words, language=words.language, asset=asset, **filled)
    return make_response(html, status)


def _signer() -> LinkSigner:
    settings = parts().settings
    return LinkSigner(settings.secret_key, settings.base_url)


@cache
def _catalogue() -> Mapping[str, Text]:
    return read_catalogue(CATALOGUE)
