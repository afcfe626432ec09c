"""All processes of Ashore on one database and one Redis, any of which may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import free_port, wait_until
from tests.whole.advisor_server import GRANIAN, ROOT

SECRET = "a secret of more than thirty-two characters"


@dataclass(slots=True)
class Fleet:
    """Started processes by name. What they print goes to `folder`/log."""

    folder: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """`advisor-1`, `worker-2`, `sweeper-1`: what stands before the dash is what it is."""
        kind = name.partition("-")[0]
        if kind == "advisor":
            self.ports[name] = port = free_port()
            command = [*GRANIAN, "--blocking-threads", "1", "--no-ws", "--port", str(port)]
        else:
            command = ["-m", "tests.whole.notifier_roles", kind]
        with (self.folder / "log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command], env=self.environment, stdout=log, stderr=log, cwd=ROOT,
                start_new_session=True,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """By -9, its own children with it, and nobody takes its place."""
        _end(self.processes.pop(name))

    def ask_to_stop(self, name: str) -> int:
        """As an operator would; gives its exit code."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(15)

    def printed(self) -> str:
        return (self.folder / "log").read_text()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def wait_for(self, words: str, times: int = 1) -> None:
        wait_until(lambda: self.printed().count(words) >= times, f"`{words}` in the log")


@contextmanager
def run_fleet(folder: Path, database_url: str, redis_url: str, **settings: str) -> Iterator[Fleet]:
    environment: Mapping[str, str] = {
        **os.environ,
        "ASHORE_DATA": str(folder),
        "DATABASE_URL": database_url.replace("+psycopg", ""),
        "REDIS_URL": redis_url,
        "ASHORE_SECRET_KEY": SECRET,
        "ASHORE_ALLOW_PRIVATE_ADDRESSES": "yes",
        **settings,
    }
    fleet = Fleet(folder, dict(environment))
    try:
        yield fleet
    finally:
        for process in fleet.processes.values():
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """A server starts workers of its own: the whole group goes."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
