"""The page of a saved case: today's list, what happened, what is still to be asked, which messages will come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, make_response, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.pages.blueprint import blueprint
from services.advisor.pages.case_visit import Visit, case_parts, visit
from services.advisor.pages.form_values import AnswerError, as_typed, read_answer
from services.advisor.pages.interview import Standing
from services.advisor.pages.plan_layout import Stage, sections, stage_of
from services.advisor.pages.rendering import answers_so_far, page, words
from services.advisor.parts import parts
from services.casebook import case_states, cases
from services.casebook.case_facts import situation_on
from services.casebook.channel_kinds import KINDS, AddressError, read_address, shown
from services.casebook.channels import NewChannel, TooManyChannelsError, VerificationError, add_channel, verify
from services.casebook.decisions import look_at
from services.casebook.erasure import export
from services.casebook.events import EventError, find_type, read_event
from services.casebook.model import CaseState, ChannelState, EventSource
from services.casebook.outbox import pending
from services.casebook.tables import ChannelRow, DecisionRow, FollowUpRow
from services.rulebook.advice import advice_texts, describe
from services.rulebook.model import Asked, Fact
from services.rulebook.problems import SituationError
from services.rulebook.questions import open_facts, open_rules

SHOW_CHANGES_FOR = timedelta(minutes=30)
LEFT_OPEN = "unknown"


@blueprint.get("/case")
def case_page() -> Response:
    return _case_page()


@blueprint.post("/case/happened")
def happened() -> AnyResponse:
    """One tap: the event is kept, the rules run again, and the page says what changed."""
    chosen = case_parts().happenings.get(request.form.get("what", ""))
    if chosen is None:
        abort(404)
    return _record(chosen.type, dict(chosen.data))


@blueprint.get("/case/q/<fact_id>")
def case_question(fact_id: str) -> Response:
    with visit() as visiting:
        return _question(visiting, _fact(visiting, fact_id))


@blueprint.post("/case/q/<fact_id>")
def case_answer(fact_id: str) -> AnyResponse:
    with visit() as visiting:
        fact = _fact(visiting, fact_id)
        if request.form.get("answer") == "declined":
            value: object = LEFT_OPEN
        else:
            try:
                value = read_answer(fact, request.form.getlist("answer"))
            except AnswerError as error:
                return _question(visiting, fact, words()(error.key, **error.filled))
    return _record("answer.given", {"fact": fact_id, "value": value})


@blueprint.post("/case/channel")
def give_address() -> AnyResponse:
    """A mail address; it gets one message with a code, and nothing else until the code is given here."""
    try:
        address = read_address(KINDS["email"], {"address": request.form.get("email", "").strip()})
    except AddressError:
        return _case_page(error=words()("follow.email_wrong"))
    with visit(to_change=True) as visiting:
        try:
            new = NewChannel("email", address, visiting.case.time_zone)
            add_channel(visiting.desk.session, visiting.case, new, visiting.desk.now)
        except TooManyChannelsError:
            return _case_page(error=words()("case.too_many_channels"))
    return _back()


@blueprint.post("/case/verify")
def give_code() -> AnyResponse:
    """The code from the message proves that the address is the person's own."""
    code, proved = request.form.get("code", "").strip()[:20], False
    with visit(to_change=True) as visiting:
        for channel in _channels(visiting):
            if channel.state is ChannelState.PENDING:
                try:
                    secret = parts().settings.secret_key
                    proved |= verify(visiting.desk.session, channel, code, secret, visiting.desk.now)
                except VerificationError:
                    continue
    return _back() if proved else _case_page(error=words()("case.code_wrong"))


@blueprint.post("/case/messages")
def messages() -> AnyResponse:
    """Stops all messages, or starts them again."""
    with visit(to_change=True) as visiting:
        act = case_states.resume if request.form.get("wish") == "resume" else case_states.stop
        act(visiting.desk, visiting.case)
    return _back()


@blueprint.get("/case/export")
def export_all() -> Response:
    with visit() as visiting:
        everything = export(visiting.desk.session, visiting.case)
    response = make_response(json.dumps(everything, ensure_ascii=False, indent=1, default=str))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="list.json"'
    return response


def _record(kind: str, data: Mapping[str, Any]) -> AnyResponse:
    try:
        with visit(to_change=True) as visiting:
            event = read_event(visiting.desk.release.rulebook, find_type(kind), data, visiting.desk.now)
            cases.record_event(visiting.desk, visiting.case, event, EventSource.PERSON)
    except (EventError, SituationError) as error:
        return _case_page(error=error.problems[0].sentence(words().language))
    return _back()


def _case_page(error: str = "") -> Response:
    language = words().language
    with visit() as visiting:
        day, release = visiting.desk.day(visiting.case), visiting.desk.release
        look = look_at(release, visiting.case, day)
        advice = describe(release, look.decision, look.plan, language)
        questions = tuple(item.fact for item in open_facts(release, look.decision, open_rules(release, look.decision)))
        values = look.decision.situation.values
        likely = [h for h in case_parts().happenings.values() if h.when and h.fits(values)]
        return page(
            "case.html",
            answers_so_far(),
            422 if error else 200,
            error=error,
            case=visiting.case,
            stopped=visiting.case.state is CaseState.STOPPED,
            advice=advice,
            standing=Standing(answers_so_far(), look.decision, look.plan, questions),
            sections=sections(advice["steps"], day),
            stages=list(Stage),
            stage=stage_of(values, True),
            changed=_changes(visiting),
            likely=likely,
            others=[h for h in case_parts().happenings.values() if not h.when],
            follow_ups=[_follow_up(visiting, row) for row in pending(visiting.desk.session, visiting.case.id)],
            channels=[_channel(row) for row in _channels(visiting)],
            has_mail=parts().settings.mail is not None,
        )


def _changes(visiting: Visit) -> dict[str, list[str]] | None:
    """What the newest decision changed, if it is fresh and not the first."""
    query = select(DecisionRow).where(DecisionRow.case_id == visiting.case.id).order_by(DecisionRow.id.desc()).limit(2)
    rows = visiting.desk.session.scalars(query).all()
    if len(rows) < 2 or visiting.desk.now - rows[0].decided_at > SHOW_CHANGES_FOR:
        return None
    new, old = ({step["action"] for step in row.steps} for row in rows)
    titles = {action.id: action.title.in_language(words().language) for action in _actions(visiting)}
    return {
        "added": [titles[action] for action in titles if action in new - old],
        "removed": [titles[action] for action in titles if action in old - new],
    }


def _actions(visiting: Visit) -> Any:
    return visiting.desk.release.rulebook.actions.values()


def _follow_up(visiting: Visit, row: FollowUpRow) -> dict[str, str]:
    facts = visiting.desk.release.rulebook.facts
    fact = facts.get(row.ask or "")
    question = fact.question.in_language(words().language) if fact else words()("case.how_are_you")
    return {"on": row.local_day.isoformat(), "question": question}


def _channels(visiting: Visit) -> list[ChannelRow]:
    query = select(ChannelRow).where(ChannelRow.case_id == visiting.case.id).order_by(ChannelRow.id)
    return list(visiting.desk.session.scalars(query))


def _channel(row: ChannelRow) -> dict[str, str]:
    address = next(iter(shown(KINDS[row.kind], row.address).values()), "")
    return {"address": address, "state": row.state.value}


def _question(visiting: Visit, fact: Fact, error: str = "") -> Response:
    release, day = visiting.desk.release, visiting.desk.day(visiting.case)
    value = situation_on(visiting.case, release.rulebook, day).values.get(fact.id)
    return page(
        "question.html",
        answers_so_far(),
        422 if error else 200,
        fact=fact,
        ask=advice_texts(release, words().language).questions[fact.id],
        typed=request.form.getlist("answer") or _typed(fact, value),
        error=error,
        standing=None,
        action=url_for("pages.case_answer", fact_id=fact.id),
        back=url_for("pages.case_page"),
        first="",
    )


def _typed(fact: Fact, value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, frozenset):
        return sorted(value)
    return [value.isoformat() if isinstance(value, date) else as_typed(fact, value)]


def _fact(visiting: Visit, fact_id: str) -> Fact:
    fact = visiting.desk.release.rulebook.facts.get(fact_id)
    if fact is None or fact.asked is Asked.NEVER:
        abort(404)
    return fact


def _back() -> AnyResponse:
    return redirect(url_for("pages.case_page"), 303)
