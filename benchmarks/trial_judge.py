"""Judges every message of the simulation at the moment at which it arrives, by rules that are written here once more.

Nothing of the notifier is asked: the judge looks at the case as it stands, at the calendar, and at what came before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.casebook.case_facts import situation_on
from services.casebook.database import Database
from services.casebook.model import CaseState, FollowUpKind, FollowUpState
from services.casebook.releases import Shelf
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from services.notifier.channels.letter import DeliveryError, Letter, OnDoubt
from services.rulebook.release import Release

REFUSED, TIMED_OUT, DIED = 0.02, 0.01, 0.01
"""How likely a provider is to be down, to answer too late, and a worker to die with the message in its hand."""


class Killed(BaseException):
    """Ends a process as kill -9 would."""


class Stage(Protocol):
    """What the doorstep has to know of the simulation."""

    random: Random
    now: datetime
    is_deadly: bool


class Reader(Protocol):
    """Somebody who may answer."""

    def got(self, case_id: str, follow_up_id: int, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as it reached a person."""

    case_id: str
    follow_up_id: int
    key: str
    day: date
    is_excused: bool
    """Care, or a reminder on the eve of its day: the weekly cap does not hold it back."""


FAULTS = (
    "lost",
    "doubled",
    "after their reason",
    "in quiet hours",
    "over the cap of a day",
    "over the cap of a week",
    "while only care was wanted",
    "while rest was wanted",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happened, and what must not have happened. Verdicts of several simulations add up."""

    counts: Counter[str]
    faults: Counter[str]

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(self.counts + other.counts, self.faults + other.faults)

    @property
    def is_good(self) -> bool:
        return not any(self.faults[name] for name in FAULTS)

    def lines(self) -> list[str]:
        shown = [(name, number) for name, number in self.counts.items()]
        return [f"{name:32} {number:8d}" for name, number in [*shown, *((name, self.faults[name]) for name in FAULTS)]]


@dataclass(slots=True)
class Judge:
    """Keeps every arrival, and counts what must not happen."""

    database: Database
    shelf: Shelf
    faults: Counter[str] = field(default_factory=Counter)
    arrivals: list[Arrival] = field(default_factory=list)
    people: Reader | None = None

    def channel(self, months: Stage) -> Doorstep:
        return Doorstep(self, months)

    def receive(self, key: str, now: datetime) -> None:
        with self.database.read() as session:
            row = session.scalars(select(FollowUpRow).where(FollowUpRow.delivery_id == key)).one()
            case = session.get_one(CaseRow, row.case_id)
            channel = session.scalars(select(ChannelRow).where(ChannelRow.case_id == case.id)).one()
            release = self.shelf.in_force(session, now)
            self._judge(row, case, channel, release, now)
            arrival = Arrival(case.id, row.id, key, _there(now, channel.time_zone).date(), _is_excused(row))
        self.arrivals.append(arrival)
        if self.people is not None:
            self.people.got(arrival.case_id, arrival.follow_up_id, now)

    def conclude(self, now: datetime, case_days: int, happened: Mapping[str, int]) -> Verdict:
        """Look for what is missing, for doubles, and for too many."""
        keys_of = defaultdict(set)
        for arrival in self.arrivals:
            keys_of[arrival.follow_up_id].add(arrival.key)
        with self.database.read() as session:
            rows = session.execute(select(FollowUpRow.id, FollowUpRow.state, FollowUpRow.next_try_at)).all()
        over = (FollowUpState.SENT, FollowUpState.CANCELLED, FollowUpState.FAILED)
        late = now - timedelta(days=10)
        self.faults["lost"] += sum(1 for _, state, due in rows if state not in over and due < late)
        self.faults["lost"] += sum(1 for key, state, _ in rows if state is FollowUpState.SENT and key not in keys_of)
        self.faults["doubled"] += sum(len(keys) - 1 for keys in keys_of.values())
        first = {arrival.follow_up_id: arrival for arrival in reversed(self.arrivals)}
        excused = self._count_caps(list(first.values()))
        states = Counter(state for _, state, _ in rows)
        counts = {
            "case-days": case_days,
            "messages promised": len(rows),
            "messages sent": states[FollowUpState.SENT],
            "taken back": states[FollowUpState.CANCELLED],
            "failed, shown to the operator": states[FollowUpState.FAILED],
            "repeats with the same key": len(self.arrivals) - len(first),
            "excused from the weekly cap": excused,
            **happened,
        }
        return Verdict(Counter(counts), self.faults)

    def _judge(self, row: FollowUpRow, case: CaseRow, channel: ChannelRow, release: Release, now: datetime) -> None:
        local = _there(now, channel.time_zone)
        if not time(9) <= local.time() < time(20, 30):
            self.faults["in quiet hours"] += 1
        if self._has_no_reason(row, case, release, local.date()):
            self.faults["after their reason"] += 1
        if case.care_until is not None and now < case.care_until and not row.is_care:
            self.faults["while only care was wanted"] += 1
        if case.snoozed_until is not None and now < case.snoozed_until and not (row.is_appointment or row.is_care):
            self.faults["while rest was wanted"] += 1

    def _has_no_reason(self, row: FollowUpRow, case: CaseRow, release: Release, today: date) -> bool:
        if row.answered_at is not None or case.state in (CaseState.STOPPED, CaseState.SETTLED):
            return True
        if case.state is CaseState.QUIET and not row.is_appointment and row.kind is not FollowUpKind.LAST_WORD:
            return True
        if row.rule_id is None:
            return False
        days = (today, row.local_day - timedelta(days=1))
        return not any(row.rule_id in _speaking(release, case, day) for day in days)

    def _count_caps(self, arrivals: list[Arrival]) -> int:
        days_of: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in sorted(arrivals, key=lambda arrival: arrival.day):
            days_of[arrival.case_id].append(arrival)
        excused = 0
        for own in days_of.values():
            for place, arrival in enumerate(own, 1):
                week = [other for other in own[:place] if timedelta() <= arrival.day - other.day < timedelta(days=7)]
                self.faults["over the cap of a day"] += sum(1 for other in week if other.day == arrival.day) > 1
                if len(week) > 2:
                    excused += arrival.is_excused
                    self.faults["over the cap of a week"] += not arrival.is_excused
        return excused


@dataclass(slots=True)
class Doorstep:
    """The way out: messages arrive, or the provider is down, or it answers too late, or the worker dies."""

    judge: Judge
    months: Stage
    on_doubt: OnDoubt = OnDoubt.RESEND

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:  # noqa: ARG002
        random: Random = self.months.random
        chance = random.random() if self.months.is_deadly else 1.0
        if chance < REFUSED:
            raise DeliveryError("503")
        if chance < REFUSED + DIED:
            raise Killed
        self.judge.receive(letter.key, self.months.now)
        if chance < REFUSED + DIED + TIMED_OUT:
            raise DeliveryError("timeout", is_ambiguous=True)
        if chance < REFUSED + 2 * DIED + TIMED_OUT:
            raise Killed
        return "taken"


def _is_excused(row: FollowUpRow) -> bool:
    return row.is_care or row.is_appointment


def _speaking(release: Release, case: CaseRow, day: date) -> set[str]:
    decision = release.decide_by_reference(situation_on(case, release.rulebook, day), day)
    return {rule.id for rule in decision.speaking}


def _there(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
