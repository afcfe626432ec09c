"""The way through the questions: start, one question at a time, the calm page, the first step, the check."""

from __future__ import annotations

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.pages.answers import Answers
from services.advisor.pages.blueprint import blueprint
from services.advisor.pages.form_values import AnswerError, as_typed, read_answer
from services.advisor.pages.interview import situation_of, stand
from services.advisor.pages.probes import Probe
from services.advisor.pages.rendering import answers_so_far, page, page_parts, with_answers, words
from services.advisor.parts import parts
from services.rulebook.advice import advice_texts, describe
from services.rulebook.model import Asked, Fact
from services.rulebook.problems import SituationError
from services.rulebook.release import Release
from services.rulebook.wording import say_value

DECLINE = "declined"


@blueprint.get("/")
def start() -> Response:
    return page("start.html", answers_so_far())


@blueprint.post("/start")
def begin() -> AnyResponse:
    """Starts again from nothing, or goes on with the answers that are there."""
    return _go_on(Answers() if request.form.get("again") else answers_so_far())


@blueprint.get("/next")
def go_on() -> AnyResponse:
    return _go_on(answers_so_far())


@blueprint.get("/q/<fact_id>")
def question(fact_id: str) -> Response:
    with parts().releases.borrow() as release:
        return _question(release, _asked_fact(release, fact_id), answers_so_far())


@blueprint.post("/q/<fact_id>")
def answer(fact_id: str) -> AnyResponse:
    """Keeps the answer and goes on; shows the question again, with what was typed, if the answer cannot be used."""
    before = answers_so_far()
    with parts().releases.borrow() as release:
        fact = _asked_fact(release, fact_id)
        if request.form.get("answer") == DECLINE:
            return _go_on(before.without(fact_id))
        try:
            value = read_answer(fact, request.form.getlist("answer"))
            told = before.with_answer(fact_id, value)
            situation_of(release, told)
        except AnswerError as error:
            return _question(release, fact, before, words()(error.key, **error.filled))
        except SituationError as error:
            return _question(release, fact, before, error.problems[0].sentence(words().language))
        probe = _probe_for(fact, value)
        if probe is not None and not request.form.get("sure"):
            return _ask_once_more(fact, before, probe)
    return _go_on(told)


@blueprint.get("/safe")
def safe() -> Response:
    """The calm page: the first step and the numbers to call, before anything else."""
    return _advice_page("safe.html", answers_so_far().having_seen("safe"))


@blueprint.get("/first-step")
def first_step() -> Response:
    return _advice_page("first.html", answers_so_far().having_seen("first"))


@blueprint.get("/check")
def check() -> Response:
    with parts().releases.borrow() as release:
        standing = stand(release, answers_so_far(), parts().today())
        return page("check.html", standing.answers, rows=rows_of(release, standing.answers))


def _go_on(answers: Answers) -> AnyResponse:
    with parts().releases.borrow() as release:
        standing = stand(release, answers, parts().today())
    endpoint, where = standing.next_page()
    return with_answers(redirect(url_for(endpoint, **where), 303), standing.answers)  # type: ignore[arg-type]


def _question(release: Release, fact: Fact, answers: Answers, error: str = "") -> Response:
    standing = stand(release, answers, parts().today())
    value = standing.answers.facts.get(fact.id)
    typed = request.form.getlist("answer") or ([] if value is None else _as_typed(fact, value))
    return page(
        "question.html",
        standing.answers,
        422 if error else 200,
        fact=fact,
        ask=advice_texts(release, words().language).questions[fact.id],
        typed=typed,
        error=error,
        standing=standing,
        action=url_for("pages.answer", fact_id=fact.id),
        back=_question_before(standing.answers, fact),
        first=standing.plan.steps[0].rule.title.in_language(words().language) if standing.plan.steps else "",
    )


def _ask_once_more(fact: Fact, answers: Answers, probe: Probe) -> Response:
    return page("probe.html", answers, fact=fact, typed=request.form.getlist("answer"), probe=probe)


def _advice_page(template: str, answers: Answers) -> Response:
    with parts().releases.borrow() as release:
        standing = stand(release, answers, parts().today())
        advice = describe(release, standing.decision, standing.plan, words().language)
        return page(template, standing.answers, advice=advice, standing=standing)


def _asked_fact(release: Release, fact_id: str) -> Fact:
    fact = release.rulebook.facts.get(fact_id)
    if fact is None or fact.asked is Asked.NEVER:
        abort(404)
    return fact


def _question_before(answers: Answers, fact: Fact) -> str:
    """The address of the question before this one, or of the start."""
    order = answers.order
    earlier = order[: order.index(fact.id)] if fact.id in order else order
    return url_for("pages.question", fact_id=earlier[-1]) if earlier else url_for("pages.start")


def _probe_for(fact: Fact, value: object) -> Probe | None:
    return next((probe for probe in page_parts().probes if probe.meets(fact, value)), None)


def _as_typed(fact: Fact, value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else [as_typed(fact, value)]


def rows_of(release: Release, answers: Answers) -> list[dict[str, str]]:
    """The answers in the order in which they were given; an empty value means that it was left open."""
    situation, language = situation_of(release, answers), words().language
    rows = []
    for fact_id in answers.order:
        fact = release.rulebook.facts.get(fact_id)
        if fact is None:
            continue
        value = situation.values.get(fact_id)
        shown = "" if value is None else say_value(fact, value, language)
        rows.append({"fact": fact_id, "label": fact.label.in_language(language), "shown": shown})
    return rows
