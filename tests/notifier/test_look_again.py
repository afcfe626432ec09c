"""At the moment of sending the live case decides: send, put off or take back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.casebook.model import CaseState, ChannelRole, ChannelState, FollowUpKind, FollowUpState
from services.casebook.outbox import UNTIL_VERIFIED, channel_verified
from services.casebook.tables import CaseRow, ChannelRow, FollowUpRow
from tests.notifier.world import START, WAITING, World

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEARING = {"hearing_on": "2026-12-10", "legal_doc": "summons", "negotiation": "not_started"}


def there(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%d %H:%M")


def because(world: World) -> list[str | None]:
    return [row.cancelled_because for row in world.rows()]


def test_a_reply_takes_back_the_reminders_still_to_come(small_world: World) -> None:
    case_id = small_world.open_case()
    small_world.change(case_id, {"negotiation": "agreed"})
    assert small_world.run(days=10) == []
    assert because(small_world) == ["the plan no longer asks for it"] * 2


def test_advice_that_has_changed_by_itself_takes_back_what_it_no_longer_asks_for(small_world: World) -> None:
    case_id = small_world.open_case()
    with small_world.database.write() as session:
        session.get_one(CaseRow, case_id).facts = {"negotiation": "refused"}
    assert small_world.run(days=10) == []
    assert because(small_world) == ["the advice of today does not ask for it"] * 2


def test_a_message_on_the_day_on_which_a_rule_falls_silent_is_about_just_that(small_world: World) -> None:
    small_world.open_case({"negotiation": "not_started"}, anchors={"days_overdue": "2026-10-31"})
    (moment,) = small_world.run(days=20)
    assert there(moment) == "01 10:00"


def test_a_message_on_that_day_is_not_sent_if_something_else_has_silenced_the_rule(small_world: World) -> None:
    case_id = small_world.open_case({"negotiation": "not_started"}, anchors={"days_overdue": "2026-10-31"})
    with small_world.database.write() as session:
        session.get_one(CaseRow, case_id).anchors = {}
    assert small_world.run(days=20) == []


def test_nothing_is_sent_at_night(small_world: World) -> None:
    small_world.open_case()
    small_world.now = datetime(2026, 11, 27, 12, 31, tzinfo=UTC)
    small_world.deliver()
    assert small_world.paper.letters == []
    (moment,) = small_world.run(days=1)
    assert there(moment) == "28 09:00"


def test_hours_are_those_of_the_channel(small_world: World) -> None:
    case_id = small_world.open_case()
    small_world.add_channel(case_id, window_from="18:00", window_until="19:00", verified_at=START + timedelta(hours=1))
    moments = small_world.run(days=3.5)
    assert [there(moment) for moment in moments] == ["27 18:00"]


def test_one_message_a_day_and_two_a_week(small_world: World) -> None:
    case_id = small_world.open_case({"negotiation": "not_started"})
    for _ in range(5):
        small_world.add_message(case_id, ask=None)
    moments = small_world.run(days=0.5)
    assert len(moments) == 1
    for _ in range(20):
        small_world.add_message(case_id, ask=None)
        moments += small_world.run(days=1)
    days = [moment.astimezone(SHANGHAI).date() for moment in moments]
    assert len(days) == len(set(days)) == 6
    assert all(sum(day - timedelta(days=7) < other <= day for other in days) <= 2 for day in days)


def test_somebody_in_distress_is_left_a_day_in_between(small_world: World) -> None:
    case_id = small_world.open_case({"negotiation": "not_started", "safety_state": "distressed"})
    for day in (0, 1):
        moment = START + timedelta(days=day)
        small_world.add_message(case_id, due_at=moment, next_try_at=moment, local_day=moment.date())
    assert [there(moment) for moment in small_world.run(days=5)] == ["24 10:00", "26 09:00"]


def test_a_person_can_allow_more(small_world: World) -> None:
    case_id = small_world.open_case({"negotiation": "not_started"}, channel=False)
    small_world.add_channel(case_id, per_day=2, per_week=9)
    for _ in range(2):
        small_world.add_message(case_id)
    assert len(small_world.run(days=0.1)) == 2


def test_three_days_of_outage_end_with_one_message(small_world: World) -> None:
    case_id = small_world.open_case({"negotiation": "not_started"})
    for days in (0, 1, 2):
        moment = START + timedelta(days=days)
        small_world.add_message(case_id, due_at=moment, next_try_at=moment, local_day=moment.date())
    small_world.pass_time(days=3, hours=1)
    moments = small_world.run(days=9)
    assert len(moments) == 1
    assert "2 earlier messages" in small_world.paper.letters[0].as_text()
    assert small_world.states().count(FollowUpState.CANCELLED) == 2


def test_nobody_is_asked_the_same_thing_twice_in_a_row(small_world: World) -> None:
    case_id = small_world.open_case()
    small_world.add_message(case_id, ask="negotiation", due_at=START + timedelta(days=3))
    small_world.pass_time(days=3)
    assert len(small_world.run(days=3)) == 1


def test_a_reminder_comes_three_days_and_one_day_before(small_world: World) -> None:
    small_world.open_case(HEARING)
    moments = small_world.run(days=30)
    assert [there(moment) for moment in moments] == ["07 10:00", "09 10:00"]
    assert "in 3 days" in small_world.paper.letters[0].lines[0]
    assert "tomorrow" in small_world.paper.letters[1].lines[0]


def test_check_ins_leave_room_for_the_fixed_days_of_the_coming_week(small_world: World) -> None:
    case_id = small_world.open_case(HEARING)
    small_world.now = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)
    small_world.add_message(case_id)
    moments = small_world.run(days=14)
    assert [there(moment) for moment in moments] == ["07 10:00", "09 10:00"]
    assert small_world.states().count(FollowUpState.CANCELLED) == 1


def test_the_weekly_cap_never_makes_a_reminder_too_late(small_world: World) -> None:
    case_id = small_world.open_case(HEARING)
    for day in (4, 6):
        sent = datetime(2026, 12, day, 2, 0, tzinfo=UTC)
        small_world.add_message(case_id, state=FollowUpState.SENT, sent_at=sent, due_at=sent)
    moments = small_world.run(days=30)
    assert [there(moment) for moment in moments] == ["09 10:00"]


def test_a_fixed_day_that_was_moved_moves_its_reminders(small_world: World) -> None:
    case_id = small_world.open_case(HEARING)
    promised = small_world.change(case_id, {"hearing_on": "2026-12-20"})
    assert (len(promised.created), len(promised.cancelled)) == (2, 2)
    assert [there(moment) for moment in small_world.run(days=40)] == ["17 10:00", "19 10:00"]


def test_a_reminder_whose_day_has_passed_is_not_sent(small_world: World) -> None:
    small_world.open_case(HEARING)
    small_world.now = datetime(2026, 12, 11, 2, 0, tzinfo=UTC)
    assert small_world.run(days=10) == []
    assert because(small_world) == ["the day that it was to remind of has passed"] * 2


def test_after_a_sign_of_self_harm_only_care_is_sent_for_72_hours(small_world: World) -> None:
    case_id = small_world.open_case()
    small_world.add_message(case_id, due_at=START + timedelta(hours=1), next_try_at=START + timedelta(hours=1))
    until = START + timedelta(hours=72)
    small_world.change(case_id, {"safety_state": "self_harm_risk"}, care_until=until)
    first, second = small_world.run(days=3.5)
    assert there(first) == "25 10:00"
    assert small_world.paper.letters[0].subject == "Ashore: how are you?"
    assert second >= until


def test_while_a_person_needs_care_a_trusted_one_hears_of_fixed_days(small_world: World) -> None:
    case_id = small_world.open_case(HEARING)
    trusted = small_world.add_channel(case_id, role=ChannelRole.TRUSTED)
    small_world.change(case_id, {}, care_until=datetime(2026, 12, 8, tzinfo=UTC))
    small_world.run(days=30)
    assert [delivery.channel_id == trusted for delivery in small_world.deliveries()] == [True, False]
    assert "keep an eye" in small_world.paper.letters[0].lines[0]


def test_nothing_but_fixed_days_while_the_person_has_asked_for_rest(small_world: World) -> None:
    until = START + timedelta(days=20)
    small_world.open_case({**HEARING, **WAITING}, snoozed_until=until)
    early = [moment for moment in small_world.run(days=22) if moment < until]
    assert [there(moment) for moment in early] == ["07 10:00", "09 10:00"]


@pytest.mark.parametrize("state", [CaseState.SETTLED, CaseState.STOPPED])
def test_nothing_is_sent_when_it_is_over(small_world: World, state: CaseState) -> None:
    small_world.open_case({**HEARING, **WAITING}, state=state)
    assert small_world.run(days=30) == []


def test_silence_does_not_take_back_a_fixed_day(small_world: World) -> None:
    small_world.open_case({**HEARING, **WAITING}, state=CaseState.QUIET)
    assert [there(moment) for moment in small_world.run(days=30)] == ["07 10:00", "09 10:00"]


def test_the_smaller_try_is_not_sent_to_somebody_who_has_answered(small_world: World) -> None:
    case_id = small_world.open_case({"negotiation": "not_started"})
    small_world.add_message(case_id, kind=FollowUpKind.SMALLER_TRY)
    small_world.change(case_id, {}, last_heard_at=START + timedelta(seconds=1))
    assert small_world.run(days=1) == []
    assert because(small_world) == ["the person was heard of"]


def test_an_answered_question_is_not_asked(small_world: World) -> None:
    case_id = small_world.open_case({"negotiation": "not_started"})
    small_world.add_message(case_id, answered_at=START)
    assert small_world.run(days=1) == []


def test_without_a_confirmed_channel_a_message_is_shown_on_the_page_only(small_world: World) -> None:
    small_world.open_case(channel=False)
    assert small_world.run(days=10) == []
    assert {row.state for row in small_world.rows()} == {FollowUpState.SCHEDULED}
    assert {row.next_try_at for row in small_world.rows()} == {UNTIL_VERIFIED}


def test_when_a_channel_is_confirmed_what_was_only_shown_goes_out_as_one_message(small_world: World) -> None:
    case_id = small_world.open_case(channel=False)
    small_world.run(days=10)
    small_world.add_channel(case_id)
    with small_world.database.write() as session:
        channel_verified(session, case_id, small_world.now)
    assert len(small_world.run(days=10)) == 1


@pytest.mark.parametrize("state", [ChannelState.PENDING, ChannelState.STOPPED])
def test_a_channel_that_is_not_confirmed_gets_nothing(small_world: World, state: ChannelState) -> None:
    case_id = small_world.open_case(channel=False)
    small_world.add_channel(case_id, state=state)
    assert small_world.run(days=10) == []


def test_a_verification_comes_at_once_even_at_night(small_world: World) -> None:
    small_world.now = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    case_id = small_world.open_case({"negotiation": "not_started"}, channel=False)
    channel_id = small_world.add_channel(case_id, state=ChannelState.PENDING, verified_at=None)
    small_world.add_message(case_id, kind=FollowUpKind.VERIFICATION, channel_id=channel_id)
    small_world.deliver()
    assert "482913" in small_world.paper.letters[0].as_text()


def test_a_verification_is_not_sent_to_a_channel_that_waits_no_more(small_world: World) -> None:
    case_id = small_world.open_case({"negotiation": "not_started"})
    with small_world.database.read() as session:
        channel_id = session.query(ChannelRow.id).scalar()
    small_world.add_message(case_id, kind=FollowUpKind.VERIFICATION, channel_id=channel_id)
    assert small_world.run(days=1) == []


def test_a_message_carries_the_question_and_the_answers_of_its_fact(small_world: World) -> None:
    small_world.open_case()
    small_world.run(days=3.5)
    (letter,) = small_world.paper.letters
    assert letter.question == "Have they answered?"
    assert [button.label for button in letter.buttons][:2] == ["Yes, agreed", "They said no"]


def test_a_rule_that_speaks_again_asks_again(small_world: World) -> None:
    case_id = small_world.open_case()
    small_world.run(days=3.5)
    small_world.change(case_id, {"negotiation": "refused"})
    promised = small_world.change(case_id, {"negotiation": "waiting"}, opened_at=small_world.now)
    assert len(promised.created) == 2


def test_rows_of_one_case_never_speak_for_another(small_world: World) -> None:
    small_world.open_case()
    small_world.open_case()
    small_world.pass_time(days=3)
    small_world.deliver()
    assert [row.state for row in small_world.rows() if isinstance(row, FollowUpRow)].count(FollowUpState.SENT) == 2
