"""A case from its opening to its end. Each function is one event: facts, decision, plan and messages, or nothing.

All of them work inside the caller's transaction; a `Desk` holds it, with the release and the moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.casebook.access import RandomBytes, code_hash, hash_of, new_case_id, new_retrieval_code, new_token
from services.casebook.case_facts import Standing, change, differences, situation_on, stand
from services.casebook.clock import local_day
from services.casebook.counting import count_missed_calls
from services.casebook.decisions import Made, make_decision, restarting_rules
from services.casebook.event_types import CASE_OPENED, RULES_CHANGED, SILENCE, TIME_PASSED
from services.casebook.events import EventError, ReadEvent, find_type, read_event, sets_of
from services.casebook.model import CaseState, EventSource, FollowUpState
from services.casebook.outbox import Promised, mark_answered
from services.casebook.promising import promise_what_holds
from services.casebook.silence import Silence, forget_tries, silence_of
from services.casebook.tables import CaseRow, EventRow, FollowUpRow
from services.casebook.watching import next_look, repeating_rules
from services.rulebook.model import Situation, Text
from services.rulebook.problems import Problem
from services.rulebook.release import Release

CARE_TIME = timedelta(hours=72)
"""After a sign of self-harm only care messages are sent for so long (follow-up schedule, E24)."""
SIGN_OF_SELF_HARM = ("safety_state", "self_harm_risk")


YES_OR_NO = Text("这里应该是 true 或 false。", "This has to be true or false.")


class FollowUpCancelledError(Exception):
    """The question is not open any more; `because` says why."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit of work: a transaction, the release that advises in it, and the moment at which it happens."""

    session: Session
    release: Release
    now: datetime

    def day(self, case: CaseRow) -> date:
        return local_day(self.now, case.time_zone)


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case is opened with. `situation` was read for `language`'s person on the day of opening."""

    situation: Situation
    language: str
    time_zone: str
    retention_days: int
    consent: Mapping[str, Any]
    organisation_key_id: int | None = None
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event and all that it did."""

    event: EventRow
    made: Made
    promised: Promised


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case. `token` and `retrieval_code` are known only now."""

    case: CaseRow
    token: str
    retrieval_code: str
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class _Happening:
    """An event on its way into the case."""

    type: str
    source: EventSource
    occurred_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    facts_changed: Mapping[str, Any] = field(default_factory=dict)
    follow_up_id: int | None = None
    restarted: frozenset[str] = frozenset()


def open_case(desk: Desk, new: NewCase, random: RandomBytes = secrets.token_bytes) -> Opened:
    """Open a case: the first event, the first decision and the first promises."""
    now = desk.now
    token, code = new_token(random), new_retrieval_code(random)
    standing = stand(desk.release.rulebook, new.situation, local_day(now, new.time_zone))
    case = CaseRow(
        id=new_case_id(random),
        token_hash=hash_of(token),
        retrieval_hash=code_hash(code),
        organisation_key_id=new.organisation_key_id,
        is_demo=new.is_demo,
        state=CaseState.OPEN,
        language=new.language,
        time_zone=new.time_zone,
        facts=standing.facts,
        anchors=standing.anchors,
        declined=standing.declined,
        consent=dict(new.consent),
        version=0,
        opened_at=now,
        changed_at=now,
        last_heard_at=now,
        next_look_at=now,
        retention_days=new.retention_days,
        erase_after=now + timedelta(days=new.retention_days),
    )
    desk.session.add(case)
    _note_care(case, new.situation, now)
    facts = differences(Situation({}), new.situation)
    source = EventSource.PERSON if new.organisation_key_id is None else EventSource.COUNSELLOR
    happening = _Happening(CASE_OPENED, source, now, facts_changed=facts)
    return Opened(case, token, code, _write(desk, case, happening))


def record_event(
    desk: Desk, case: CaseRow, event: ReadEvent, source: EventSource, answered: FollowUpRow | None = None
) -> Recorded:
    """Something happened. Raises SituationError, with pointers below `/facts`, when it contradicts what is known."""
    rulebook, day = desk.release.rulebook, desk.day(case)
    before = situation_on(case, rulebook, day)
    changes = sets_of(event, rulebook, before, day, local_day(event.occurred_at, case.time_zone))
    if event.counts and "missed_calls_7d" in rulebook.facts:
        changes["missed_calls_7d"] = count_missed_calls(desk.session, case, event, desk.now)
    standing, after = change(case, rulebook, changes, event.declined, day)
    restarted = _restarted(desk, case, standing, answered)
    _apply(case, standing)
    if answered is not None:
        mark_answered(desk.session, answered, desk.now)
    if "safety_state" in changes:
        _note_care(case, after, desk.now)
    _hear(desk, case)
    if event.type.closes:
        _move_to(case, CaseState.SETTLED, "the person says that it is over")
    happening = _Happening(
        event.type.id,
        source,
        event.occurred_at,
        data=event.data,
        facts_changed=differences(before, after),
        follow_up_id=None if answered is None else answered.id,
        restarted=restarted,
    )
    return _write(desk, case, happening)


def answer(desk: Desk, case: CaseRow, follow_up: FollowUpRow, value: object, source: EventSource) -> Recorded:
    """The person answers a message, before or after it was sent: the answer is an event, and the rules run again.

    A message that asks no fact asks whether help is still wanted: true or false. Raises FollowUpCancelledError when
    the question is no longer open, EventError when this is no answer to it.
    """
    if follow_up.state is FollowUpState.CANCELLED and follow_up.answered_at is None:
        raise FollowUpCancelledError(follow_up.cancelled_because or "")
    if follow_up.ask is None:
        if not isinstance(value, bool):
            raise EventError([Problem("wrong_type", YES_OR_NO, pointer="/data/value")])
        kind, data = ("help.wanted" if value else "case.closed"), {}
    else:
        kind, data = "answer.given", {"fact": follow_up.ask, "value": value}
    event = read_event(desk.release.rulebook, find_type(kind), data, desk.now)
    return record_event(desk, case, event, source, follow_up)


def run_again(desk: Desk, case: CaseRow, because: str) -> Recorded:
    """Run the rules again although the person said nothing: time has passed, or there is a new release."""
    return _write(desk, case, _Happening(because, EventSource.SYSTEM, desk.now))


def fall_quiet(desk: Desk, case: CaseRow) -> Recorded:
    """The deliberate end of a case whose person does not answer. Fixed days are still reminded of."""
    _move_to(case, CaseState.QUIET, "the person did not answer")
    return run_again(desk, case, SILENCE)


def stop(desk: Desk, case: CaseRow) -> Recorded:
    """The person wants no more messages. Doing it twice changes nothing."""
    _move_to(case, CaseState.STOPPED, "the person stopped all messages")
    return _write(desk, case, _Happening("messages.stopped", EventSource.PERSON, desk.now))


def resume(desk: Desk, case: CaseRow) -> Recorded:
    """Messages again, counted from now."""
    everything = frozenset(rule.id for rule in desk.release.rulebook.rules)
    case.snoozed_until = None
    _move_to(case, CaseState.OPEN, None)
    _hear(desk, case)
    happening = _Happening("messages.resumed", EventSource.PERSON, desk.now, restarted=everything)
    return _write(desk, case, happening)


def snooze(desk: Desk, case: CaseRow, until: datetime) -> Recorded:
    """No messages until then, but those about fixed days."""
    case.snoozed_until = until
    data = {"until": until.isoformat()}
    return _write(desk, case, _Happening("messages.snoozed", EventSource.PERSON, desk.now, data=data))


def settle(desk: Desk, case: CaseRow) -> Recorded:
    """Everything is paid and asked: nothing is left to be said."""
    _move_to(case, CaseState.SETTLED, "everything is paid")
    return run_again(desk, case, TIME_PASSED)


def adopt_release(desk: Desk, case: CaseRow) -> Recorded:
    return run_again(desk, case, RULES_CHANGED)


def _write(desk: Desk, case: CaseRow, happening: _Happening) -> Recorded:
    """The event, the decision, the promises and when to look again: always all of them together."""
    session, release, now = desk.session, desk.release, desk.now
    case.version += 1
    case.changed_at = now
    event = EventRow(
        case_id=case.id,
        type=happening.type,
        source=happening.source,
        data=dict(happening.data),
        facts_changed=dict(happening.facts_changed),
        occurred_at=happening.occurred_at,
        recorded_at=now,
        follow_up_id=happening.follow_up_id,
    )
    session.add(event)
    session.flush()
    made = make_decision(session, release, case, event, now, happening.restarted)
    promised = promise_what_holds(session, release, case, made, now)
    case.next_look_at = next_look(session, case, made.next_change, now)
    session.flush()
    return Recorded(event, made, promised)


def _restarted(desk: Desk, case: CaseRow, standing: Standing, answered: FollowUpRow | None) -> frozenset[str]:
    """Rules that count their follow-ups anew: all after a silence, else those whose own count has begun again."""
    if (
        case.state in (CaseState.QUIET, CaseState.SETTLED)
        or silence_of(desk.session, case, desk.now) is not Silence.NONE
    ):
        return frozenset(rule.id for rule in desk.release.rulebook.rules)
    moved = {fact for fact, zero in standing.anchors.items() if case.anchors.get(fact) != zero}
    restarting = restarting_rules(desk.release.rulebook.rules, frozenset(moved))
    return restarting | repeating_rules(desk.session, desk.release, answered)


def _apply(case: CaseRow, standing: Standing) -> None:
    case.facts, case.anchors, case.declined = standing.facts, standing.anchors, standing.declined


def _hear(desk: Desk, case: CaseRow) -> None:
    case.last_heard_at = desk.now
    case.erase_after = desk.now + timedelta(days=case.retention_days)
    if case.state in (CaseState.QUIET, CaseState.SETTLED):
        _move_to(case, CaseState.OPEN, None)
    forget_tries(desk.session, case.id)


def _note_care(case: CaseRow, situation: Situation, now: datetime) -> None:
    fact, sign = SIGN_OF_SELF_HARM
    if situation.values.get(fact) == sign:
        case.care_until = now + CARE_TIME


def _move_to(case: CaseRow, state: CaseState, because: str | None) -> None:
    case.state, case.state_because = state, because
