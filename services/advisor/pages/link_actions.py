"""What the links in messages do to a case, each in one transaction; the pages around it are in follow_up_links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.advisor.pages.form_values import AnswerError, read_answer
from services.advisor.pages.texts import Words
from services.advisor.parts import parts
from services.casebook.case_facts import situation_on
from services.casebook.case_states import snooze, stop
from services.casebook.cases import answer
from services.casebook.channel_kinds import KINDS, shown
from services.casebook.channels import VerificationError, stop_channel, verify
from services.casebook.clock import local_day
from services.casebook.decisions import plan_changes
from services.casebook.desk import Desk, Recorded
from services.casebook.events import EventError
from services.casebook.links import Link, Purpose
from services.casebook.model import CaseState, ChannelRole, ChannelState, EventSource, FollowUpState
from services.casebook.outbox import pending
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from services.rulebook.advice import advise
from services.rulebook.model import Fact, Kind
from services.rulebook.problems import SituationError

UNKNOWN = "unknown"
YES_NO = ("yes", "no")
DAY_PATTERNS = {"en": "EEEE d MMMM", "zh-CN": "M月d日EEEE"}


class PageError(Exception):
    """There is nothing to do any more: `key` names the text that says so."""

    def __init__(self, key: str, language: str | None = None) -> None:
        super().__init__(key)
        self.key = key
        self.language = language


class AnswerRefusedError(Exception):
    """The answer is empty, is none that the question has, or contradicts what is known."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A link with what it points at, inside one transaction."""

    link: Link
    desk: Desk
    case: CaseRow
    follow_up: FollowUpRow | None = None
    channel: ChannelRow | None = None


@contextmanager
def opened(link: Link, *, to_change: bool) -> Iterator[Opened]:
    """Raises PageError when the case was erased or the question is closed. A refused answer writes nothing."""
    database, now = parts().database, parts().clock()
    session_of = database.write if to_change else database.read
    with session_of() as session, parts().releases.borrow() as release:
        yield _find(Desk(session, release, now), link, to_change)


def question_of(opened: Opened, words: Words) -> dict[str, Any]:
    """The question with its choices, as the template needs it; choices are empty where something is typed in."""
    fact, language = _fact(opened), opened.case.language
    if fact is None:
        choices = [(word, words(f"help.{word}")) for word in YES_NO]
        return {"question": words("help.question"), "choices": choices, "is_many": False, "is_date": False, "hint": ""}
    choices = [(choice.word, choice.label.in_language(language)) for choice in fact.choices]
    if fact.kind is Kind.YES_NO:
        choices = [(word, words(f"answer.{word}")) for word in YES_NO]
    if fact.kind is Kind.SOME_OF:
        choices.append(("none_of_these", words("answer.none")))
    hint = {Kind.MONEY: "answer.yuan_hint", Kind.DATE: "answer.date_hint"}.get(fact.kind, "answer.number_hint")
    return {
        "question": fact.question.in_language(language),
        "choices": choices,
        "is_many": fact.kind is Kind.SOME_OF,
        "is_date": fact.kind is Kind.DATE,
        "hint": words(hint),
    }


def note_answer(opened: Opened, typed: Sequence[str]) -> Recorded:
    """Record the answer and run the rules again. Raises AnswerRefusedError; then nothing was written."""
    assert opened.follow_up is not None
    try:
        return answer(opened.desk, opened.case, opened.follow_up, _value(_fact(opened), typed), EventSource.ANSWER)
    except (AnswerError, EventError, SituationError) as error:
        raise AnswerRefusedError from error


def advice_of_today(opened: Opened) -> dict[str, Any]:
    """What the rules advise now, for somebody who follows a message about new rules."""
    desk, case = opened.desk, opened.case
    day = desk.day(case)
    return advise(desk.release, situation_on(case, desk.release.rulebook, day), day, case.language)


def what_changed(opened: Opened, recorded: Recorded) -> dict[str, Any]:
    """What the person sees after an answer: what changed in the plan, the first step, and when we come back."""
    changes = plan_changes(recorded.made, opened.desk.release, "")
    answer = recorded.made.answer
    safety = answer["safety"]
    coming = [row for row in pending(opened.desk.session, opened.case.id) if row.rule_id is not None]
    return {
        "changes": [(kind, step["title"]) for kind in ("added", "removed", "moved") for step in changes[kind]],
        "first": next(iter(answer["steps"]), None),
        "contacts": [] if safety["level"] == "ok" else [c for c in safety["contacts"] if c["emergency"]],
        "next_day": _day(coming[0].local_day, opened.case.language) if coming else "",
    }


def rest(opened: Opened, time: timedelta) -> str:
    """No messages for some days, but about fixed ones; gives the day on which they go on."""
    until = opened.desk.now + time
    snooze(opened.desk, opened.case, until)
    return _day(local_day(until, opened.case.time_zone), opened.case.language)


def stop_messages(opened: Opened) -> None:
    """No more messages to this channel; if it was the last of the person's own, the case stops speaking."""
    assert opened.channel is not None
    was_own = opened.channel.role is ChannelRole.SELF and opened.channel.state is ChannelState.VERIFIED
    stop_channel(opened.desk.session, opened.channel, opened.desk.now)
    opened.desk.session.flush()
    if was_own and opened.case.state is not CaseState.STOPPED and not _has_own_channel(opened):
        stop(opened.desk, opened.case)


def confirm(opened: Opened, secret_key: str) -> bool:
    """Whether the channel is proved now; False when it is too late for that."""
    assert opened.channel is not None
    try:
        return verify(opened.desk.session, opened.channel, opened.link.value, secret_key, opened.desk.now)
    except VerificationError:
        return False


def shown_address(opened: Opened) -> str:
    """The address as its owner knows it again, covered from other eyes."""
    assert opened.channel is not None
    kind = KINDS.get(opened.channel.kind)
    return ", ".join(shown(kind, opened.channel.address).values()) if kind is not None else opened.channel.kind


def _find(desk: Desk, link: Link, to_change: bool) -> Opened:
    if link.purpose in (Purpose.ANSWER, Purpose.SNOOZE):
        follow_up = desk.session.get(FollowUpRow, link.subject)
        case = _case(desk.session, follow_up.case_id if follow_up is not None else None, to_change)
        if follow_up is None or (link.purpose is Purpose.ANSWER and _is_closed(follow_up)):
            raise PageError("done", case.language)
        return Opened(link, desk, case, follow_up=follow_up)
    channel = desk.session.get(ChannelRow, link.subject)
    if channel is None:
        raise PageError("done")
    return Opened(link, desk, _case(desk.session, channel.case_id, to_change), channel=channel)


def _case(session: Session, case_id: str | None, to_change: bool) -> CaseRow:
    """The case, held until we are done. What was read before it was ours is read again."""
    case = None if case_id is None else session.get(CaseRow, case_id, with_for_update=to_change or None)
    if case is None:
        raise PageError("done")
    session.expire_all()
    return case


def _is_closed(follow_up: FollowUpRow) -> bool:
    return follow_up.answered_at is not None or follow_up.state is FollowUpState.CANCELLED


def _fact(opened: Opened) -> Fact | None:
    """The fact that the message asks; None if it asks whether help is still wanted."""
    assert opened.follow_up is not None
    if opened.follow_up.ask is None:
        return None
    fact = opened.desk.release.rulebook.facts.get(opened.follow_up.ask)
    if fact is None:
        raise PageError("done", opened.case.language)
    return fact


def _value(fact: Fact | None, typed: Sequence[str]) -> object:
    if fact is None:
        if list(typed) not in (["yes"], ["no"]):
            raise AnswerRefusedError
        return list(typed) == ["yes"]
    return UNKNOWN if list(typed) == [UNKNOWN] else read_answer(fact, typed)


def _has_own_channel(opened: Opened) -> bool:
    own = select(ChannelRow.id).where(
        ChannelRow.case_id == opened.case.id,
        ChannelRow.role == ChannelRole.SELF,
        ChannelRow.state == ChannelState.VERIFIED,
    )
    return opened.desk.session.scalar(own.limit(1)) is not None


def _day(day: date, language: str) -> str:
    return format_date(day, DAY_PATTERNS[language], locale="en" if language == "en" else "zh")
