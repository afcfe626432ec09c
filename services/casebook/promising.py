"""From a decision to the messages that it promises: which wishes of the plan hold for this person at this moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.casebook.decisions import Look, Made, look_at
from services.casebook.model import CaseState, FollowUpKind
from services.casebook.outbox import Promised, pending, promise, take_back_all
from services.casebook.silence import Silence, promise_tries, silence_of
from services.casebook.tables import CaseRow, FollowUpRow
from services.rulebook.model import FollowUp, Rule, Rulebook
from services.rulebook.plan import PlannedFollowUp, moment_word, resolve
from services.rulebook.release import Release

COURT_ORDER = 3
"""Up to this place in the order of safety (a running court deadline) a message goes on in silence."""
FROM_THE_PLAN = (FollowUpKind.CHECK_IN, FollowUpKind.CARE)
LATE = timedelta(days=7)


def promise_what_holds(session: Session, release: Release, case: CaseRow, made: Made, now: datetime) -> Promised:
    """Bring the messages to come into line with the decision, in the transaction of the event that led to it."""
    if case.state in (CaseState.STOPPED, CaseState.SETTLED):
        return Promised((), take_back_all(session, case.id, f"the case is {case.state}"))
    silence = Silence.ENOUGH if case.state is CaseState.QUIET else silence_of(session, case, now)
    wishes = [w for w in made.look.plan.follow_ups if silence is Silence.NONE or goes_on(release.rulebook, w)]
    since = dict(made.row.speaking)
    for wish, begun in _on_the_border(session, release, case, made.look):
        wishes.append(wish)
        since[wish.rule.id] = begun
    promised = promise(session, case, release.rulebook, wishes, since, now)
    if case.state is CaseState.OPEN and not has_paid_all(made.look):
        promised = Promised(promised.created + promise_tries(session, case, now), promised.cancelled)
    return promised


def goes_on(rulebook: Rulebook, wish: PlannedFollowUp) -> bool:
    """A fixed day, danger, or a court deadline is spoken of even to somebody who does not answer."""
    return bool(wish.moment.date_fact) or rulebook.actions[wish.rule.advise].order <= COURT_ORDER


def goes_on_row(rulebook: Rulebook, row: FollowUpRow) -> bool:
    """The same of a message that was promised; what no rule asked for goes on as well."""
    rule = next((rule for rule in rulebook.rules if rule.id == row.rule_id), None)
    return (
        row.rule_id is None
        or row.is_appointment
        or (rule is not None and rulebook.actions[rule.advise].order <= COURT_ORDER)
    )


def has_court_deadline(session: Session, rulebook: Rulebook, case: CaseRow, now: datetime) -> bool:
    """A message about a running deadline is still to come that would not be sent to somebody quiet."""
    return any(
        row.due_at > now and row.rule_id is not None and not row.is_appointment and goes_on_row(rulebook, row)
        for row in pending(session, case.id)
    )


def has_paid_all(look: Look) -> bool:
    return look.decision.situation.values.get("promise_status") == "completed"


def is_done(session: Session, case: CaseRow, look: Look, now: datetime) -> bool:
    """Everything is paid, and what was to be asked afterwards has been asked."""
    coming = (row for row in pending(session, case.id) if row.kind in FROM_THE_PLAN and row.due_at > now - LATE)
    return has_paid_all(look) and next(coming, None) is None


def _on_the_border(
    session: Session, release: Release, case: CaseRow, look: Look
) -> Iterator[tuple[PlannedFollowUp, str]]:
    """Messages set on the very day on which their rule falls silent (`days_waiting reaches 3` in a rule for 0..2).

    They are about just that, so they are kept if nothing but time has silenced the rule: it spoke on the day before.
    """
    speaking = look.rules
    for row in pending(session, case.id):
        if row.rule_id is None or row.rule_id in speaking or row.local_day > look.decision.as_of:
            continue
        rule = next((rule for rule in release.rulebook.rules if rule.id == row.rule_id), None)
        follow_up = None if rule is None else _wish_behind(release.rulebook, rule, row, look)
        if rule is None or follow_up is None:
            continue
        if rule.id in look_at(release, case, row.local_day - timedelta(days=1)).rules:
            yield (
                PlannedFollowUp(
                    rule, follow_up.ask, row.local_day, row.hour, follow_up.say, follow_up.moment, row.occurrence
                ),
                row.dedupe_key.removeprefix(f"{case.id}/{row.occurrence}/"),
            )


def _wish_behind(rulebook: Rulebook, rule: Rule, row: FollowUpRow, look: Look) -> FollowUp | None:
    for follow_up in rule.follow_up:
        if follow_up.moment.reaches is None:
            continue
        day = resolve(rulebook, follow_up.moment, look.decision.situation.values, look.decision.as_of)
        if day == row.local_day and f"{rule.id}/{moment_word(follow_up.moment, day)}" == row.occurrence:
            return follow_up
    return None
