"""The processes of the services: with which commands and environment they run, side by side until one ends."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from honcho.manager import Manager

from services.casebook.accounts import WELCOME, first_link
from services.casebook.clock import utc_now
from services.casebook.database import open_database
from services.casebook.settings import Settings
from services.launch.orphans import ends_with_parent, let_forks_end_with_us
from services.launch.problems import LaunchError

PYTHON = sys.executable
THREADS = "4"
"""Measured: 4 threads answer as many requests for advice as 1. Two of them may wait for proofs."""
WORKER = (PYTHON, "-m", "services.notifier.worker")
SWEEPER = (PYTHON, "-m", "services.notifier.sweep")
STOPPED_ON_PURPOSE = (130, 143)
"""What honcho returns after Ctrl-C and after SIGTERM."""


def advisor_command(settings: Settings) -> tuple[str, ...]:
    """granian. More processes are what scales; the threads of one let others be answered while somebody waits.

    Whoever proves a draft waits for a process of its own, a second or two, without holding the interpreter.
    """
    return (
        *(PYTHON, "-m", "granian", "--interface", "wsgi", "--factory", "services.advisor.app:create_app"),
        *("--host", settings.host, "--port", str(settings.port)),
        *("--workers", str(settings.server_workers), "--blocking-threads", THREADS),
        *("--no-ws", "--log-level", "warning"),
    )


def prepare_environment(settings: Settings, redis_url: str) -> dict[str, str]:
    """What all processes are started with. Old counters are thrown away: they would be added to the new ones."""
    counters = settings.data / "metrics"
    shutil.rmtree(counters, ignore_errors=True)
    counters.mkdir()
    return {
        **os.environ,
        "REDIS_URL": redis_url,
        "ASHORE_DATA": str(settings.data),
        "PROMETHEUS_MULTIPROC_DIR": str(counters),
        "PYTHONUNBUFFERED": "1",
    }


def migrate(environment: Mapping[str, str]) -> None:
    """Bring the database to the present form before anything reads it."""
    done = subprocess.run([PYTHON, "-m", "services.cli", "db", "upgrade"], env=environment, check=False)
    if done.returncode:
        raise LaunchError("The database could not be brought up to date; the lines above say why.")


def link_for_the_first_admin(settings: Settings) -> str:
    """The address at which the first admin of the rule studio sets a password; empty once somebody has."""
    database = open_database(settings.database_url)
    with database.write() as session:
        token = first_link(session, utc_now())
    database.close()
    return f"{settings.base_url}{WELCOME}{token}" if token else ""


@contextmanager
def announce(settings: Settings, welcome: str) -> Iterator[None]:
    """Print the address as soon as something answers there. The link goes by a pipe: `ps` must not show it."""
    local = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
    asked = f"http://{local}:{settings.port}"
    command = [PYTHON, "-m", "services.launch.announce", asked, settings.base_url]
    announcer = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    assert announcer.stdin is not None
    with announcer.stdin as pipe:
        pipe.write(welcome)
    try:
        yield
    finally:
        announcer.terminate()
        announcer.wait()


def supervise(settings: Settings, environment: Mapping[str, str]) -> int:
    """Run until Ctrl-C (0), or until one of them ends: then the others are stopped too and its code is returned."""
    let_forks_end_with_us()  # honcho has a fork beside each process, which reads what the process prints
    manager = Manager()
    commands = {"advisor": advisor_command(settings), "worker": WORKER, "sweeper": SWEEPER}
    for name, command in commands.items():
        manager.add_process(name, f"exec {shlex.join([*ends_with_parent(), *command])}", env=dict(environment))
    manager.loop()
    return 0 if manager.returncode in STOPPED_ON_PURPOSE else manager.returncode or 1
