"""A small world for tests of the notifier: a rulebook, cases with confirmed channels, a clock, a channel of paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.casebook.clock import local_day
from services.casebook.database import Database
from services.casebook.links import LinkSigner
from services.casebook.model import ChannelRole, ChannelState, FollowUpKind, FollowUpState
from services.casebook.outbox import Promised, promise
from services.casebook.tables import CaseRow, ChannelRow, DeliveryRow, FollowUpRow
from services.notifier.channels.letter import Letter, OnDoubt
from services.notifier.claims import claim_due
from services.notifier.jobs import PostOffice
from services.notifier.logs import make_logger
from services.notifier.messages import Writer
from services.notifier.taking import Taker
from services.notifier.texts import read_texts
from services.rulebook.model import Condition, FollowUp, Moment, Moves, Rulebook, Situation
from services.rulebook.plan import make_plan
from services.rulebook.release import Release
from tests.rulebook.making import among, between, day, number, one_of, rule, rulebook

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai, a Tuesday."""
TEXTS = read_texts()
SIGNER = LinkSigner("k" * 32, "https://ashore.example.org")
WAITING = {"negotiation": "waiting", "safety_state": "ok"}


def a_rulebook() -> Rulebook:
    facts = [
        number("days_overdue", moves=Moves.GROWS),
        one_of("negotiation", "not_started", "waiting", "refused", "agreed"),
        one_of("safety_state", "ok", "distressed", "self_harm_risk"),
        one_of("mediation", "none", "applied", "agreed", "failed"),
        one_of("legal_doc", "none", "summons"),
        day("hearing_on"),
    ]
    asks = [FollowUp(Moment(in_days=days), "negotiation") for days in (3, 7)]
    border = FollowUp(Moment(fact="days_overdue", reaches=31), "negotiation")
    before = [FollowUp(Moment(date_fact="hearing_on", offset=offset), "legal_doc") for offset in (-3, -1)]
    care = FollowUp(Moment(in_days=1), "safety_state")
    rules = [
        rule("wait", among("negotiation", "waiting"), advise="wait_for_reply", follow_up=tuple(asks)),
        rule("early", between("days_overdue", 1, 30), advise="contact_lender", follow_up=(border,)),
        rule(
            "hearing",
            Condition("hearing_on", known=True, written="known"),
            advise="answer_summons",
            follow_up=tuple(before),
        ),
        rule("care", among("safety_state", "self_harm_risk"), advise="seek_support", follow_up=(care,)),
    ]
    return rulebook(facts, rules, orders={"seek_support": 2, "answer_summons": 3})


@dataclass(slots=True)
class PaperChannel:
    """Keeps every letter that is handed over; does what it is told to instead of accepting it."""

    on_doubt: OnDoubt = OnDoubt.RESEND
    letters: list[Letter] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    """Raised one after the other before anything is accepted."""

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:  # noqa: ARG002
        if self.errors:
            raise self.errors.pop(0)
        self.letters.append(letter)
        return "taken"

    @property
    def keys(self) -> list[str]:
        return [letter.key for letter in self.letters]


@dataclass(slots=True)
class World:
    """Everything that a test moves: the time, the cases, and what happens to messages."""

    database: Database
    release: Release
    now: datetime = START
    paper: PaperChannel = field(default_factory=PaperChannel)
    _numbers: Any = field(default_factory=lambda: count(1))

    def clock(self) -> datetime:
        return self.now

    def post_office(self, paper: PaperChannel | None = None, **more: Any) -> PostOffice:
        channels = {"webhook": paper or self.paper}
        writer = Writer(TEXTS, SIGNER)
        taker = Taker(writer, channels, lambda _, __: self.release, situation_on, lambda _: "482913")
        return PostOffice(
            self.database,
            taker,
            channels,
            self.clock,
            make_logger("error", "plain"),
            lambda: 0.0,
            **{"rest": lambda _: None, **more},
        )

    def open_case(self, facts: Mapping[str, Any] | None = None, channel: bool = True, **more: Any) -> str:
        """A case with a confirmed channel, and with everything promised that its plan asks for."""
        number = next(self._numbers)
        case = CaseRow(id=f"case-{number}", **{**_case_fields(number, self.now, facts or WAITING), **more})
        with self.database.write() as session:
            session.add(case)
            session.flush()
            if channel:
                session.add(a_channel(case.id, self.now))
            session.flush()
            self._promise(session, case)
        return case.id

    def change(self, case_id: str, facts: Mapping[str, Any], **more: Any) -> Promised:
        """Something happened: the facts are others, and the plan is made anew, in one transaction."""
        with self.database.write() as session:
            return self.change_in(session, case_id, facts, **more)

    def change_in(self, session: Session, case_id: str, facts: Mapping[str, Any], **more: Any) -> Promised:
        case = session.get_one(CaseRow, case_id)
        case.facts = {**case.facts, **facts}
        for name, value in more.items():
            setattr(case, name, value)
        return self._promise(session, case)

    def _promise(self, session: Session, case: CaseRow) -> Promised:
        today = local_day(self.now, case.time_zone)
        decision = self.release.decide(situation_on(case, self.release.rulebook, today), today)
        plan = make_plan(self.release.rulebook, decision)
        since = {rule.id: case.opened_at.date().isoformat() for rule in decision.speaking}
        return promise(session, case, self.release.rulebook, plan.follow_ups, since, self.now)

    def add_channel(self, case_id: str, **more: Any) -> int:
        channel = a_channel(case_id, self.now, **more)
        with self.database.write() as session:
            session.add(channel)
            session.flush()
            return channel.id

    def add_message(self, case_id: str, **more: Any) -> int:
        """A message that no rule asked for, due now."""
        number = next(self._numbers)
        values: dict[str, Any] = {
            "kind": FollowUpKind.RULES_CHANGED,
            "dedupe_key": f"{case_id}/{number}",
            "occurrence": str(number),
            "local_day": local_day(self.now, "Asia/Shanghai"),
            "due_at": self.now,
            "next_try_at": self.now,
            "created_at": self.now,
            **more,
        }
        row = FollowUpRow(case_id=case_id, **values)
        with self.database.write() as session:
            session.add(row)
            session.flush()
            return row.id

    def pass_time(self, **timedelta_arguments: float) -> None:
        self.now += timedelta(**timedelta_arguments)

    def claim(self) -> list[tuple[tuple[int, ...], str]]:
        with self.database.write() as session:
            claims = claim_due(session, self.now, 1000, lambda: f"token-{next(self._numbers)}")
        return [(claim.follow_up_ids, claim.token) for claim in claims]

    def deliver(self, office: PostOffice | None = None) -> None:
        """One sweep, and all the jobs that it puts into the queue."""
        for ids, token in self.claim():
            (office or self.post_office()).deliver(ids, token)

    def run(self, days: float) -> list[datetime]:
        """Let time pass, sweeping whenever something is due; gives the moments at which messages went out."""
        moments: list[datetime] = []
        end = self.now + timedelta(days=days)
        while self.now < end:
            before = len(self.paper.letters)
            self.deliver()
            moments += [self.now] * (len(self.paper.letters) - before)
            self.now = min(max(self._next_due(), self.now), end)
        return moments

    def _next_due(self) -> datetime:
        """When a sweep would find something again."""
        due = select(func.min(FollowUpRow.next_try_at)).where(FollowUpRow.state == FollowUpState.SCHEDULED)
        held = select(func.min(FollowUpRow.lease_until))
        with self.database.read() as session:
            moments = [moment for moment in (session.scalar(due), session.scalar(held)) if moment is not None]
        return min(moments, default=datetime.max.replace(tzinfo=UTC))

    def rows(self, case_id: str | None = None) -> Sequence[FollowUpRow]:
        query = select(FollowUpRow).order_by(FollowUpRow.due_at, FollowUpRow.id)
        with self.database.read() as session:
            rows = session.scalars(query if case_id is None else query.where(FollowUpRow.case_id == case_id)).all()
            session.expunge_all()
        return rows

    def states(self) -> list[FollowUpState]:
        return [row.state for row in self.rows()]

    def row(self, follow_up_id: int) -> FollowUpRow:
        return next(row for row in self.rows() if row.id == follow_up_id)

    def deliveries(self) -> Sequence[DeliveryRow]:
        with self.database.read() as session:
            deliveries = session.scalars(select(DeliveryRow).order_by(DeliveryRow.started_at)).all()
            session.expunge_all()
        return deliveries


def a_channel(case_id: str, now: datetime, **more: Any) -> ChannelRow:
    values: dict[str, Any] = {
        "kind": "webhook",
        "role": ChannelRole.SELF,
        "state": ChannelState.VERIFIED,
        "address": {"url": "https://example.org/hook", "secret": "whsec_" + "A" * 32},
        "verify_nonce": "nonce",
        "verify_until": now + timedelta(days=1),
        "time_zone": "Asia/Shanghai",
        "window_from": "09:00",
        "window_until": "20:30",
        "created_at": now,
        "verified_at": now,
        **more,
    }
    return ChannelRow(case_id=case_id, **values)


def situation_on(case: CaseRow, rulebook: Rulebook, on: date) -> Situation:
    values: dict[str, Any] = {
        fact: date.fromisoformat(value) if fact.endswith("_on") else value for fact, value in case.facts.items()
    }
    values |= {fact: (on - date.fromisoformat(zero)).days for fact, zero in case.anchors.items()}
    return Situation(values)


def _case_fields(number: int, now: datetime, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "token_hash": f"t{number}",
        "retrieval_hash": f"r{number}",
        "language": "en",
        "time_zone": "Asia/Shanghai",
        "facts": dict(facts),
        "anchors": {},
        "declined": [],
        "consent": {},
        "opened_at": now,
        "changed_at": now,
        "last_heard_at": now,
        "next_look_at": now + timedelta(days=3650),
        "retention_days": 730,
        "erase_after": now + timedelta(days=730),
    }
