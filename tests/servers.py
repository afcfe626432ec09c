"""Real servers on free ports, from the system's own binaries; each ends with the `with` block, or with us."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 20.0
"""Seconds that a server may take until it answers."""


class MissingServerError(Exception):
    """A server program is not installed; the message says how to get it."""


@contextmanager
def run_postgresql() -> Iterator[str]:
    """A PostgreSQL server in a folder of its own; gives its address without the name of a database."""
    binaries = _postgresql_binaries()
    with tempfile.TemporaryDirectory(prefix="ashore-pg-") as name:
        as_owner = _as_owner_of(Path(name))
        cluster, port = f"{name}/cluster", free_port()
        initdb = [f"{binaries}/initdb", "--pgdata", cluster, "--username=ashore", "--auth=trust"]
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*as_owner, *initdb, *options], check=True, capture_output=True, cwd=name)
        server = [f"{binaries}/postgres", "-D", cluster, "-p", str(port), "-k", name, "-h", "127.0.0.1"]
        with _running([*as_owner, *server, "-c", "fsync=off"], name, stop=subprocess.Popen.terminate):
            address = f"postgresql://ashore@127.0.0.1:{port}"
            wait_until(lambda: _answers_sql(f"{address}/postgres"), "PostgreSQL")
            yield address


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """An empty database on this PostgreSQL server, gone afterwards; gives a URL for SQLAlchemy."""
    name = f"test_{time.monotonic_ns()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield f"{server}/{name}".replace("postgresql://", "postgresql+psycopg://")
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def run_redis(port: int | None = None) -> Iterator[str]:
    """A Redis server that keeps nothing when it ends; gives its address."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise MissingServerError("Redis is not installed. On Debian: apt-get install redis-server")
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="ashore-redis-") as name:
        options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", name, "--save", "", "--appendonly", "no"]
        with _running([program, *options], name, stop=subprocess.Popen.kill):
            wait_until(lambda: _answers_ping(port), "Redis")
            yield f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(happened: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Look every 20 ms until it has happened; TimeoutError when it takes longer than `patience` seconds."""
    deadline = time.monotonic() + patience
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: still waiting after {patience:.0f} s")
        time.sleep(0.02)


@contextmanager
def _running(command: list[str], folder: str, stop: Callable[[subprocess.Popen[bytes]], None]) -> Iterator[None]:
    """Its output goes to a file, never to our own: a server that holds our stdout open hangs whoever reads it."""
    ends_with_us = ["setpriv", "--pdeathsig", "KILL"] if command[0] != "setpriv" else []
    with (Path(folder) / "log").open("wb") as log:
        process = subprocess.Popen(
            [*ends_with_us, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
        )
    try:
        yield
    finally:
        stop(process)
        process.wait(PATIENCE)


def _postgresql_binaries() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if versions:
        return versions[-1]
    found = shutil.which("postgres")
    if found is None:
        raise MissingServerError("PostgreSQL is not installed. On Debian: apt-get install postgresql")
    return Path(found).parent


def _as_owner_of(folder: Path) -> list[str]:
    """PostgreSQL refuses root: as root it runs as `postgres`, which then owns the folder."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwnam("postgres")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    identity = ["--reuid", str(owner.pw_uid), "--regid", str(owner.pw_gid), "--init-groups"]
    return ["setpriv", *identity, "--pdeathsig", "INT"]


def _answers_sql(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


def _answers_ping(port: int) -> bool:
    with redis.Redis(port=port, retry=Retry(NoBackoff(), 0)) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
