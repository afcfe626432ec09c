"""What has to be done although nobody has spoken: time passes in cases, old ones are erased, gaps are mended.

Each case is one transaction. A fault of ours in one of them is recorded, and does not hold up the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog.typing import FilteringBoundLogger

from services.casebook.clock import Clock
from services.casebook.database import Database, DatabaseUnavailableError
from services.casebook.desk import Desk
from services.casebook.heartbeats import Beat, beat
from services.casebook.idempotency import forget_old_answers
from services.casebook.model import CaseState
from services.casebook.releases import Shelf
from services.casebook.tables import CaseRow, FollowUpRow
from services.casebook.upkeep import erase_old_cases, look_after
from services.casebook.watching import cases_to_look_at

AT_ONCE = 100
AFTER_A_FAULT = timedelta(hours=1)
WATCHED = (CaseState.OPEN, CaseState.QUIET)


@dataclass(frozen=True, slots=True)
class Chores:
    """One worker's hands for all of them. `is_stopping` tells it to end after the case in hand."""

    database: Database
    shelf: Shelf
    clock: Clock
    logger: FilteringBoundLogger
    is_stopping: Callable[[], bool] = lambda: False

    def look_after_cases(self) -> int:
        """Look at the cases whose time has come; gives how many. A case that fails is tried again in an hour."""
        done = 0
        while not self.is_stopping():
            with self.database.read() as session:
                waiting = cases_to_look_at(session, self.clock(), AT_ONCE)
            for case_id in waiting:
                self._look_after(case_id, is_due_only=True)
            done += len(waiting)
            if len(waiting) < AT_ONCE:
                break
        return done

    def tidy(self) -> int:
        """Erase the cases whose retention time has ended, and answers kept for repeated requests."""
        erased = erase_old_cases(self.database, self.clock())
        with self.database.write() as session:
            forget_old_answers(session, self.clock())
        return erased

    def reconcile(self) -> int:
        """Once a night: compare what is promised with what the advice asks for; gives how many messages were missing.

        None should be. They are put in, and a warning is written, because something has gone wrong before.
        """
        missing, last = 0, ""
        self._leave_sign("under way")
        while case_ids := self._watched_after(last):
            for case_id in case_ids:
                missing += self._look_after(case_id, is_due_only=False)
            last = case_ids[-1]
        self._leave_sign("done", missing)
        if missing:
            self.logger.warning("messages_were_missing", count=missing)
        return missing

    def _leave_sign(self, stage: str, missing: int = 0) -> None:
        detail = {"stage": stage, "missing": missing}
        with self.database.write() as session:
            beat(session, Beat.RECONCILIATION, Beat.RECONCILIATION.value, self.clock(), detail)

    def _watched_after(self, last: str) -> Sequence[str]:
        query = select(CaseRow.id).where(CaseRow.id > last, CaseRow.state.in_(WATCHED)).order_by(CaseRow.id)
        with self.database.read() as session:
            return session.scalars(query.limit(AT_ONCE)).all()

    def _look_after(self, case_id: str, is_due_only: bool) -> int:
        """Gives how many messages were put in although nothing had happened."""
        try:
            with self.database.write() as session:
                case = _take(session, case_id, self.clock() if is_due_only else None)
                if case is None:
                    return 0
                before, now = _count(session, case_id), self.clock()
                recorded = look_after(Desk(session, self.shelf.in_force(session, now), now), self.shelf, case)
                session.flush()
                return _count(session, case_id) - before if recorded is None else 0
        except DatabaseUnavailableError:
            raise
        except Exception:
            self.logger.error("fault", case=case_id, exc_info=True)
            self._put_aside(case_id)
            return 0

    def _put_aside(self, case_id: str) -> None:
        with self.database.write() as session:
            case = session.get(CaseRow, case_id, with_for_update=True)
            if case is not None:
                case.next_look_at = self.clock() + AFTER_A_FAULT


def _take(session: Session, case_id: str, due_at: datetime | None) -> CaseRow | None:
    """The case, if nobody else is at it and, where that is asked, if its time has come."""
    query = select(CaseRow).where(CaseRow.id == case_id)
    if due_at is not None:
        query = query.where(CaseRow.next_look_at <= due_at)
    return session.scalar(query.with_for_update(skip_locked=True))


def _count(session: Session, case_id: str) -> int:
    return session.scalar(select(func.count()).where(FollowUpRow.case_id == case_id)) or 0
