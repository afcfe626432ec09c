"""The list of steps: on the page, as plain text, as a calendar and as a file to print; and all questions at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.pages.answers import Answers
from services.advisor.pages.blueprint import blueprint
from services.advisor.pages.calendar_file import calendar_of
from services.advisor.pages.form_values import AnswerError, as_typed, read_answer
from services.advisor.pages.interview import Standing, situation_of, stand
from services.advisor.pages.pdf_file import pdf_of
from services.advisor.pages.plan_layout import Stage, sections, stage_of
from services.advisor.pages.rendering import answers_so_far, page, with_answers, words
from services.advisor.parts import parts
from services.rulebook.advice import advice_texts, describe
from services.rulebook.advice_texts import Json
from services.rulebook.model import Asked, Fact
from services.rulebook.problems import SituationError
from services.rulebook.release import Release


@dataclass(frozen=True, slots=True)
class ListView:
    """One list of steps with all that its pages show."""

    standing: Standing
    advice: Json
    changed: Json | None


@blueprint.get("/plan")
def plan() -> Response:
    with parts().releases.borrow() as release:
        view = _list_view(release, answers_so_far())
        if "plan" not in view.standing.answers.seen:
            parts().rule_counts.note(step["rule"] for step in view.advice["steps"])
        answers = replace(
            view.standing.answers.having_seen("plan").having_seen("first"), before=view.standing.answers.facts
        )
        return page(
            "plan.html",
            answers,
            advice=view.advice,
            standing=view.standing,
            changed=view.changed,
            sections=sections(view.advice["steps"], parts().today()),
            stages=list(Stage),
            stage=stage_of(view.standing.decision.situation.values, bool(answers.order)),
        )


@blueprint.get("/plan.txt")
def plan_as_text() -> Response:
    with parts().releases.borrow() as release:
        view = _list_view(release, answers_so_far())
    text = render_template("pages/plan.txt", advice=view.advice, t=words(), language=words().language)
    return _file(text.encode(), "text/plain; charset=utf-8")


@blueprint.get("/plan.ics")
def plan_as_calendar() -> Response:
    with parts().releases.borrow() as release:
        view = _list_view(release, answers_so_far())
    return _file(calendar_of(view.advice, parts().clock()), "text/calendar; charset=utf-8", "list.ics")


@blueprint.get("/plan.pdf")
def plan_as_pdf() -> Response:
    with parts().releases.borrow() as release:
        view = _list_view(release, answers_so_far())
        texts = advice_texts(release, words().language)
    return _file(pdf_of(view.advice, words(), texts, parts().settings.data), "application/pdf", "list.pdf")


@blueprint.get("/all")
def all_questions() -> Response:
    with parts().releases.borrow() as release:
        return _all_questions(release, answers_so_far(), {})


@blueprint.post("/all")
def answer_all() -> AnyResponse:
    """Reads a whole form; shows it again, with what was typed, if some answers cannot be used."""
    with parts().releases.borrow() as release:
        answers, errors = _read_all(release)
        if errors:
            return _all_questions(release, answers, errors)
    return with_answers(redirect(url_for("pages.plan"), 303), answers.having_seen("first"))  # type: ignore[arg-type]


def _list_view(release: Release, answers: Answers) -> ListView:
    standing = stand(release, answers, parts().today())
    advice = describe(release, standing.decision, standing.plan, words().language)
    return ListView(standing, advice, _changes(release, standing))


def _changes(release: Release, standing: Standing) -> Json | None:
    """What the answers changed since the list was last shown; None if they are the same."""
    before = standing.answers.before
    if before is None or before == standing.answers.facts:
        return None
    old = stand(release, replace(standing.answers, facts=before, declined=()), parts().today())
    language = words().language
    titles = [{step.action.id: step.rule.title.in_language(language) for step in s.plan.steps} for s in (old, standing)]
    return {
        "added": [title for action, title in titles[1].items() if action not in titles[0]],
        "removed": [title for action, title in titles[0].items() if action not in titles[1]],
    }


def _all_questions(release: Release, answers: Answers, errors: dict[str, str]) -> Response:
    facts = [fact for fact in release.rulebook.facts.values() if fact.asked is not Asked.NEVER]
    typed = {fact.id: _typed(fact, answers) for fact in facts}
    asks = advice_texts(release, words().language).questions
    return page("all.html", answers, 422 if errors else 200, facts=facts, asks=asks, typed=typed, errors=errors)


def _typed(fact: Fact, answers: Answers) -> list[str]:
    if request.method == "POST":
        return request.form.getlist(fact.id)
    value = answers.facts.get(fact.id)
    if value is None:
        return []
    return [str(word) for word in value] if isinstance(value, list) else [as_typed(fact, value)]


def _read_all(release: Release) -> tuple[Answers, dict[str, str]]:
    answers, errors = Answers(), dict[str, str]()
    for fact in release.rulebook.facts.values():
        given = [value for value in request.form.getlist(fact.id) if value]
        if fact.asked is Asked.NEVER or not given:
            continue
        try:
            answers = answers.with_answer(fact.id, read_answer(fact, given))
        except AnswerError as error:
            errors[fact.id] = words()(error.key, **error.filled)
    try:
        situation_of(release, answers)
    except SituationError as error:
        for problem in error.problems:
            errors.setdefault(problem.pointer.removeprefix("/facts/").split("/")[0], problem.sentence(words().language))
    return answers, errors


def _file(content: bytes, kind: str, name: str = "") -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
