"""The dated steps of a list as an iCalendar file; titles say nothing that a bystander could read something into."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from services.rulebook.advice_texts import Json


def calendar_of(advice: Json, now: datetime) -> bytes:
    """One all-day event for every step with a date. The same list gives the same events, so importing twice is safe."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ashore//list//")
    calendar.add("version", "2.0")
    for step in advice["steps"]:
        if step["due"]:
            calendar.add_component(_event(step, advice["receipt"]["facts_sha256"], now))
    return bytes(calendar.to_ical())


def _event(step: Json, list_id: str, now: datetime) -> Event:
    day = date.fromisoformat(step["due"])
    event = Event()
    event.add("uid", f"{step['rule']}.{list_id[:16]}@ashore")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", step["title"])
    event.add("description", step["text"])
    return event
