"""When to look at a case again although nothing was said, and what to do then: time alone changes advice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.clock import day_after, local_day, local_moment
from services.casebook.model import CaseState
from services.casebook.outbox import pending
from services.casebook.silence import next_turn
from services.casebook.tables import CaseRow, FollowUpRow
from services.rulebook.release import Release

LONGEST = timedelta(days=30)
"""Every case that is not closed is looked at so often at least: rules come into force and expire as well."""
NEVER = timedelta(days=36_500)


def next_look(session: Session, case: CaseRow, changes_on: date | None, now: datetime) -> datetime:
    """The first moment at which time alone changes the advice, or at which silence means something else."""
    if case.state in (CaseState.STOPPED, CaseState.SETTLED):
        return now + NEVER
    moments = [now + LONGEST, next_turn(session, case, now)]
    if changes_on is not None:
        moments.append(local_moment(changes_on, 0, case.time_zone))
    moments.append(_day_after_the_last(session, case))
    return min(moment for moment in moments if moment is not None and moment > now)


def repeating_rules(session: Session, release: Release, answered: FollowUpRow | None) -> frozenset[str]:
    """The rule behind an answered message, if that was the last of its messages: it may ask again, counted from today.

    Only rules that count days from the decision repeat; a day that a fact reaches comes once.
    """
    if answered is None or answered.rule_id is None:
        return frozenset()
    rule = next((rule for rule in release.rulebook.rules if rule.id == answered.rule_id), None)
    if rule is None or any(follow_up.moment.in_days is None for follow_up in rule.follow_up):
        return frozenset()
    to_come = [row for row in pending(session, answered.case_id) if row.rule_id == rule.id and row.id != answered.id]
    return frozenset() if to_come else frozenset({rule.id})


def cases_to_look_at(session: Session, now: datetime, limit: int) -> list[str]:
    """Ids of the cases whose time has come, the longest waiting first."""
    query = select(CaseRow.id).where(CaseRow.next_look_at <= now).order_by(CaseRow.next_look_at).limit(limit)
    return list(session.scalars(query))


def cases_to_erase(session: Session, now: datetime, limit: int) -> list[str]:
    query = select(CaseRow.id).where(CaseRow.erase_after <= now).order_by(CaseRow.erase_after).limit(limit)
    return list(session.scalars(query))


def _day_after_the_last(session: Session, case: CaseRow) -> datetime | None:
    """Once the last message to come has been sent, it is seen whether anything comes after it."""
    last = max((row.due_at for row in pending(session, case.id) if row.rule_id is not None), default=None)
    if last is None:
        return None
    return local_moment(day_after(local_day(last, case.time_zone), 1), 0, case.time_zone)
