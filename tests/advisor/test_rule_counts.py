"""How often a rule is used is counted, by day, on both databases, and nothing about anybody is kept with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.advisor.app import create_app
from services.advisor.parts import Parts
from services.advisor.rule_counts import RuleCounts
from services.casebook.database import Database, open_database
from services.casebook.rule_use import add_uses, uses_since
from services.casebook.settings import read_settings

DAY = date(2026, 11, 24)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    opened.upgrade()
    yield opened
    opened.close()


def used(database: Database, since: date = DAY) -> dict[str, int]:
    with database.read() as session:
        return uses_since(session, since)


def test_counts_of_several_processes_and_days_are_added_up(database: Database) -> None:
    for day, counts in ((DAY, {"a": 2, "b": 1}), (DAY, {"a": 3}), (DAY - timedelta(days=1), {"a": 10})):
        with database.write() as session:
            add_uses(session, day, counts)
    assert used(database) == {"a": 5, "b": 1}
    assert used(database, DAY - timedelta(days=1)) == {"a": 15, "b": 1}


def test_nothing_counted_writes_nothing(database: Database) -> None:
    with database.write() as session:
        add_uses(session, DAY, {})
    assert used(database) == {}


def test_counts_are_written_once_a_minute_and_not_with_every_answer(database: Database) -> None:
    seconds = iter([0.0, 1.0, 59.0, 60.0, 61.0])
    counts = RuleCounts(database, lambda: DAY, timedelta(minutes=1), lambda: next(seconds))
    counts.note(["a"])
    counts.note(["a"])
    assert used(database) == {}
    counts.note(["a", "b"])
    assert used(database) == {"a": 3, "b": 1}
    counts.note(["a"])
    assert used(database) == {"a": 3, "b": 1}


def test_what_could_not_be_written_is_written_the_next_time(tmp_path: Path) -> None:
    away = open_database(f"sqlite:///{tmp_path / 'not-yet' / 'ashore.db'}")
    seconds = iter(range(0, 1000, 60))
    counts = RuleCounts(away, lambda: DAY, timedelta(minutes=1), lambda: float(next(seconds)))
    counts.note(["a"])
    (tmp_path / "not-yet").mkdir()
    away.upgrade()
    counts.note(["a"])
    assert used(away) == {"a": 2}
    away.close()


def writing_at_once(parts: Parts) -> Parts:
    return replace(parts, rule_counts=RuleCounts(parts.database, lambda: DAY, timedelta()))


def test_posted_situations_are_counted_and_one_that_cannot_be_read_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASHORE_DATA", str(tmp_path))
    app = create_app(read_settings(env_file=None))
    parts = app.extensions["ashore"] = writing_at_once(app.extensions["ashore"])
    client = app.test_client()
    asked = {"facts": {"days_overdue": 3, "ability_to_pay": "full_now"}}
    rules = {step["rule"] for step in client.post("/v1/advice", json=asked).get_json()["steps"]}
    client.post("/v1/advice", json={"facts": {"days_overdue": "?"}})
    client.post("/v1/advice/batch", json={"situations": [asked, {"facts": {"days_overdue": "?"}}]})
    assert used(parts.database) == dict.fromkeys(rules, 2)
