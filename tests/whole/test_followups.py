"""Follow-ups with real processes: a mail server and a webhook receiver get them, whoever is killed meanwhile."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import select, update
from standardwebhooks import Webhook

from services.casebook.database import Database, open_database
from services.casebook.model import FollowUpState
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from tests.notifier.mailbox import Mailbox, mail_server
from tests.notifier.receiver import Receiver, webhook_receiver
from tests.servers import run_redis, wait_until
from tests.whole.due_messages import ALL_DAY, add_due_messages
from tests.whole.fleet import run_fleet

pytestmark = pytest.mark.whole
START = 60.0
"""Seconds that a busy machine may need to start an advisor."""
WEBHOOK_SECRET = "whsec_" + "c2VjcmV0" * 4
FACTS = {
    "product": "jiebei",
    "days_overdue": 12,
    "ability_to_pay": "partial",
    "negotiation": "waiting",
    "days_waiting": 0,
    "safety_state": "ok",
}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhook_receiver() as receiver:
        yield receiver


def post(url: str, body: Any = None, form: str | None = None, token: str = "") -> Any:
    data = form.encode() if form is not None else json.dumps(body).encode()
    kind = "application/x-www-form-urlencoded" if form is not None else "application/json"
    headers = {"Content-Type": kind, "Idempotency-Key": uuid4().hex}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as answer:
        text = answer.read().decode()
    return json.loads(text) if form is None else text


def links(mail: EmailMessage) -> list[str]:
    body = mail.get_body(("plain",))
    assert body is not None
    return re.findall(r"/m/\S+", body.get_content())


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def let_the_next_message_be_due(database: Database) -> None:
    """The test cannot move the clock of other processes, so it moves what was promised, and opens the window."""
    now = datetime.now(UTC)
    with database.write() as session:
        first = select(FollowUpRow).where(FollowUpRow.ask == "negotiation").order_by(FollowUpRow.due_at)
        row = session.scalars(first).first()
        assert row is not None
        session.execute(update(ChannelRow).values(**ALL_DAY))
        row.due_at, row.next_try_at, row.local_day = now, now, now.date()


def undelivered(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(FollowUpRow.id).where(FollowUpRow.state != FollowUpState.SENT)).all())


def test_a_person_is_asked_by_mail_and_answers_with_one_click(
    tmp_path: Path, database: Database, redis_url: str
) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as channel:
        smtp = {"ASHORE_SMTP_HOST": "127.0.0.1", "ASHORE_SMTP_PORT": str(channel.settings.port)}
        sender = {"ASHORE_SMTP_SECURITY": "none", "ASHORE_MAIL_FROM": "ashore@example.net"}
        with run_fleet(tmp_path, str(database.engine.url), redis_url, **smtp, **sender) as fleet:
            for name in ("advisor-1", "worker-1", "sweeper-1"):
                fleet.start(name)
            url = fleet.url("advisor-1")
            wait_until(lambda: answers(url), "the advisor", START)
            opened = post(f"{url}/v1/cases", {"facts": FACTS, "consent": {"store_case": True}, "language": "en"})
            case = f"{url}/v1/cases/{opened['id']}"
            address = {"kind": "email", "address": {"address": "lina@example.org"}}
            post(f"{case}/channels", address, token=opened["token"])

            wait_until(lambda: len(mailbox.mails) == 1, "the mail that asks to confirm")
            assert "Confirmed" in post(url + links(mailbox.mails[0])[0], form="")

            let_the_next_message_be_due(database)
            wait_until(lambda: len(mailbox.mails) == 2, "the mail that asks")
            refused = links(mailbox.mails[1])[2]
            assert "Noted" in post(url + refused, form="answer=refused")
            with database.read() as session:
                assert session.get_one(CaseRow, opened["id"]).facts["negotiation"] == "refused"

            stop = str(mailbox.mails[1]["List-Unsubscribe"]).strip("<>")
            post(url + stop[stop.index("/m/") :], form="List-Unsubscribe=One-Click")
            with database.read() as session:
                assert session.get_one(CaseRow, opened["id"]).state == "stopped"


def test_a_webhook_arrives_signed(tmp_path: Path, database: Database, redis_url: str, receiver: Receiver) -> None:
    add_due_messages(database, 1, {"url": receiver.url, "secret": WEBHOOK_SECRET})
    with run_fleet(tmp_path, str(database.engine.url), redis_url) as fleet:
        fleet.start("worker-1")
        fleet.start("sweeper-1")
        wait_until(lambda: undelivered(database) == 0, "the webhook")
    (arrived,) = receiver.arrived
    assert Webhook(WEBHOOK_SECRET).verify(arrived.body, arrived.headers)["type"] == "follow_up.due"


def test_any_process_may_be_killed_and_nothing_is_lost(
    tmp_path: Path, postgresql_url: str, redis_url: str, receiver: Receiver
) -> None:
    database = open_database(postgresql_url)
    database.upgrade()
    count = 300
    names = ["advisor-1", "advisor-2", "sweeper-1", "sweeper-2", "worker-1", "worker-2", "worker-3"]
    with run_fleet(tmp_path, postgresql_url, redis_url) as fleet:
        for name in names:
            fleet.start(name)
        for name in ("advisor-1", "advisor-2"):
            wait_until(lambda name=name: answers(fleet.url(name)), name, START)
        add_due_messages(database, count, {"url": receiver.url, "secret": WEBHOOK_SECRET})
        wait_until(lambda: len(receiver.arrived) > 20, "the first messages")
        for victim in ("worker-1", "sweeper-1", "advisor-1"):
            fleet.kill(victim)
        with Redis.from_url(redis_url) as connection:
            connection.flushall()
        fleet.kill("worker-2")
        assert answers(fleet.url("advisor-2"))
        wait_until(lambda: undelivered(database) == 0, "all messages", patience=60)
    assert len(set(receiver.keys)) == count
    with database.read() as session:
        assert set(session.scalars(select(FollowUpRow.delivery_id))) == set(receiver.keys)
    database.close()


def test_a_worker_killed_on_sqlite_loses_nothing(
    tmp_path: Path, sqlite_url: str, redis_url: str, receiver: Receiver
) -> None:
    database = open_database(sqlite_url)
    database.upgrade()
    add_due_messages(database, 60, {"url": receiver.url, "secret": WEBHOOK_SECRET})
    with run_fleet(tmp_path, sqlite_url, redis_url) as fleet:
        fleet.start("sweeper-1")
        fleet.start("worker-1")
        wait_until(lambda: len(receiver.arrived) > 10, "the first messages")
        fleet.kill("worker-1")
        fleet.start("worker-2")
        wait_until(lambda: undelivered(database) == 0, "all messages", patience=40)
    assert len(set(receiver.keys)) == 60
    database.close()


@pytest.mark.parametrize("kind", ["worker", "sweeper"])
def test_a_process_that_is_asked_to_stop_ends_well(tmp_path: Path, sqlite_url: str, redis_url: str, kind: str) -> None:
    database = open_database(sqlite_url)
    database.upgrade()
    with run_fleet(tmp_path, sqlite_url, redis_url) as fleet:
        fleet.start(f"{kind}-1")
        fleet.wait_for(f"{kind}_started")
        assert fleet.ask_to_stop(f"{kind}-1") == 0
        assert f"{kind}_stopped" in fleet.printed()
        assert "Traceback" not in fleet.printed()
    database.close()


def test_a_worker_and_a_sweeper_outlive_redis(tmp_path: Path, sqlite_url: str, receiver: Receiver, port: int) -> None:
    database = open_database(sqlite_url)
    database.upgrade()
    address = {"url": receiver.url, "secret": WEBHOOK_SECRET}
    with run_fleet(tmp_path, sqlite_url, f"redis://127.0.0.1:{port}/0") as fleet:
        with run_redis(port):
            fleet.start("worker-1")
            fleet.start("sweeper-1")
            add_due_messages(database, 3, address)
            wait_until(lambda: undelivered(database) == 0, "the first messages")
        fleet.wait_for("sweep_waits")
        add_due_messages(database, 3, address)
        with run_redis(port):
            wait_until(lambda: undelivered(database) == 0, "the messages after the outage")
        assert all(process.poll() is None for process in fleet.processes.values())
    assert len(set(receiver.keys)) == 6
    database.close()
