"""What happens to a case without a word about the debt: stopped, put off, resumed, fallen quiet, settled, run again."""

from __future__ import annotations

from datetime import datetime

from services.casebook.desk import Desk, Happening, Recorded, hear, move_to, write
from services.casebook.event_types import RULES_CHANGED, SILENCE, TIME_PASSED
from services.casebook.model import CaseState, EventSource
from services.casebook.tables import CaseRow


def run_again(desk: Desk, case: CaseRow, because: str) -> Recorded:
    """Run the rules again although the person said nothing: time has passed, or there is a new release."""
    return write(desk, case, Happening(because, EventSource.SYSTEM, desk.now))


def fall_quiet(desk: Desk, case: CaseRow) -> Recorded:
    """The deliberate end of a case whose person does not answer. Fixed days are still reminded of."""
    move_to(case, CaseState.QUIET, "the person did not answer")
    return run_again(desk, case, SILENCE)


def stop(desk: Desk, case: CaseRow) -> Recorded:
    """The person wants no more messages. Doing it twice changes nothing."""
    move_to(case, CaseState.STOPPED, "the person stopped all messages")
    return write(desk, case, Happening("messages.stopped", EventSource.PERSON, desk.now))


def resume(desk: Desk, case: CaseRow) -> Recorded:
    """Messages again, counted from now."""
    everything = frozenset(rule.id for rule in desk.release.rulebook.rules)
    case.snoozed_until = None
    move_to(case, CaseState.OPEN, None)
    hear(desk, case)
    happening = Happening("messages.resumed", EventSource.PERSON, desk.now, restarted=everything)
    return write(desk, case, happening)


def snooze(desk: Desk, case: CaseRow, until: datetime) -> Recorded:
    """No messages until then, but those about fixed days."""
    case.snoozed_until = until
    data = {"until": until.isoformat()}
    return write(desk, case, Happening("messages.snoozed", EventSource.PERSON, desk.now, data=data))


def settle(desk: Desk, case: CaseRow) -> Recorded:
    """Everything is paid and asked: nothing is left to be said."""
    move_to(case, CaseState.SETTLED, "everything is paid")
    return run_again(desk, case, TIME_PASSED)


def adopt_release(desk: Desk, case: CaseRow) -> Recorded:
    return run_again(desk, case, RULES_CHANGED)
