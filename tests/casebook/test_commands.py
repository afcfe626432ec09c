"""`ashore demo` shows cases at all stages and takes out its own; `ashore organisation` keeps keys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from services.casebook.model import CaseState
from services.casebook.tables import CaseRow, ChannelRow, CounsellorQueueRow
from services.cli import main
from services.commands.demo import fill_demo, remove_demo
from services.commands.demo_stories import STORIES
from tests.casebook.life import Life

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_the_demo_fills_twenty_cases_at_all_stages_and_takes_only_them_out(life: Life) -> None:
    life.open({"days_overdue": 3})
    told = list(fill_demo(life.database, life.shelf, NOW, "Asia/Shanghai"))
    with life.database.read() as session:
        cases = session.scalars(select(CaseRow).where(CaseRow.is_demo)).all()
        waiting = session.scalar(select(func.count()).select_from(CounsellorQueueRow))
        channels = session.scalar(select(func.count()).select_from(ChannelRow))
    assert len(told) == len(STORIES) == len(cases) == 20
    assert {case.state for case in cases} == {CaseState.OPEN, CaseState.QUIET}
    assert {case.language for case in cases} == {"zh-CN", "en"}
    assert (waiting, channels) == (1, 0)
    assert remove_demo(life.database, NOW) == 20
    assert life.case().id == life.case_id


def test_the_command_prints_the_tokens_and_removes_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASHORE_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    filled = CliRunner().invoke(main, ["demo"])
    assert filled.output.count("ash_case_") == 20
    removed = CliRunner().invoke(main, ["demo", "--remove"])
    assert removed.output == "20 cases erased\n"


def test_keys_of_organisations_are_made_listed_and_revoked(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASHORE_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    made = CliRunner().invoke(main, ["organisation", "add", "Counsellors"])
    assert made.output.startswith("1  Counsellors  ash_org_")
    assert CliRunner().invoke(main, ["organisation", "revoke", "1"]).exit_code == 0
    assert CliRunner().invoke(main, ["organisation", "list"]).output.startswith("1  Counsellors  revoked")
    assert CliRunner().invoke(main, ["organisation", "revoke", "7"]).exit_code == 2
