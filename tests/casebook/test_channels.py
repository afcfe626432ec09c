"""A channel is used only after its code has come back, and stops when the person says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.casebook.channels import (
    MOST_CHANNELS,
    NewChannel,
    TooManyChannelsError,
    VerificationError,
    add_channel,
    code_of,
    stop_channel,
    verify,
)
from services.casebook.model import ChannelState, FollowUpKind, FollowUpState
from services.casebook.outbox import UNTIL_VERIFIED
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from tests.casebook.life import Life

DEBT = {"days_overdue": 12}
EMAIL = NewChannel("email", {"address": "xiao@example.org"}, "Asia/Shanghai")
SECRET = "k" * 40


@pytest.fixture
def channel(life: Life) -> ChannelRow:
    life.open(DEBT)
    return added(life)


def added(life: Life) -> ChannelRow:
    with life.database.write() as session:
        return add_channel(session, session.get_one(CaseRow, life.case_id), EMAIL, life.now)


def tried(life: Life, channel: ChannelRow, code: str) -> bool:
    with life.database.write() as session:
        return verify(session, session.get_one(ChannelRow, channel.id), code, SECRET, life.now)


def verification(life: Life) -> FollowUpRow:
    return next(row for row in life.rows() if row.kind is FollowUpKind.VERIFICATION)


def test_a_new_channel_waits_and_its_code_is_promised_at_once(life: Life, channel: ChannelRow) -> None:
    assert channel.state is ChannelState.PENDING
    assert (verification(life).channel_id, verification(life).due_at) == (channel.id, life.now)


def test_the_code_has_six_digits_and_is_nowhere_in_the_database(life: Life, channel: ChannelRow) -> None:
    code = code_of(channel, SECRET)
    assert len(code) == 6
    assert code.isdigit()
    assert code not in str(vars(channel))
    assert code != code_of(channel, "another secret")


def test_the_right_code_proves_the_channel_and_proves_it_again(life: Life, channel: ChannelRow) -> None:
    code = code_of(channel, SECRET)
    assert tried(life, channel, code)
    assert tried(life, channel, code)


def test_a_wrong_code_is_counted_and_after_five_nothing_helps(life: Life, channel: ChannelRow) -> None:
    code = code_of(channel, SECRET)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert [tried(life, channel, wrong) for _ in range(5)] == [False] * 5
    with pytest.raises(VerificationError):
        tried(life, channel, code)


def test_a_code_is_good_for_a_day(life: Life, channel: ChannelRow) -> None:
    life.now += timedelta(hours=24, seconds=1)
    with pytest.raises(VerificationError):
        tried(life, channel, code_of(channel, SECRET))


def test_what_was_only_shown_on_the_page_is_sent_when_a_channel_is_proved(life: Life, channel: ChannelRow) -> None:
    with life.database.write() as session:
        for row in session.query(FollowUpRow).filter(FollowUpRow.case_id == life.case_id):
            row.next_try_at = UNTIL_VERIFIED
    tried(life, channel, code_of(channel, SECRET))
    assert {row.next_try_at for row in life.rows(FollowUpState.SCHEDULED)} == {life.now}


def test_a_stopped_channel_takes_its_code_back_and_cannot_be_proved(life: Life, channel: ChannelRow) -> None:
    with life.database.write() as session:
        stop_channel(session, session.get_one(ChannelRow, channel.id), life.now)
    assert verification(life).state is FollowUpState.CANCELLED
    with pytest.raises(VerificationError):
        tried(life, channel, code_of(channel, SECRET))


def test_a_case_has_a_handful_of_channels_at_most(life: Life, channel: ChannelRow) -> None:
    for _ in range(MOST_CHANNELS - 1):
        added(life)
    with pytest.raises(TooManyChannelsError):
        added(life)
