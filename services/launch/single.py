"""One start at a time: for a data folder, and for a port."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.launch.problems import LaunchError


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder; the system gives it free when the last of our processes is gone."""
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LaunchError(f"It is already running on {data}. Stop it first, or set ASHORE_DATA.") from error
        yield


def refuse_taken_port(host: str, port: int) -> None:
    """Say so now, and not in the middle of the start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"{host}:{port} cannot be listened on ({error.strerror}). Set ASHORE_PORT to a free port."
            raise LaunchError(message) from error
