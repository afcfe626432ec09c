"""Decides a case, keeps the decision with its receipt, says what changed, and can work it out again byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.case_facts import situation_on
from services.casebook.clock import local_day
from services.casebook.tables import CaseRow, DecisionRow, EventRow
from services.rulebook.advice import canonical_facts, describe, facts_sha256
from services.rulebook.decide import Decision
from services.rulebook.model import Rule, Situation
from services.rulebook.plan import Plan, Step, make_plan
from services.rulebook.release import Release
from services.rulebook.situation import read_situation

Json = dict[str, Any]


class ReplayError(Exception):
    """A decision that cannot be reached again from its receipt: something that must never change has changed."""


@dataclass(frozen=True, slots=True)
class Look:
    """A case as it stands on a day: what the rules say about it, and the plan."""

    situation: Situation
    decision: Decision
    plan: Plan

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(rule.id for rule in self.decision.speaking)


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that was kept, beside the one before it."""

    row: DecisionRow
    look: Look
    before: DecisionRow | None
    answer: Json

    @property
    def next_change(self) -> date | None:
        """The first day on which time alone changes the advice."""
        coming = self.answer["forecast"]
        return date.fromisoformat(coming[0]["on"]) if coming else None


def look_at(release: Release, case: CaseRow, day: date) -> Look:
    situation = situation_on(case, release.rulebook, day)
    decision = release.decide(situation, day)
    return Look(situation, decision, make_plan(release.rulebook, decision))


def make_decision(
    session: Session, release: Release, case: CaseRow, event: EventRow, now: datetime, restarted: Iterable[str] = ()
) -> Made:
    """Decide as of now and keep it. `restarted` are rules that speak anew even if they have been speaking before."""
    look = look_at(release, case, local_day(now, case.time_zone))
    before = last_decision(session, case.id)
    answer = describe(release, look.decision, look.plan, case.language)
    day = look.decision.as_of
    row = DecisionRow(
        case_id=case.id,
        event_id=event.id,
        release=release.fingerprint,
        as_of=day,
        language=case.language,
        facts=canonical_facts(look.decision.situation),
        declined=sorted(look.situation.declined),
        facts_sha256=facts_sha256(look.decision.situation),
        answer_sha256=hashlib.sha256(orjson.dumps(answer)).hexdigest(),
        steps=[_short(step) for step in look.plan.steps],
        speaking=_since(look, before, f"{day.isoformat()}#{event.id}", frozenset(restarted)),
        decided_at=now,
    )
    session.add(row)
    session.flush()
    return Made(row, look, before, answer)


def last_decision(session: Session, case_id: str) -> DecisionRow | None:
    query = select(DecisionRow).where(DecisionRow.case_id == case_id).order_by(DecisionRow.id.desc()).limit(1)
    return session.scalar(query)


def replay(release: Release, row: DecisionRow) -> bytes:
    """The answer of a kept decision, worked out again from its receipt. Raises ReplayError if it differs."""
    situation = read_situation(release.rulebook, json.loads(row.facts), row.declined)
    decision = release.decide_by_reference(situation, row.as_of)
    answer = orjson.dumps(describe(release, decision, make_plan(release.rulebook, decision), row.language))
    if release.fingerprint != row.release or hashlib.sha256(answer).hexdigest() != row.answer_sha256:
        raise ReplayError(f"decision {row.id} gives another answer today")
    return answer


def plan_changes(made: Made, release: Release, because: str) -> Json:
    """What the new decision changed in the plan: actions added, removed, and moved to another day or urgency."""
    old = {} if made.before is None else {step["action"]: step for step in made.before.steps}
    new = {step.action.id: step for step in made.look.plan.steps}
    days = timedelta(0) if made.before is None else made.row.as_of - made.before.as_of
    language = made.row.language
    title = {
        action: release.rulebook.actions[action].title.in_language(language)
        for action in {*old, *new}
        if action in release.rulebook.actions
    }
    return {
        "added": [
            _short(step) | {"title": title[action], "because": step.rule.because.in_language(language)}
            for action, step in new.items()
            if action not in old
        ],
        "removed": [
            step | {"title": title.get(action, action), "because": because}
            for action, step in old.items()
            if action not in new
        ],
        "moved": [
            _short(step) | {"title": title[action], "from": _place(old[action]), "because": because}
            for action, step in new.items()
            if action in old and _has_moved(old[action], _short(step), days)
        ],
    }


def _since(look: Look, before: DecisionRow | None, now: str, restarted: frozenset[str]) -> dict[str, str]:
    held: Mapping[str, str] = {} if before is None else before.speaking
    return {rule.id: now if rule.id in restarted else held.get(rule.id, now) for rule in look.decision.speaking}


def _has_moved(old: Json, new: Json, days_between: timedelta) -> bool:
    """A day that is counted from the decision itself goes along with it, and has not moved."""
    if old["rule"] != new["rule"] or old["urgency"] != new["urgency"]:
        return True
    if old["due"] == new["due"]:
        return False
    if old["due"] is None or new["due"] is None:
        return True
    return date.fromisoformat(new["due"]) - date.fromisoformat(old["due"]) != days_between


def _short(step: Step) -> Json:
    return {
        "action": step.action.id,
        "rule": step.rule.id,
        "urgency": step.urgency.value,
        "due": step.due.isoformat() if step.due else None,
    }


def _place(step: Json) -> Json:
    return {name: step[name] for name in ("rule", "urgency", "due")}


def restarting_rules(rules: Iterable[Rule], changed_anchors: frozenset[str]) -> frozenset[str]:
    """Rules whose follow-ups are counted from an anchor that has just been set anew: they count from there."""
    return frozenset(
        rule.id
        for rule in rules
        if any(follow_up.moment.fact in changed_anchors for follow_up in rule.follow_up if follow_up.moment.fact)
    )
