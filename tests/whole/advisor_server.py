"""The advisor as it runs: granian in a process of its own, and a way to send it raw bytes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import free_port, wait_until

GRANIAN = ("-m", "granian", "--interface", "wsgi", "--factory", "services.advisor.app:create_app", "--workers", "1")
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def run_advisor(data: Path) -> Iterator[int]:
    """Gives the port it listens on; what it prints is in `data`/log."""
    port = free_port()
    command = [sys.executable, *GRANIAN, "--blocking-threads", "4", "--no-ws", "--port", str(port)]
    environment = {**os.environ, "ASHORE_DATA": str(data), "ASHORE_LOG_FORMAT": "json"}
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=ROOT)
    try:
        wait_until(lambda: _listens(port, process), "the advisor")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def send(port: int, data: bytes, patience: float = 10.0) -> bytes:
    """What the server sends back until it hangs up; nothing if it hangs up without a word or waits for more."""
    received = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
            connection.sendall(data)
            while piece := connection.recv(65_536):
                received += piece
    except (ConnectionError, TimeoutError):
        return received
    return received


def request(method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
    """A request on a connection that ends with it, as bytes."""
    head = [f"{method} {path} HTTP/1.1", "Host: ashore", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"the advisor ended with {process.returncode}")
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
