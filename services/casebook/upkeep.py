"""Looks after cases while nobody speaks: time passes, silence grows, releases change, and what is old is erased.

Any process may do it, and as often as it likes: what has been done already is not done again.
"""

from __future__ import annotations

from datetime import datetime

from services.casebook.case_states import adopt_release, fall_quiet, run_again, settle
from services.casebook.database import Database
from services.casebook.decisions import Look, Made, last_decision, look_at
from services.casebook.desk import Desk, Recorded
from services.casebook.erasure import erase
from services.casebook.event_types import SILENCE, TIME_PASSED
from services.casebook.model import CaseState, FollowUpKind
from services.casebook.outbox import Message, pending, promise_message
from services.casebook.promising import goes_on_row, has_court_deadline, is_done, promise_what_holds
from services.casebook.releases import Shelf
from services.casebook.silence import Silence, call_counsellor, silence_of
from services.casebook.tables import CaseRow, DecisionRow
from services.casebook.watching import NEVER, cases_to_erase, next_look
from services.rulebook.forecast import forecast


def erase_old_cases(database: Database, now: datetime, limit: int = 100) -> int:
    """Erase the cases whose retention time has ended; gives how many there were."""
    with database.read() as session:
        old = cases_to_erase(session, now, limit)
    for case_id in old:
        with database.write() as session:
            case = session.get(CaseRow, case_id, with_for_update=True)
            if case is not None and case.erase_after <= now:
                erase(session, case, now)
    if old:
        database.scrub()
    return len(old)


def look_after(desk: Desk, shelf: Shelf, case: CaseRow) -> Recorded | None:
    """What time, silence or a new release has changed; None if nothing. The promises are put right in any case."""
    if case.state in (CaseState.STOPPED, CaseState.SETTLED):
        case.next_look_at = desk.now + NEVER
        return None
    look, before = look_at(desk.release, case, desk.day(case)), last_decision(desk.session, case.id)
    assert before is not None, "a case has had a decision since it was opened"
    if is_done(desk.session, case, look, desk.now):
        return settle(desk, case)
    ended = _end_of_patience(desk, case)
    if ended is not None:
        return ended
    if before.release != desk.release.fingerprint and _differs(desk, shelf, case, look, before):
        return _tell_of_new_rules(desk, case)
    if look.rules != frozenset(before.speaking):
        return run_again(desk, case, TIME_PASSED)
    _put_right(desk, case, look, before)
    return None


def _end_of_patience(desk: Desk, case: CaseRow) -> Recorded | None:
    """Silence has reached its next stage; while a court deadline runs, nobody falls quiet."""
    if case.state is not CaseState.OPEN:
        return None
    silence = silence_of(desk.session, case, desk.now)
    if silence is Silence.ENOUGH and not has_court_deadline(desk.session, desk.release.rulebook, case, desk.now):
        call_counsellor(desk.session, case, desk.now)
        return fall_quiet(desk, case)
    if silence is Silence.NONE:
        return None
    routine = [row for row in pending(desk.session, case.id) if not goes_on_row(desk.release.rulebook, row)]
    return run_again(desk, case, SILENCE) if routine else None


def _tell_of_new_rules(desk: Desk, case: CaseRow) -> Recorded:
    recorded = adopt_release(desk, case)
    if case.state is CaseState.OPEN:
        message = Message(FollowUpKind.RULES_CHANGED, desk.release.fingerprint[:16], desk.now)
        promise_message(desk.session, case, message, desk.now)
    return recorded


def _differs(desk: Desk, shelf: Shelf, case: CaseRow, look: Look, before: DecisionRow) -> bool:
    """Whether the new release advises otherwise than the old one would today: other steps, or in other words."""
    old = look_at(shelf.release(desk.session, before.release), case, desk.day(case))
    return [step.rule for step in old.plan.steps] != [step.rule for step in look.plan.steps]


def _put_right(desk: Desk, case: CaseRow, look: Look, before: DecisionRow) -> None:
    made = Made(before, look, before, {})
    promise_what_holds(desk.session, desk.release, case, made, desk.now)
    coming = next((change.on for change in forecast(desk.release, look.decision)), None)
    case.next_look_at = next_look(desk.session, case, coming, desk.now)
