"""The pages behind links in messages, in a real browser on a small phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from services.casebook.cases import NewCase, open_case
from services.casebook.channels import NewChannel, add_channel, code_of
from services.casebook.database import open_database
from services.casebook.desk import Desk
from services.casebook.links import Link, LinkSigner, Purpose
from services.casebook.model import FollowUpKind
from services.casebook.outbox import Message, promise_message
from services.casebook.releases import Shelf
from services.casebook.tables import FollowUpRow
from services.rulebook.situation import read_situation
from tests.whole.advisor_server import run_advisor
from tests.whole.phone import SMALL, Person

pytestmark = pytest.mark.whole
FACTS = {"product": "jiebei", "days_overdue": 12, "negotiation": "waiting", "days_waiting": 0, "safety_state": "ok"}


@dataclass
class Post:
    """An advisor, and the links that a person got from it."""

    address: str
    links: dict[str, str]


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    data = tmp_path_factory.mktemp("links")
    with run_advisor(data) as port:
        address = f"http://127.0.0.1:{port}"
        yield Post(address, _links(data, address))


@pytest.fixture
def person(chromium: Browser, post: Post) -> Iterator[Person]:
    context = chromium.new_context(viewport=SMALL, locale="zh-CN")
    context.set_default_timeout(15_000)
    yield Person(context.new_page(), post.address)
    context.close()


@pytest.mark.parametrize(
    "name", ["answer", "care", "help", "rules", "number", "snooze", "stop", "verify", "broken", "old"]
)
def test_axe_finds_nothing_on_the_page_of_any_link(person: Person, post: Post, name: str) -> None:
    person.open(post.links[name])
    assert person.violations() == []


def test_a_person_answers_with_two_taps_and_sees_what_changed(person: Person, post: Post) -> None:
    person.open(post.links["answer"])
    person.page.get_by_role("button", name="记下").click()
    assert person.page.get_by_role("heading", level=1).inner_text() == "记下了"
    assert person.violations() == []


def test_a_cry_for_help_is_met_with_a_number_to_call(person: Person, post: Post) -> None:
    person.open(post.links["care"])
    person.page.get_by_role("button", name="记下").click()
    assert person.page.get_by_role("link", name="12356").is_visible()
    assert person.violations() == []


def test_an_empty_answer_is_asked_again_at_the_field(person: Person, post: Post) -> None:
    person.open(post.links["number"])
    person.page.get_by_role("button", name="记下").click()
    assert person.page.locator("#answer-error").is_visible()
    assert person.violations() == []


@pytest.mark.parametrize("name", ["number", "snooze", "stop", "verify"])
def test_targets_are_large_enough_for_a_thumb(person: Person, post: Post, name: str) -> None:
    person.open(post.links[name])
    boxes = [found.bounding_box() for found in person.page.locator("main button, main label.choice").all()]
    assert boxes
    assert all(box is not None and box["height"] >= 48 for box in boxes)


def _links(data: Path, address: str) -> dict[str, str]:
    database = open_database(f"sqlite:///{data / 'ashore.db'}")
    secret, now = (data / "secret-key").read_text().strip(), datetime.now(UTC)
    signer = LinkSigner(secret, address)
    with database.write() as session:
        release = Shelf().in_force(session, now)
        situation = read_situation(release.rulebook, dict(FACTS))
        case = open_case(Desk(session, release, now), NewCase(situation, "zh-CN", "Asia/Shanghai", 365, {})).case
        channel = add_channel(session, case, NewChannel("email", {"address": "a@example.org"}, "Asia/Shanghai"), now)
        asking = select(FollowUpRow.id).where(FollowUpRow.case_id == case.id, FollowUpRow.ask == "negotiation")
        rows = {"answer": session.scalars(asking).first()}
        for name, kind, ask in (
            ("care", FollowUpKind.CARE, "safety_state"),
            ("help", FollowUpKind.SMALLER_TRY, None),
            ("rules", FollowUpKind.RULES_CHANGED, None),
            ("number", FollowUpKind.CARE, "missed_calls_7d"),
        ):
            row = promise_message(session, case, Message(kind, name, now, ask=ask), now)
            rows[name] = row.id if row is not None else None
        code, channel_id = code_of(channel, secret), channel.id
    database.close()
    values = {"answer": "refused", "care": "self_harm_risk"}
    links = {name: Link(Purpose.ANSWER, key or 0, values.get(name, "")) for name, key in rows.items()}
    links |= {
        "snooze": Link(Purpose.SNOOZE, rows["answer"] or 0),
        "stop": Link(Purpose.STOP, channel_id),
        "verify": Link(Purpose.VERIFY, channel_id, code),
    }
    paths = {name: f"/m/{signer.token(link, now + timedelta(days=60))}" for name, link in links.items()}
    old = signer.token(links["answer"], now - timedelta(days=1))
    return {**paths, "broken": "/m/nonsense", "old": f"/m/{old}"}
