"""The plan of a case as an iCalendar file; its titles tell a bystander nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from services.casebook.tables import CaseRow, FollowUpRow

ALL_DAY = timedelta(days=1)


def calendar_of_case(
    case: CaseRow, plan: dict[str, Any], follow_ups: Iterable[FollowUpRow], questions: dict[str, str], now: datetime
) -> bytes:
    """Every step with a date, and every check-in to come. Importing it again replaces what was imported before."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ashore//plan//")
    calendar.add("version", "2.0")
    for step in plan["steps"]:
        if step["due"]:
            day = date.fromisoformat(step["due"])
            calendar.add_component(_event(case, f"step-{step['action']}", day, step["title"], step["text"], now))
    for row in follow_ups:
        question = questions.get(row.ask or "", "")
        if question:
            calendar.add_component(_event(case, f"follow-up-{row.id}", row.local_day, question, "", now))
    return bytes(calendar.to_ical())


def _event(case: CaseRow, name: str, day: date, title: str, text: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{name}.{case.id}@ashore")
    event.add("sequence", case.version)
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + ALL_DAY)
    event.add("summary", title)
    if text:
        event.add("description", text)
    return event
