"""Rows of the casebook as the JSON of answers; times in RFC 3339, ids as text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from services.casebook.case_facts import raw_facts_on
from services.casebook.cases import Opened
from services.casebook.channel_kinds import KINDS, shown
from services.casebook.decisions import plan_changes
from services.casebook.desk import Recorded
from services.casebook.event_types import EVENT_TYPES
from services.casebook.outbox import Promised
from services.casebook.tables import CaseRow, ChannelRow, CounsellorQueueRow, DecisionRow, EventRow, FollowUpRow
from services.rulebook.model import Rulebook, Text
from services.rulebook.release import Release

Json = dict[str, Any]

OURS = {
    "case.opened": Text("开始跟进", "The case was opened"),
    "time.passed": Text("时间到了", "Time has passed"),
    "rules.changed": Text("规则更新了", "The rules have changed"),
    "silence": Text("一直没有回音", "There was no answer"),
    "counsellor.came": Text("辅导员开始陪同", "A counsellor came"),
    "messages.stopped": Text("停止了提醒", "Messages were stopped"),
    "messages.resumed": Text("恢复了提醒", "Messages go on"),
    "messages.snoozed": Text("推迟了提醒", "Messages were put off"),
}
FACT_LIST = Text("{title}（{facts}）", "{title} ({facts})")


def case_answer(case: CaseRow, rulebook: Rulebook, today: date) -> Json:
    return {
        "id": case.id,
        "state": case.state,
        "state_because": case.state_because,
        "language": case.language,
        "time_zone": case.time_zone,
        "facts": raw_facts_on(case, rulebook, today),
        "declined": case.declined,
        "consent": case.consent,
        "opened_at": _time(case.opened_at),
        "changed_at": _time(case.changed_at),
        "last_heard_at": _time(case.last_heard_at),
        "care_until": _time(case.care_until),
        "snoozed_until": _time(case.snoozed_until),
        "retention_days": case.retention_days,
        "erase_after": _time(case.erase_after),
        "version": case.version,
    }


def opened_answer(opened: Opened, release: Release) -> Json:
    created = follow_ups_answer(opened.recorded.promised, opened.case, release)
    return {
        "id": opened.case.id,
        "token": opened.token,
        "retrieval_code": opened.retrieval_code,
        "version": opened.case.version,
        "plan": opened.recorded.made.answer,
        "follow_ups": {**created, "items": created["created"], "next_cursor": None},
    }


def recorded_answer(recorded: Recorded, case: CaseRow, release: Release) -> Json:
    because = _because(recorded.event, release.rulebook, case.language)
    return {
        "event": event_answer(recorded.event),
        "effects": {
            "because": because,
            "facts_changed": recorded.event.facts_changed,
            "plan": plan_changes(recorded.made, release, because),
            "follow_ups": follow_ups_answer(recorded.promised, case, release),
        },
        "plan": recorded.made.answer,
        "state": case.state,
        "version": case.version,
    }


def event_answer(event: EventRow) -> Json:
    return {
        "id": str(event.id),
        "type": event.type,
        "source": event.source,
        "data": event.data,
        "facts_changed": event.facts_changed,
        "occurred_at": _time(event.occurred_at),
        "recorded_at": _time(event.recorded_at),
    }


def follow_ups_answer(promised: Promised, case: CaseRow, release: Release) -> Json:
    return {
        "created": _follow_ups(promised.created, case, release.rulebook),
        "cancelled": _follow_ups(promised.cancelled, case, release.rulebook),
    }


def follow_up_answer(row: FollowUpRow, case: CaseRow, rulebook: Rulebook) -> Json:
    fact = rulebook.facts.get(row.ask or "")
    return {
        "id": str(row.id),
        "kind": row.kind,
        "state": row.state,
        "ask": row.ask,
        "question": None if fact is None else fact.question.in_language(case.language),
        "rule": row.rule_id,
        "on": row.local_day.isoformat(),
        "hour": row.hour,
        "due_at": _time(row.due_at),
        "sent_at": _time(row.sent_at),
        "answered_at": _time(row.answered_at),
        "because": row.cancelled_because,
    }


def channel_answer(channel: ChannelRow) -> Json:
    return {
        "id": str(channel.id),
        "kind": channel.kind,
        "role": channel.role,
        "state": channel.state,
        "address": shown(KINDS[channel.kind], channel.address) if channel.kind in KINDS else {},
        "window": {"from": channel.window_from, "until": channel.window_until},
        "time_zone": channel.time_zone,
        "per_day": channel.per_day,
        "per_week": channel.per_week,
        "verify_until": _time(channel.verify_until),
    }


def waiting_answer(row: CounsellorQueueRow) -> Json:
    return {"case": row.case_id, "reason": row.reason, "since": _time(row.created_at)}


def decision_answer(row: DecisionRow) -> Json:
    return {
        "id": str(row.id),
        "event": str(row.event_id),
        "release": row.release,
        "as_of": row.as_of.isoformat(),
        "language": row.language,
        "facts_sha256": row.facts_sha256,
        "answer_sha256": row.answer_sha256,
        "steps": row.steps,
    }


def _follow_ups(rows: Iterable[FollowUpRow], case: CaseRow, rulebook: Rulebook) -> list[Json]:
    """The earliest first."""
    return [follow_up_answer(row, case, rulebook) for row in sorted(rows, key=lambda row: (row.due_at, row.id))]


def _because(event: EventRow, rulebook: Rulebook, language: str) -> str:
    """What happened, and which facts it changed, as a person says it."""
    title = EVENT_TYPES[event.type].title if event.type in EVENT_TYPES else OURS[event.type]
    labels = [
        rulebook.facts[fact].label.in_language(language) for fact in event.facts_changed if fact in rulebook.facts
    ]
    said = title.in_language(language)
    if not labels:
        return said
    separator = ", " if language == "en" else "、"
    return FACT_LIST.in_language(language).format(title=said, facts=separator.join(labels))


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
