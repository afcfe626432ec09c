"""`make run` in a fresh clone: from nothing to advice, quick the second time, and nothing left after Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from services.casebook.settings import noted_redis
from services.launch.redis_server import answers
from tests.servers import free_port, wait_until
from tests.whole.starting import Running, clone, started

pytestmark = pytest.mark.whole

LINK = re.compile(r"http://[^\s/]+/studio/welcome/[\w-]{43}")


@pytest.fixture(scope="module")
def fresh_clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture
def settings() -> dict[str, str]:
    return {"ASHORE_PORT": str(free_port())}


def test_one_command_leads_from_nothing_to_advice_and_ctrl_c_leaves_nothing(
    fresh_clone: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    with started(["make", "run"], fresh_clone, settings, tmp_path / "log") as running:
        advice = running.post("/v1/advice", {"facts": {"days_overdue": 12}, "language": "en"})
        redis_url = noted_redis(fresh_clone / "var")
        stop_and_look_for_remains(running, redis_url)
    assert advice["steps"][0]["because"]
    assert advice["steps"][0]["sources"]


def test_the_second_start_installs_nothing(fresh_clone: Path, settings: dict[str, str], tmp_path: Path) -> None:
    with started(["make", "run"], fresh_clone, settings, tmp_path / "log") as running:
        running.press_ctrl_c()
    assert "installing" not in running.printed.read_text()


def test_the_start_prints_a_link_with_which_the_first_admin_of_the_studio_sets_a_password(
    fresh_clone: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    with started(["make", "run"], fresh_clone, settings, tmp_path / "log") as running:
        wait_until(lambda: LINK.search(running.printed.read_text()) is not None, "the link")
        link = LINK.search(running.printed.read_text())
        assert link is not None
        with urllib.request.urlopen(link[0], timeout=10) as page:
            assert 'name="password"' in page.read().decode()


def test_the_start_itself_ends_with_0_after_ctrl_c(fresh_clone: Path, settings: dict[str, str], tmp_path: Path) -> None:
    command = [".venv/bin/python", "-m", "services.launch"]
    with started(command, fresh_clone, settings, tmp_path / "log") as running:
        assert running.press_ctrl_c() == 0


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGKILL], ids=["closed terminal", "kill -9"])
def test_whatever_ends_the_start_its_processes_end_too(
    fresh_clone: Path, settings: dict[str, str], tmp_path: Path, how: signal.Signals
) -> None:
    command = [".venv/bin/python", "-m", "services.launch"]
    with started(command, fresh_clone, settings, tmp_path / "log") as running:
        redis_url = noted_redis(fresh_clone / "var")
        processes = running.started()
        os.killpg(running.process.pid, how)
        wait_until(lambda: not alive(processes), "the end of all processes")
        wait_until(lambda: not answers(str(redis_url)), "the end of Redis")


def test_a_start_on_a_taken_port_says_so_and_ends_with_2(fresh_clone: Path, tmp_path: Path) -> None:
    settings = {"ASHORE_PORT": str(free_port())}
    with started(["make", "run"], fresh_clone, settings, tmp_path / "log"):
        second = {**os.environ, **settings, "ASHORE_DATA": str(tmp_path / "other")}
        refused = subprocess.run(
            [".venv/bin/python", "-m", "services.launch"], cwd=fresh_clone, env=second, capture_output=True, text=True
        )
    assert refused.returncode == 2
    assert "Set ASHORE_PORT to a free port" in refused.stderr


def test_make_run_says_what_to_install_where_no_python_fits(fresh_clone: Path, tmp_path: Path) -> None:
    bare = clone(tmp_path / "bare")
    environment = {**os.environ, "ASHORE_PYTHON": "no-such-python"}
    refused = subprocess.run(["make", "run"], cwd=bare, env=environment, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "Python 3.11, 3.12 or 3.13 is needed" in refused.stderr
    assert "apt-get install python3" in refused.stderr


def stop_and_look_for_remains(running: Running, redis_url: str | None) -> None:
    processes = running.started()
    assert len(processes) == 3
    assert redis_url is not None
    running.press_ctrl_c()
    assert not running.answers()
    assert not answers(redis_url)
    assert not alive(processes)


def alive(processes: set[int]) -> set[int]:
    return {pid for pid in processes if Path(f"/proc/{pid}").exists()}
