"""`ashore demo`: fills twenty made-up cases at all stages, lived through in fast motion; `--remove` takes them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import cycle

import click
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.casebook.cases import NewCase, Opened, open_case, record_event
from services.casebook.clock import day_after, local_day, utc_now
from services.casebook.database import Database
from services.casebook.desk import Desk
from services.casebook.erasure import erase
from services.casebook.events import find_type, read_event
from services.casebook.model import EventSource, FollowUpState
from services.casebook.releases import Shelf, ensure_first_release
from services.casebook.settings import Settings
from services.casebook.tables import CaseRow, FollowUpRow
from services.casebook.upkeep import look_after
from services.commands.casebook import casebook
from services.commands.demo_stories import STORIES, Facts, Story
from services.rulebook.load import read_folder
from services.rulebook.model import LANGUAGES
from services.rulebook.situation import read_situation

ONE_DAY = timedelta(days=1)
KEPT_DAYS = 365


@click.command()
@click.option("--remove", is_flag=True, help="Erase the cases of the demo, and only those.")
def demo(remove: bool) -> None:
    """Fill twenty made-up cases at all stages, to look at and to try things on.

    They have no channel, so nothing is sent anywhere. The tokens are printed and kept nowhere.
    """
    with casebook() as (settings, database):
        if remove:
            click.echo(f"{remove_demo(database, utc_now())} cases erased")
        else:
            _fill(database, settings)


def fill_demo(database: Database, shelf: Shelf, now: datetime, time_zone: str) -> Iterator[tuple[Story, Opened]]:
    """Live through every story up to now, each in one transaction."""
    for story, language in zip(STORIES, cycle(LANGUAGES), strict=False):
        with database.write() as session:
            opened = live_through(session, shelf, story, now, (language, time_zone))
        yield story, opened


def remove_demo(database: Database, now: datetime) -> int:
    with database.write() as session:
        cases = session.scalars(select(CaseRow).where(CaseRow.is_demo)).all()
        for case in cases:
            erase(session, case, now)
    database.scrub()
    return len(cases)


def live_through(
    session: Session, shelf: Shelf, story: Story, now: datetime, language_and_zone: tuple[str, str]
) -> Opened:
    """One story: time passes day by day, messages count as sent, and what happened is told when it happened."""
    release, (language, time_zone) = shelf.in_force(session, now), language_and_zone
    moment = now - timedelta(days=story.days_ago)
    today = local_day(moment, time_zone)
    opened = open_case(
        Desk(session, release, moment),
        NewCase(
            situation=read_situation(release.rulebook, _dated(story.facts, today)),
            language=language,
            time_zone=time_zone,
            retention_days=KEPT_DAYS,
            consent={name: moment.isoformat() for name in ("store_case", *story.consent)},
            is_demo=True,
        ),
    )
    for day in range(story.days_ago + 1):
        desk = Desk(session, release, min(moment + day * ONE_DAY, now))
        _pass_a_day(desk, shelf, opened.case)
        for happening in story.happened:
            if happening.day == day:
                _tell(desk, opened.case, happening.event, _dated(happening.data, desk.day(opened.case)))
        if not story.is_silent and day and day % 6 == 0:
            _tell(desk, opened.case, "help.wanted", {})
    return opened


def _fill(database: Database, settings: Settings) -> None:
    now, shelf = utc_now(), Shelf()
    with database.write() as session:
        ensure_first_release(session, lambda: read_folder(settings.rules), now)
    for story, opened in fill_demo(database, shelf, now, settings.time_zone.key):
        click.echo(f"{opened.case.id}  {opened.token}  {opened.retrieval_code}  {story.name}")
    shelf.close()


def _pass_a_day(desk: Desk, shelf: Shelf, case: CaseRow) -> None:
    desk.session.execute(
        update(FollowUpRow)
        .where(
            FollowUpRow.case_id == case.id,
            FollowUpRow.state == FollowUpState.SCHEDULED,
            FollowUpRow.due_at <= desk.now,
        )
        .values(state=FollowUpState.SENT, sent_at=FollowUpRow.due_at)
        .execution_options(synchronize_session="fetch")
    )
    if case.next_look_at <= desk.now:
        look_after(desk, shelf, case)


def _tell(desk: Desk, case: CaseRow, event: str, data: Facts) -> None:
    told = read_event(desk.release.rulebook, find_type(event), data, desk.now)
    record_event(desk, case, told, EventSource.PERSON)


def _dated(facts: Facts, today: date) -> Mapping[str, object]:
    """`+5` is the day five days from `today`."""
    return {
        fact: day_after(today, int(value)).isoformat() if isinstance(value, str) and value.startswith("+") else value
        for fact, value in facts.items()
    }
