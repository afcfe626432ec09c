"""Sixty days with the pages, on a clock that the test moves: talks, a refusal, mediation, an agreement, the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from services.advisor.app import create_app
from services.casebook.settings import read_settings
from tests.servers import free_port
from tests.whole.phone import SMALL, Person

pytestmark = pytest.mark.whole


class Quiet(WSGIRequestHandler):
    """Writes no line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@dataclass
class MovedClock:
    now: datetime = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def address(clock: MovedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("ASHORE_DATA", str(tmp_path))
    port = free_port()
    server = make_server(
        "127.0.0.1", port, create_app(read_settings(env_file=None), clock=clock), threaded=True, request_handler=Quiet
    )
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


def steps(person: Person) -> str:
    person.open("/case")
    return person.page.locator("main").text_content() or ""


def tell(person: Person, what: str) -> str:
    """Taps what happened; the page after it."""
    button = person.page.locator(f'button[name=what][value="{what}"]')
    if not button.is_visible():
        person.page.locator("form details summary").first.click()
    with person.page.expect_response(lambda answer: answer.url.endswith("/case") and answer.status == 200):
        button.click()
    return steps(person)


def test_the_list_follows_a_person_for_sixty_days(chromium: Browser, address: str, clock: MovedClock) -> None:
    context = chromium.new_context(viewport=SMALL, locale="en", java_script_enabled=True)
    person = Person(context.new_page(), address)
    person.walk_to_the_list(
        {"safety_state": "ok", "days_overdue": 12, "ability_to_pay": "partial", "negotiation": "not_started",
         "debt_status": "agreed", "legal_doc": "none", "agent": "none", "conduct": [], "age_group": "adult"}
    )  # fmt: skip
    person.open("/follow")
    person.page.locator("#store").check()
    person.page.locator("main form button.button").click()
    person.page.locator(".code").wait_for()

    assert "12 days" in steps(person)
    tell(person, "contacted")
    assert person.page.locator('button[value="refused"]').count() == 1
    clock.wait(days=3)
    assert "15 days" in steps(person)
    refused = tell(person, "refused")
    assert person.page.locator('button[value="applied"]').count() == 1
    clock.wait(days=14)
    applied = tell(person, "applied")
    assert applied != refused
    clock.wait(days=13)
    settled = tell(person, "settled")
    assert person.page.locator(".stages .here").inner_text().startswith("Talks")
    clock.wait(days=30)
    assert steps(person) != settled
    assert "Settled" in person.page.locator(".stages").inner_text()
    tell(person, "debt_paid")
    assert person.page.locator(".stages .here").inner_text().startswith("Settled")
    context.close()
