"""Releases change while requests are answered: none fails, none mixes two, the newest is there soon, memory is flat."""

from __future__ import annotations

import json
import os
import resource
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from http.client import HTTPConnection
from itertools import count, cycle
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Protocol

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from services.advisor.advising import Default, answer_one
from services.advisor.app import create_app
from services.advisor.newest_release import NewestRelease
from services.advisor.parts import NAME, Parts
from services.casebook.authors import operator
from services.casebook.clock import utc_now
from services.casebook.database import Database, open_database
from services.casebook.releases import add_release, build_release, publish
from services.casebook.settings import Settings, read_settings, starter_rules
from services.rulebook.load import read_folder
from tests.rulebook.small_rulebook import small_files
from tests.servers import wait_until
from tests.whole.advisor_server import run_advisor

pytestmark = pytest.mark.whole

SWAPS, CLIENTS, SERVER_SWAPS = 1_000, 4, 5
FACTS = {"days_overdue": 12, "negotiation": "not_started"}
DAY = date(2026, 11, 24)
ASKED = {"facts": FACTS, "language": "en", "as_of": DAY.isoformat()}
PUBLISHER = operator("night shift")
MIB = 1024 * 1024


class Client(Protocol):
    def __call__(self) -> tuple[int, bytes]:
        """One request for advice: its status and its content."""


@dataclass(slots=True)
class Load:
    """What several clients saw who asked without a pause."""

    answers: Mapping[str, bytes]
    """release -> the one right answer"""
    right: int = 0
    failed: list[object] = field(default_factory=list)
    mixed: list[bytes] = field(default_factory=list)
    releases: set[str] = field(default_factory=set)
    last: str = ""
    """The release of the newest answer."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask_until(self, stop: threading.Event, turns: threading.Semaphore | None, client: Client) -> None:
        while turns is None or turns.acquire():
            if stop.is_set():
                return
            try:
                status, content = client()
            except Exception as error:  # noqa: BLE001 - whatever happens to a client is a failed request
                status, content = 0, repr(error).encode()
            self._judge(status, content)

    def _judge(self, status: int, content: bytes) -> None:
        with self._lock:
            if status != 200:
                self.failed.append((status, content[:200]))
                return
            release = json.loads(content)["receipt"]["release"]
            self.releases.add(release)
            self.last = release
            if content == self.answers.get(release):
                self.right += 1
            else:
                self.mixed.append(content)


@contextmanager
def under_load(load: Load, clients: list[Client], turns: threading.Semaphore | None = None) -> Iterator[None]:
    """The clients ask without a pause, or as often as they get a turn."""
    stop = threading.Event()
    with ThreadPoolExecutor(len(clients)) as pool:
        asking = [pool.submit(load.ask_until, stop, turns, client) for client in clients]
        try:
            yield
        finally:
            stop.set()
            if turns is not None:
                turns.release(len(clients))
        for one in asking:
            one.result()


@dataclass(frozen=True)
class Rules:
    """Rule files, and a sentence in one of them that borrowers read."""

    files: Mapping[str, str]
    file: str
    sentence: str

    def variants(self) -> Iterator[dict[str, str]]:
        """The same rules with three different sentences."""
        assert self.sentence in self.files[self.file]
        for end in ("", " after all", " in any case"):
            yield {**self.files, self.file: self.files[self.file].replace(self.sentence, self.sentence + end)}


def small_rulebook() -> Rules:
    return Rules(small_files(), "topics/pay.yaml", "Pay today")


def starter_rulebook() -> Rules:
    return Rules(read_folder(starter_rules()), "topics/contact.yaml", "Contact official customer service once today")


def installed(rules: Rules, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation with these rules, its database not made yet."""
    for name, text in rules.files.items():
        (folder / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "rules" / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("ASHORE_DATA", str(folder / "data"))
    monkeypatch.setenv("ASHORE_RULES", str(folder / "rules"))
    return read_settings(env_file=None)


@dataclass(frozen=True)
class Shop:
    """The database with three releases that differ in one sentence, and what each of them answers."""

    database: Database
    answers: Mapping[str, bytes]

    def publish(self, fingerprint: str) -> None:
        with self.database.write() as session:
            publish(session, fingerprint, PUBLISHER, "another one", utc_now())


def stocked(database: Database, rules: Rules) -> Shop:
    answers = {}
    for files in rules.variants():
        with database.write() as session:
            row = add_release(session, files, PUBLISHER, "another sentence", utc_now())
            answers[row.fingerprint] = answer_of(session, row.fingerprint)
    assert len(set(answers.values())) == len(answers) == 3
    return Shop(database, answers)


def answer_of(session: Session, fingerprint: str) -> bytes:
    release = build_release(session, fingerprint)
    try:
        return answer_one(release, {"facts": FACTS}, Default(DAY, "en"))
    finally:
        release.close()


# One process, a look before every request


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Flask, Shop]]:
    """The advisor in this process, whose patience between two looks has always run out."""
    settings = installed(small_rulebook(), tmp_path, monkeypatch)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        app = create_app(settings, log_to=nowhere)
        parts: Parts = app.extensions[NAME]
        seconds = count(0, 10)
        look = NewestRelease(parts.releases, parts.database, parts.clock, lambda: next(seconds)).look
        parts.releases.before_lending = look
        yield app, stocked(parts.database, small_rulebook())
        parts.database.close()


def test_a_thousand_swaps_under_load_lose_nothing_mix_nothing_and_leave_no_memory_behind(
    service: tuple[Flask, Shop],
) -> None:
    app, shop = service
    parts: Parts = app.extensions[NAME]
    load = Load(shop.answers)
    memory: list[int] = []
    turns = threading.Semaphore(0)
    with under_load(load, [client_of(app)] * CLIENTS, turns):
        for fingerprint, _ in zip(cycle(shop.answers), range(SWAPS), strict=False):
            turns.release(CLIENTS)
            shop.publish(fingerprint)
            wait_until(lambda wanted=fingerprint: in_force(parts) == wanted, "the swap")
            memory.append(resident())
    assert (load.failed[:3], load.mixed[:3]) == ([], [])
    assert load.right >= SWAPS
    assert load.releases == set(shop.answers)
    quarter = SWAPS // 4
    assert median(memory[-quarter:]) - median(memory[quarter : 2 * quarter]) < 2 * MIB


def client_of(app: Flask) -> Client:
    def ask() -> tuple[int, bytes]:
        answer = app.test_client().post("/v1/advice", json=ASKED)
        return answer.status_code, answer.data

    return ask


def in_force(parts: Parts) -> str:
    """Whatever a request would be answered with now."""
    with parts.releases.borrow() as release:
        return release.fingerprint


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


# A server as it runs


@pytest.mark.parametrize("rulebook", [small_rulebook, starter_rulebook])
def test_a_server_takes_up_every_release_within_a_second_while_it_answers(
    rulebook: Callable[[], Rules], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = rulebook()
    settings = installed(rules, tmp_path, monkeypatch)
    database = open_database(settings.database_url)
    delays = []
    with run_advisor(settings.data) as port, connections(port) as clients:
        shop = stocked(database, rules)
        load = Load(shop.answers)
        with under_load(load, clients):
            for fingerprint, _ in zip(cycle(shop.answers), range(SERVER_SWAPS), strict=False):
                shop.publish(fingerprint)
                published_at = monotonic()
                wait_until(lambda wanted=fingerprint: load.last == wanted, "the release")
                delays.append(monotonic() - published_at)
    database.close()
    assert (load.failed[:3], load.mixed[:3]) == ([], [])
    assert load.right >= SERVER_SWAPS
    assert median(delays) < 1


@contextmanager
def connections(port: int) -> Iterator[list[Client]]:
    """Clients that keep their connection open."""
    with ExitStack() as open_ones:
        lines = [HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(CLIENTS)]
        yield [partial(ask_over, open_ones.enter_context(closing(line))) for line in lines]


def ask_over(line: HTTPConnection) -> tuple[int, bytes]:
    line.request("POST", "/v1/advice", json.dumps(ASKED), {"Content-Type": "application/json"})
    answer = line.getresponse()
    return answer.status, answer.read()
