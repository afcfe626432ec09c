"""Trying a draft out on a made-up person: its plan beside the plan in force, and the page as a borrower sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flask import Response, abort, make_response, render_template, request, url_for

from services.advisor.pages.answers import Answers
from services.advisor.pages.form_values import AnswerError
from services.advisor.pages.interview import Standing, stand
from services.advisor.pages.plan_layout import Stage, sections, stage_of
from services.advisor.pages.rendering import ALWAYS_IN_SIGHT
from services.advisor.pages.rendering import asset as borrower_asset
from services.advisor.pages.rendering import words as borrower_words
from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.checking import errors_in
from services.advisor.studio.draft_desk import draft_or_404
from services.advisor.studio.page_policy import inside_a_frame, with_frames
from services.advisor.studio.plan_comparison import compare_plans
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.stated_facts import DAY, StatedFacts, option_of, read_day, read_facts
from services.advisor.studio.tried_release import tried_release
from services.rulebook.advice import advice_texts, describe
from services.rulebook.advice_texts import Json
from services.rulebook.phrases import LIST_SEPARATOR
from services.rulebook.problems import RulebookError
from services.rulebook.release import Release

SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL)
ADDRESSES = re.compile(r'(<a\b[^>]*?)\shref="[^"]*"')


@dataclass(frozen=True, slots=True)
class Tried:
    """One release asked about one person on one day."""

    standing: Standing
    advice: Json


@blueprint.get("/drafts/<int:number>/try", endpoint="try_it")
def try_view(number: int) -> Response:
    draft = draft_or_404(number)
    try:
        release = tried_release(draft.files)
    except RulebookError:
        causes_first = sorted(errors_in(draft.files), key=lambda problem: problem.place.file.startswith("cases/"))
        return studio_page("try_unreadable.html", draft=draft, tab="try", errors=causes_first)
    facts = _stated(release)
    day, day_is_usable = read_day(request.args.get(DAY, ""), parts().today())
    tried, before, left_out = _try(release, facts.answers, day), *_in_force(release, facts, day)
    page = studio_page(
        "try.html", draft=draft, tab="try", facts=facts, book=release.rulebook, day=day, day_is_usable=day_is_usable,
        asks=advice_texts(release, words().language).questions, tried=tried, before=before, left_out=left_out,
        plans=compare_plans(before.advice["steps"], tried.advice["steps"]), option_of=option_of,
        phone=url_for("studio.try_phone", number=number, **facts.query(day=day, language=words().language)),
    )  # fmt: skip
    return with_frames(page)


@blueprint.get("/drafts/<int:number>/try/phone")
def try_phone(number: int) -> Response:
    """The borrower's list for these facts by the draft's rules; nothing is stored, no link leads anywhere."""
    draft = draft_or_404(number)
    try:
        release = tried_release(draft.files)
    except RulebookError:
        abort(404)
    day, _ = read_day(request.args.get(DAY, ""), parts().today())
    tried = _try(release, _stated(release).answers, day)
    return inside_a_frame(make_response(inert(_borrower_page(tried, day))))


def inert(html: str) -> str:
    """The page without its scripts and with links that lead nowhere."""
    return ADDRESSES.sub(r"\1", SCRIPTS.sub("", html))


def _stated(release: Release) -> StatedFacts:
    return read_facts(release.rulebook, request.args, words().language, _say)


def _in_force(release: Release, facts: StatedFacts, day: date) -> tuple[Tried, str]:
    """What the release in force says to the same person, and the facts that it does not know."""
    with parts().releases.borrow() as in_force:
        unknown = [release.rulebook.facts[name] for name in facts.values if name not in in_force.rulebook.facts]
        labels = (fact.label.in_language(words().language) for fact in unknown)
        return _try(in_force, facts.answers, day), LIST_SEPARATOR.in_language(words().language).join(labels)


def _try(release: Release, answers: Answers, day: date) -> Tried:
    standing = stand(release, answers, day)
    return Tried(standing, describe(release, standing.decision, standing.plan, words().language))


def _borrower_page(tried: Tried, day: date) -> str:
    standing = tried.standing
    stage = stage_of(standing.decision.situation.values, bool(standing.answers.order))
    return render_template(
        "pages/plan.html", t=borrower_words(), language=borrower_words().language, so_far="", answers=standing.answers,
        today=day, always_in_sight=ALWAYS_IN_SIGHT, asset=borrower_asset, advice=tried.advice, standing=standing,
        changed=None, sections=sections(tried.advice["steps"], day), stages=list(Stage), stage=stage,
    )  # fmt: skip


def _say(error: AnswerError) -> str:
    return borrower_words()(error.key, **error.filled)
