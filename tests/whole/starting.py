"""Start Ashore as a stranger would, and look at it from outside."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import wait_until

ROOT = Path(__file__).resolve().parents[2]
INSTALL_AND_START = 240.0
"""Seconds until an answer must come where everything has to be installed first, on a slow line."""


@dataclass(frozen=True)
class Running:
    """One start: its address, its processes and what it has printed so far."""

    url: str
    process: subprocess.Popen[bytes]
    printed: Path

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def says_it_is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"it ended with {self.process.returncode}:\n{self.printed.read_text()}")
        return "Ashore is ready" in self.printed.read_text()

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.load(answer))

    def started(self) -> set[int]:
        """The processes whose ids it printed as started."""
        return {int(pid) for pid in re.findall(r"started \(pid=(\d+)\)", self.printed.read_text())}

    def press_ctrl_c(self) -> int:
        """Send what a terminal sends, to the whole foreground group; the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)


@contextmanager
def started(command: Sequence[str], folder: Path, settings: Mapping[str, str], log: Path) -> Iterator[Running]:
    """Run a start command in its own process group until the block ends; waits until it says that it is ready."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ASHORE_", "REDIS_"))}
    environment.pop("DATABASE_URL", None)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
        )
    running = Running(f"http://127.0.0.1:{settings['ASHORE_PORT']}", process, log)
    try:
        wait_until(running.says_it_is_ready, "the start", INSTALL_AND_START)
        yield running
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def clone(target: Path) -> Path:
    """A copy of the repository as it would be committed: what is tracked or new, nothing that is ignored."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in names:
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes((ROOT / name).read_bytes())
    return target
