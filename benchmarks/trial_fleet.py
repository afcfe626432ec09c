"""Starts the processes of the trial, kills them by -9, and starts new ones in their place; none outlives the trial."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from benchmarks.trial_processes import READY

REDIS_ANSWERS_WITHIN = 10.0


@dataclass(slots=True)
class Victim:
    """One kind of process, killed every so many seconds."""

    kind: str
    every: float
    next_at: float
    killed: int = 0

    def is_next(self, now: float) -> bool:
        if now < self.next_at + self.every:
            return False
        self.next_at += self.every
        return True


@dataclass(slots=True)
class Fleet:
    """Processes by kind. Their output goes to a file: a server that holds our stdout open hangs whoever reads it."""

    folder: Path
    port: int
    log: Path
    ready: Path
    """Where processes write that they have begun."""
    _running: dict[str, list[subprocess.Popen[bytes]]] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def in_folder(cls, folder: Path) -> Iterator[Fleet]:
        fleet = cls(folder, _free_port(), folder / "log", folder / "ready")
        os.environ |= {"REDIS_URL": fleet.redis_url, READY: str(fleet.ready)}
        try:
            yield fleet
        finally:
            fleet.kill_all()

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @contextmanager
    def running(self, wanted: Mapping[str, int]) -> Iterator[None]:
        for kind, number in wanted.items():
            for _ in range(number):
                self._start(kind)
        try:
            yield
        finally:
            self.kill_all()

    def kill_one(self, kind: str) -> bool:
        """The one that has been at work longest; another takes its place at once. False if all have yet to begin."""
        at_work = set(self.ready.read_text().split()) if self.ready.exists() else set()
        for victim in self._running[kind]:
            if kind == "redis" or str(victim.pid) in at_work:
                self._running[kind].remove(victim)
                victim.kill()
                victim.wait()
                self._start(kind)
                return True
        return False

    def kill_all(self) -> None:
        for process in (process for kind in self._running.values() for process in kind):
            process.kill()
            process.wait()
        self._running.clear()

    def check(self) -> None:
        """Stops the trial if a process ended by itself: that is a fault and no part of the trial."""
        for kind, processes in self._running.items():
            for process in processes:
                if process.poll() is not None:
                    raise RuntimeError(
                        f"a {kind} ended by itself ({process.returncode}):\n{self.log.read_text()[-2000:]}"
                    )

    def _start(self, kind: str) -> None:
        with self.log.open("ab") as log:
            command = ["setpriv", "--pdeathsig", "KILL", *self._command(kind)]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._running.setdefault(kind, []).append(process)
        if kind == "redis":
            self._wait_for_redis()

    def _command(self, kind: str) -> list[str]:
        if kind != "redis":
            return [sys.executable, "-c", f"from benchmarks.trial_processes import ROLES; ROLES[{kind!r}]()"]
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            raise RuntimeError("redis-server is not installed")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        return [program, *options, "--dir", str(self.folder)]

    def _wait_for_redis(self) -> None:
        deadline = time.monotonic() + REDIS_ANSWERS_WITHIN
        with Redis(port=self.port, retry=Retry(NoBackoff(), 0)) as client:
            while time.monotonic() < deadline:
                try:
                    client.ping()
                    return
                except RedisError:
                    time.sleep(0.02)
        raise RuntimeError("Redis does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
