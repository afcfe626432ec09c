"""A case is opened, told what happens, and answered. Each is one event: facts, decision, plan and messages, or nothing.

All of them work inside the caller's transaction; a `Desk` holds it, with the release and the moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.casebook.access import RandomBytes, code_hash, hash_of, new_case_id, new_retrieval_code, new_token
from services.casebook.case_facts import Standing, change, differences, situation_on, stand
from services.casebook.clock import local_day
from services.casebook.counting import count_missed_calls
from services.casebook.decisions import restarting_rules
from services.casebook.desk import Desk, Happening, Recorded, hear, move_to, write
from services.casebook.event_types import CASE_OPENED
from services.casebook.events import EventError, ReadEvent, find_type, read_event, sets_of
from services.casebook.model import CaseState, EventSource, FollowUpState
from services.casebook.outbox import mark_answered
from services.casebook.silence import Silence, silence_of
from services.casebook.tables import CaseRow, FollowUpRow
from services.casebook.watching import repeating_rules
from services.rulebook.model import Situation, Text
from services.rulebook.problems import Problem

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
class Opened:
    """A new case. `token` and `retrieval_code` are known only now."""

    case: CaseRow
    token: str
    retrieval_code: str
    recorded: Recorded


def open_case(desk: Desk, new: NewCase, random: RandomBytes = secrets.token_bytes) -> Opened:
    """Open a case: the first event, the first decision and the first promises."""
    token, code = new_token(random), new_retrieval_code(random)
    case = CaseRow(
        id=new_case_id(random),
        token_hash=hash_of(token),
        retrieval_hash=code_hash(code),
        organisation_key_id=new.organisation_key_id,
        is_demo=new.is_demo,
        state=CaseState.OPEN,
        language=new.language,
        time_zone=new.time_zone,
        consent=dict(new.consent),
        retention_days=new.retention_days,
        erase_after=desk.now + timedelta(days=new.retention_days),
        version=0,
        opened_at=desk.now,
        changed_at=desk.now,
        last_heard_at=desk.now,
        next_look_at=desk.now,
    )
    _apply(case, stand(desk.release.rulebook, new.situation, desk.day(case)))
    _note_care(case, new.situation, desk.now)
    desk.session.add(case)
    source = EventSource.PERSON if new.organisation_key_id is None else EventSource.COUNSELLOR
    facts = differences(Situation({}), new.situation)
    return Opened(case, token, code, write(desk, case, Happening(CASE_OPENED, source, desk.now, facts_changed=facts)))


def record_event(
    desk: Desk, case: CaseRow, event: ReadEvent, source: EventSource, answered: FollowUpRow | None = None
) -> Recorded:
    """Something happened. Raises SituationError, with pointers below `/facts`, when it contradicts what is known."""
    before = situation_on(case, desk.release.rulebook, desk.day(case))
    changes = _changes(desk, case, event, before)
    standing, after = change(case, desk.release.rulebook, changes, event.declined, desk.day(case))
    restarted = _restarted(desk, case, standing, answered)
    _apply(case, standing)
    if answered is not None:
        mark_answered(desk.session, answered, desk.now)
    if SIGN_OF_SELF_HARM[0] in changes:
        _note_care(case, after, desk.now)
    hear(desk, case)
    if event.type.closes:
        move_to(case, CaseState.SETTLED, "the person says that it is over")
    happening = Happening(
        event.type.id,
        source,
        event.occurred_at,
        data=event.data,
        facts_changed=differences(before, after),
        follow_up_id=None if answered is None else answered.id,
        restarted=restarted,
    )
    return write(desk, case, happening)


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


def _changes(desk: Desk, case: CaseRow, event: ReadEvent, before: Situation) -> dict[str, object]:
    rulebook, happened_on = desk.release.rulebook, local_day(event.occurred_at, case.time_zone)
    changes = sets_of(event, rulebook, before, desk.day(case), happened_on)
    if event.counts and "missed_calls_7d" in rulebook.facts:
        changes["missed_calls_7d"] = count_missed_calls(desk.session, case, event, desk.now)
    return changes


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


def _note_care(case: CaseRow, situation: Situation, now: datetime) -> None:
    fact, sign = SIGN_OF_SELF_HARM
    if situation.values.get(fact) == sign:
        case.care_until = now + CARE_TIME
