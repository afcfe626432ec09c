"""A list that is saved on request: consent first, one code to come back with, one tap to erase."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from services.advisor.parts import Parts
from services.casebook.channels import code_of
from services.casebook.model import ChannelState
from services.casebook.tables import CaseRow, ChannelRow
from tests.advisor.pages.visitor import Visitor

CONSENT = {"store": "yes", "retention": "365", "form_id": "one-form"}


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    visitor = Visitor(app.test_client())
    visitor.start().answer("days_overdue", "12").answer("ability_to_pay", "partial").answer("negotiation", "waiting")
    return visitor


def count_cases(app: Flask) -> int:
    parts: Parts = app.extensions["ashore"]
    with parts.database.read() as session:
        return session.scalar(select(func.count()).select_from(CaseRow)) or 0


def save(visitor: Visitor, **more: str) -> str:
    """Saves the list; answers the code that is shown once."""
    visitor.send("/follow", **CONSENT | more)
    found = re.search(r"[2-9A-Z]{5}(?:-[2-9A-Z]{5}){3}", visitor.html)
    assert found
    return found[0]


def test_nothing_is_kept_before_the_person_agrees(app: Flask, visitor: Visitor) -> None:
    before = count_cases(app)
    visitor.open("/plan").send("/follow", retention="365", form_id="no-consent")
    assert visitor.status == 422
    assert count_cases(app) == before


def test_the_same_form_sent_twice_saves_one_list_and_shows_the_same_code(app: Flask, visitor: Visitor) -> None:
    before = count_cases(app)
    assert save(visitor, form_id="twice") == save(visitor, form_id="twice")
    assert count_cases(app) == before + 1


def test_one_tap_says_what_happened_and_the_page_says_what_changed(visitor: Visitor) -> None:
    save(visitor, form_id="happened")
    visitor.send("/case/happened", what="refused")
    assert visitor.path == "/case"
    assert 'role="status"' in visitor.html


def test_a_question_left_is_answered_on_the_page_of_the_case(visitor: Visitor) -> None:
    save(visitor, form_id="question")
    visitor.send("/case/q/product", answer="jiebei")
    assert visitor.path == "/case"
    assert "chosen" in visitor.open("/case/q/product").html


def test_the_code_opens_the_list_in_another_browser_and_the_link_only_fills_it_in(app: Flask, visitor: Visitor) -> None:
    code = save(visitor, form_id="code")
    other = Visitor(app.test_client())
    assert other.open(f"/return/{code}").path == f"/return/{code}"
    assert other.open("/case").status == 404
    assert other.send("/return", code=code.lower().replace("-", " ")).path == "/case"


def test_a_wrong_code_opens_nothing(visitor: Visitor) -> None:
    assert visitor.send("/return", code="AAAAA-BBBBB-CCCCC-DDDDD").status == 422


def test_an_address_is_used_only_after_its_code_was_given(app: Flask, visitor: Visitor) -> None:
    save(visitor, form_id="mail", email="somebody@example.org")
    parts: Parts = app.extensions["ashore"]
    with parts.database.read() as session:
        channel = session.scalars(select(ChannelRow).order_by(ChannelRow.id.desc())).first()
        assert channel
        assert channel.state is ChannelState.PENDING
        code = code_of(channel, parts.settings.secret_key)
    assert visitor.send("/case/verify", code="000000" if code != "000000" else "111111").status == 422
    assert visitor.send("/case/verify", code=code).status == 200


def test_everything_can_be_downloaded_and_erased_with_a_receipt(app: Flask, visitor: Visitor) -> None:
    before = count_cases(app)
    save(visitor, form_id="erase")
    assert '"days_overdue"' in visitor.client.get("/case/export").get_data(as_text=True)
    visitor.open("/case/erase").send("/case/erase")
    assert re.search(r"[0-9a-f]{32}", visitor.html)
    assert count_cases(app) == before
    assert visitor.open("/case").status == 404


def test_messages_are_stopped_and_started_again_with_one_tap(visitor: Visitor) -> None:
    save(visitor, form_id="stop")
    assert 'value="resume"' in visitor.send("/case/messages", wish="stop").html
    assert 'value="stop"' in visitor.send("/case/messages", wish="resume").html


def test_what_cannot_happen_is_not_recorded(visitor: Visitor) -> None:
    save(visitor, form_id="unknown")
    assert visitor.send("/case/happened", what="no-such-thing").status == 404


def read_link(visitor: Visitor, **form: str) -> str:
    """The path of a new read link."""
    visitor.send("/share", **form)
    found = re.search(r"/shared/[\w=-]+", visitor.html)
    assert found
    return found[0]


def test_a_read_link_opens_once_and_only_when_pressed(app: Flask, visitor: Visitor) -> None:
    link = read_link(visitor, scope="list_and_answers", hours="1")
    other = Visitor(app.test_client())
    assert other.open(link).status == other.open(link).status == 200
    assert "card one" in other.send(link).html
    assert "12 天" in other.html
    assert other.send(link).status == 410


def test_a_read_link_shows_no_answers_beyond_its_scope(app: Flask, visitor: Visitor) -> None:
    other = Visitor(app.test_client()).send(read_link(visitor, scope="list", hours="1"))
    assert "summary-list" not in other.html


@pytest.mark.parametrize("token", ["x", "gAAAAA" * 30, "y" * 5_000])
def test_a_forged_read_link_opens_nothing(visitor: Visitor, token: str) -> None:
    assert visitor.open(f"/shared/{token}").status == 410
