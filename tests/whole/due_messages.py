"""Fills a database with cases that each have one message due now, written in bulk: what is tried is the sending."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert

from services.casebook.clock import local_day
from services.casebook.database import Database
from services.casebook.model import CaseState, ChannelRole, ChannelState, FollowUpKind, FollowUpState
from services.casebook.releases import ensure_first_release
from services.casebook.settings import STARTER_RULES
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from services.rulebook.load import load_rulebook, read_folder
from services.rulebook.plan import PlannedFollowUp, make_plan
from services.rulebook.release import Release
from services.rulebook.situation import read_situation

AT_ONCE = 1_000
NOWHERE: Mapping[str, str] = {}
ZONE = "Asia/Shanghai"
FACTS = {"product": "jiebei", "negotiation": "waiting", "ability_to_pay": "partial", "safety_state": "ok"}
ALL_DAY = {"window_from": "00:00", "window_until": "23:59"}
"""The trial has to run at any hour."""


def add_due_messages(database: Database, count: int, address: Mapping[str, str] = NOWHERE) -> None:
    """Empty the casebook, then add `count` cases. Each message is one that the advice still wants when it is sent."""
    now = datetime.now(UTC)
    with database.write() as session:
        ensure_first_release(session, lambda: read_folder(STARTER_RULES[0]), now)
        session.execute(delete(CaseRow))
    asked = _what_the_rules_ask(now)
    for first in range(0, count, AT_ONCE):
        ids = [f"trial-{secrets.token_hex(8)}" for _ in range(first, min(first + AT_ONCE, count))]
        with database.write() as session:
            session.execute(insert(CaseRow), [_case(case_id, now) for case_id in ids])
            session.execute(insert(ChannelRow), [_channel(case_id, address, now) for case_id in ids])
            session.execute(insert(FollowUpRow), [_message(case_id, asked, now) for case_id in ids])


def _what_the_rules_ask(now: datetime) -> PlannedFollowUp:
    """A follow-up of the starter rulebook that is wanted in these cases today."""
    today = local_day(now, ZONE)
    release = Release.build(load_rulebook(read_folder(STARTER_RULES[0])))
    situation = read_situation(release.rulebook, {**FACTS, "days_overdue": 20, "days_waiting": 7})
    plan = make_plan(release.rulebook, release.decide(situation, today))
    release.close()
    return next(wish for wish in plan.follow_ups if wish.moment.in_days is not None)


def _case(case_id: str, now: datetime) -> dict[str, Any]:
    return {
        "id": case_id,
        "state": CaseState.OPEN,
        "token_hash": case_id,
        "retrieval_hash": case_id,
        "is_demo": False,
        "language": "zh-CN",
        "time_zone": ZONE,
        "facts": FACTS,
        "anchors": {
            "days_overdue": (local_day(now, ZONE) - timedelta(days=20)).isoformat(),
            "days_waiting": (local_day(now, ZONE) - timedelta(days=7)).isoformat(),
        },
        "declined": [],
        "consent": {},
        "version": 1,
        "opened_at": now,
        "changed_at": now,
        "last_heard_at": now,
        "next_look_at": now + timedelta(days=30),
        "retention_days": 730,
        "erase_after": now + timedelta(days=730),
    }


def _channel(case_id: str, address: Mapping[str, str], now: datetime) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "kind": "webhook",
        "role": ChannelRole.SELF,
        "address": dict(address),
        "state": ChannelState.VERIFIED,
        "verify_nonce": "",
        "verify_until": now,
        "verify_attempts": 0,
        "time_zone": ZONE,
        "per_day": 1,
        "per_week": 2,
        "created_at": now,
        "verified_at": now,
        **ALL_DAY,
    }


def _message(case_id: str, asked: PlannedFollowUp, now: datetime) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "kind": FollowUpKind.CHECK_IN,
        "dedupe_key": case_id,
        "rule_id": asked.rule.id,
        "ask": asked.ask,
        "occurrence": asked.occurrence,
        "local_day": local_day(now, ZONE),
        "due_at": now,
        "is_care": False,
        "is_appointment": False,
        "state": FollowUpState.SCHEDULED,
        "attempts": 0,
        "next_try_at": now,
        "created_at": now,
    }
