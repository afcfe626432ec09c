"""Whether the advice, worked out anew at this moment, still wants a message; pure, with the reason in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.casebook.model import CaseState, ChannelState, FollowUpKind
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from services.rulebook.decide import Decision
from services.rulebook.model import FollowUp, Rule, Rulebook
from services.rulebook.plan import moment_word, resolve

STILL_SAID_WHEN_QUIET = (FollowUpKind.LAST_WORD, FollowUpKind.VERIFICATION)


@dataclass(frozen=True, slots=True)
class Advice:
    """Today's decision about a case, and a way to have that of another day from the same facts."""

    rulebook: Rulebook
    today: Decision
    on_day: Callable[[date], Decision]

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.today.rules if rule.id == rule_id), None)


@dataclass(frozen=True, slots=True)
class Wish:
    """The follow-up of the rulebook that asked for a message, and the fixed day it reminds of, if it does."""

    follow_up: FollowUp
    event_day: date | None


def reason_to_cancel(row: FollowUpRow, case: CaseRow, channel: ChannelRow | None, advice: Advice, now: datetime) -> str:
    """Why the message must not be sent any more; empty if it is wanted."""
    if row.answered_at is not None:
        return "it was answered before it was sent"
    if row.kind is FollowUpKind.VERIFICATION:
        is_open = channel is not None and channel.state is ChannelState.PENDING and now < channel.verify_until
        return "" if is_open else "the channel is no longer waiting to be confirmed"
    if not _is_state_open_to(row, case):
        return f"the case is {case.state}"
    if row.kind in (FollowUpKind.SMALLER_TRY, FollowUpKind.LAST_WORD) and case.last_heard_at > row.created_at:
        return "the person was heard of"
    return _reason_of_the_advice(row, advice) if row.rule_id is not None else ""


def _reason_of_the_advice(row: FollowUpRow, advice: Advice) -> str:
    wish = find_wish(row, advice)
    if wish is None:
        return "the advice of today does not ask for it"
    is_ahead = wish.follow_up.moment.offset < 0
    if is_ahead and wish.event_day is not None and wish.event_day < advice.today.as_of:
        return "the day that it was to remind of has passed"
    return ""


def find_wish(row: FollowUpRow, advice: Advice) -> Wish | None:
    """The wish behind a check-in if its rule still speaks and still has it; None if it is not wanted any more.

    A message set on the day on which a rule falls silent (`days_overdue reaches 31` in a rule for 1..30) is about
    just that: it is wanted if nothing but time has silenced the rule, that is, if it spoke on the day before.
    """
    rule = advice.rule(row.rule_id or "")
    if rule is None:
        return None
    for follow_up in rule.follow_up:
        day = resolve(advice.rulebook, follow_up.moment, advice.today.situation.values, row.local_day)
        if day is None or f"{rule.id}/{moment_word(follow_up.moment, day)}" != row.occurrence:
            continue
        is_border = follow_up.moment.reaches is not None
        if rule in advice.today.speaking or (is_border and _spoke_the_day_before(rule, row, advice)):
            event_day = day - timedelta(days=follow_up.moment.offset) if follow_up.moment.date_fact else None
            return Wish(follow_up, event_day)
    return None


def _is_state_open_to(row: FollowUpRow, case: CaseRow) -> bool:
    if case.state is CaseState.QUIET:
        return row.is_appointment or row.kind in STILL_SAID_WHEN_QUIET
    return case.state is CaseState.OPEN


def _spoke_the_day_before(rule: Rule, row: FollowUpRow, advice: Advice) -> bool:
    return rule in advice.on_day(row.local_day - timedelta(days=1)).speaking
