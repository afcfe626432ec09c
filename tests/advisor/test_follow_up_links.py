"""The pages behind links in messages: a look changes nothing, a press of the button acts, nothing else opens them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.advisor.app import create_app
from services.advisor.parts import NAME, Parts
from services.casebook.cases import NewCase, open_case
from services.casebook.channels import NewChannel, add_channel, code_of, verify
from services.casebook.desk import Desk
from services.casebook.links import Link, LinkSigner, Purpose
from services.casebook.model import CaseState, ChannelState, FollowUpKind, FollowUpState
from services.casebook.outbox import Message, promise_message
from services.casebook.settings import Settings
from services.casebook.tables import CaseRow, ChannelRow, EventRow, FollowUpRow
from services.rulebook.situation import read_situation

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
FACTS = {
    "product": "jiebei",
    "days_overdue": 12,
    "ability_to_pay": "partial",
    "negotiation": "waiting",
    "days_waiting": 0,
    "safety_state": "ok",
}
CHANNEL = NewChannel("email", {"address": "lina@example.org"}, "Asia/Shanghai")


@dataclass
class Inbox:
    """A person with a case, a confirmed address, and the links in their messages."""

    app: Flask
    case_id: str
    channel_id: int
    follow_up_id: int

    @property
    def parts(self) -> Parts:
        held: Parts = self.app.extensions[NAME]
        return held

    def url(self, purpose: Purpose, subject: int, value: str = "", until: datetime = NOON + timedelta(days=60)) -> str:
        settings = self.parts.settings
        token = LinkSigner(settings.secret_key, settings.base_url).token(Link(purpose, subject, value), until)
        return f"/m/{token}"

    def get(self, url: str) -> TestResponse:
        return self.app.test_client().get(url)

    def post(self, url: str, **form: str | list[str]) -> TestResponse:
        return self.app.test_client().post(url, data=form)

    def row(self, table: Any, key: object) -> Any:
        with self.parts.database.read() as session:
            row = session.get(table, key)
            session.expunge_all()
        return row

    @property
    def case(self) -> CaseRow:
        case: CaseRow = self.row(CaseRow, self.case_id)
        return case

    def events(self) -> list[str]:
        with self.parts.database.read() as session:
            return list(session.scalars(select(EventRow.type).where(EventRow.case_id == self.case_id)))

    def message(self, kind: FollowUpKind, **more: Any) -> int:
        with self.parts.database.write() as session:
            case = session.get_one(CaseRow, self.case_id)
            row = promise_message(session, case, Message(kind, "x", NOON, **more), NOON)
            assert row is not None
            return row.id


@pytest.fixture(scope="module")
def followed(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One advisor and one database for all; each test has a case of its own in it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('links') / 'ashore.db'}"
    app = create_app(replace(settings, database_url=url), clock=lambda: NOON, log_to=StringIO())
    yield app
    app.extensions[NAME].database.close()


@pytest.fixture
def inbox(followed: Flask) -> Inbox:
    parts: Parts = followed.extensions[NAME]
    with parts.database.write() as session, parts.releases.borrow() as release:
        desk = Desk(session, release, NOON)
        situation = read_situation(release.rulebook, dict(FACTS))
        case = open_case(desk, NewCase(situation, "en", "Asia/Shanghai", 365, {})).case
        channel = add_channel(session, case, CHANNEL, NOON)
        verify(session, channel, code_of(channel, parts.settings.secret_key), parts.settings.secret_key, NOON)
        asking = select(FollowUpRow).where(FollowUpRow.case_id == case.id, FollowUpRow.ask == "negotiation")
        row = session.scalars(asking).first()
        assert row is not None
        row.state, row.sent_at = FollowUpState.SENT, NOON
        return Inbox(followed, case.id, channel.id, row.id)


def test_looking_at_an_answer_changes_nothing(inbox: Inbox) -> None:
    before = inbox.case.version
    page = inbox.get(inbox.url(Purpose.ANSWER, inbox.follow_up_id, "refused"))
    assert page.status_code == 200
    assert 'value="refused" checked' in page.text
    assert inbox.case.version == before


def test_pressing_the_button_notes_the_answer_and_says_what_changed(inbox: Inbox) -> None:
    page = inbox.post(inbox.url(Purpose.ANSWER, inbox.follow_up_id, "refused"), answer="refused")
    assert page.status_code == 200
    assert "Your plan has changed" in page.text
    assert inbox.case.facts["negotiation"] == "refused"
    assert inbox.row(FollowUpRow, inbox.follow_up_id).answered_at == NOON


def test_another_answer_than_that_of_the_link_may_be_chosen(inbox: Inbox) -> None:
    inbox.post(inbox.url(Purpose.ANSWER, inbox.follow_up_id, "refused"), answer="agreed")
    assert inbox.case.facts["negotiation"] == "agreed"


def test_an_answer_is_taken_once(inbox: Inbox) -> None:
    url = inbox.url(Purpose.ANSWER, inbox.follow_up_id, "refused")
    inbox.post(url, answer="refused")
    again = inbox.post(url, answer="agreed")
    assert again.status_code == 410
    assert inbox.case.facts["negotiation"] == "refused"


def test_the_answer_to_a_message_that_was_taken_back_is_not_needed(inbox: Inbox) -> None:
    with inbox.parts.database.write() as session:
        session.get_one(FollowUpRow, inbox.follow_up_id).state = FollowUpState.CANCELLED
    page = inbox.get(inbox.url(Purpose.ANSWER, inbox.follow_up_id))
    assert page.status_code == 410
    assert "nothing you need to do" in page.text


@pytest.mark.parametrize("answer", ["", "nonsense", "<script>"])
def test_an_answer_that_is_none_is_asked_again(inbox: Inbox, answer: str) -> None:
    page = inbox.post(inbox.url(Purpose.ANSWER, inbox.follow_up_id), answer=answer)
    assert page.status_code == 422
    assert "<script>" not in page.text
    assert inbox.row(FollowUpRow, inbox.follow_up_id).answered_at is None


def test_a_person_may_leave_a_question_open(inbox: Inbox) -> None:
    assert inbox.post(inbox.url(Purpose.ANSWER, inbox.follow_up_id), answer="unknown").status_code == 200
    assert "negotiation" in inbox.case.declined


def test_a_cry_for_help_is_answered_with_numbers_first(inbox: Inbox) -> None:
    message = inbox.message(FollowUpKind.CARE, ask="safety_state")
    page = inbox.post(inbox.url(Purpose.ANSWER, message), answer="self_harm_risk")
    assert page.text.index("12356") < page.text.index("The one thing to do now")
    assert inbox.case.care_until == NOON + timedelta(hours=72)


@pytest.mark.parametrize(("answer", "state"), [("yes", CaseState.OPEN), ("no", CaseState.SETTLED)])
def test_somebody_who_fell_silent_says_whether_help_is_still_wanted(
    inbox: Inbox, answer: str, state: CaseState
) -> None:
    message = inbox.message(FollowUpKind.SMALLER_TRY)
    assert "Do you still want help?" in inbox.get(inbox.url(Purpose.ANSWER, message)).text
    assert inbox.post(inbox.url(Purpose.ANSWER, message), answer=answer).status_code == 200
    assert inbox.case.state is state


def test_a_message_about_new_rules_leads_to_the_advice_of_today(inbox: Inbox) -> None:
    message = inbox.message(FollowUpKind.RULES_CHANGED)
    assert "The advice was updated" in inbox.get(inbox.url(Purpose.ANSWER, message)).text


def test_messages_can_be_put_off(inbox: Inbox) -> None:
    url = inbox.url(Purpose.SNOOZE, inbox.follow_up_id)
    assert inbox.get(url).status_code == 200
    assert inbox.case.snoozed_until is None
    assert "Tuesday 1 December" in inbox.post(url, days="7").text
    assert inbox.case.snoozed_until == NOON + timedelta(days=7)


def test_looking_at_the_page_to_stop_stops_nothing(inbox: Inbox) -> None:
    page = inbox.get(inbox.url(Purpose.STOP, inbox.channel_id))
    assert "l…@example.org" in page.text
    assert inbox.row(ChannelRow, inbox.channel_id).state is ChannelState.VERIFIED


def test_one_click_of_a_mail_program_stops_everything(inbox: Inbox) -> None:
    response = inbox.post(inbox.url(Purpose.STOP, inbox.channel_id), **{"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert inbox.row(ChannelRow, inbox.channel_id).state is ChannelState.STOPPED
    assert inbox.case.state is CaseState.STOPPED


def test_stopping_twice_is_as_good_as_once(inbox: Inbox) -> None:
    for _ in range(2):
        assert inbox.post(inbox.url(Purpose.STOP, inbox.channel_id)).status_code == 200
    assert inbox.events().count("messages.stopped") == 1


def test_stopping_one_of_two_addresses_leaves_the_other(inbox: Inbox) -> None:
    with inbox.parts.database.write() as session:
        other = add_channel(session, session.get_one(CaseRow, inbox.case_id), CHANNEL, NOON)
        other.state, other.verified_at = ChannelState.VERIFIED, NOON
    inbox.post(inbox.url(Purpose.STOP, inbox.channel_id))
    assert inbox.case.state is CaseState.OPEN


def test_an_address_is_confirmed_with_one_press(inbox: Inbox) -> None:
    with inbox.parts.database.write() as session:
        channel = add_channel(session, session.get_one(CaseRow, inbox.case_id), CHANNEL, NOON)
        code = code_of(channel, inbox.parts.settings.secret_key)
    url = inbox.url(Purpose.VERIFY, channel.id, code)
    inbox.get(url)
    assert inbox.row(ChannelRow, channel.id).state is ChannelState.PENDING
    inbox.post(url)
    assert inbox.row(ChannelRow, channel.id).state is ChannelState.VERIFIED


def test_a_confirmation_that_comes_too_late_says_so(inbox: Inbox) -> None:
    with inbox.parts.database.write() as session:
        channel = add_channel(session, session.get_one(CaseRow, inbox.case_id), CHANNEL, NOON - timedelta(days=2))
        code = code_of(channel, inbox.parts.settings.secret_key)
    assert inbox.post(inbox.url(Purpose.VERIFY, channel.id, code)).status_code == 410


@pytest.mark.parametrize("token", ["x", "a" * 5000, "%00", "..%2f..%2fetc", "WyJhbnN3ZXIiXQ.x"])
def test_a_forged_link_says_that_it_does_not_work(inbox: Inbox, token: str) -> None:
    for response in (inbox.get(f"/m/{token}"), inbox.post(f"/m/{token}")):
        assert response.status_code == 404


def test_a_link_that_is_too_old_says_so(inbox: Inbox) -> None:
    url = inbox.url(Purpose.ANSWER, inbox.follow_up_id, until=NOON - timedelta(seconds=1))
    assert inbox.get(url).status_code == 410


def test_the_links_of_an_erased_case_lead_nowhere(inbox: Inbox) -> None:
    with inbox.parts.database.write() as session:
        session.delete(session.get_one(CaseRow, inbox.case_id))
    for purpose, subject in (
        (Purpose.ANSWER, inbox.follow_up_id),
        (Purpose.SNOOZE, inbox.follow_up_id),
        (Purpose.STOP, inbox.channel_id),
        (Purpose.VERIFY, inbox.channel_id),
    ):
        assert inbox.get(inbox.url(purpose, subject)).status_code == 410
        assert inbox.post(inbox.url(purpose, subject)).status_code == 410


def test_the_pages_speak_the_language_of_the_person(inbox: Inbox) -> None:
    with inbox.parts.database.write() as session:
        session.get_one(CaseRow, inbox.case_id).language = "zh-CN"
    page = inbox.get(inbox.url(Purpose.SNOOZE, inbox.follow_up_id))
    assert '<html lang="zh-CN">' in page.text
    assert "过几天再说" in page.text


def test_the_pages_keep_out_of_caches_and_run_no_script(inbox: Inbox) -> None:
    page = inbox.get(inbox.url(Purpose.ANSWER, inbox.follow_up_id))
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
