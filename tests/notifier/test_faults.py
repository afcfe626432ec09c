"""Whatever breaks and whenever: no promised message is lost, and a repeat always carries the same key."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from services.casebook.model import DeliveryState, FollowUpState
from services.casebook.tables import CaseRow
from services.notifier.channels.letter import OnDoubt
from services.notifier.claims import LEASE, claim_due, expire_dispatched, renew
from tests.notifier.world import PaperChannel, World


class Killed(BaseException):
    """Ends a worker as kill -9 would: nothing of ours catches it, and nothing after it runs."""


class KillingChannel(PaperChannel):
    """Kills the worker after the provider has taken the letter, before anybody could write that down."""

    def send(self, letter: object, address: object) -> str:
        super().send(letter, address)  # type: ignore[arg-type]
        raise Killed


def due_case(world: World) -> str:
    """A case with one message that is due, and one that is not."""
    case_id = world.open_case()
    world.pass_time(days=3)
    return case_id


def test_a_message_is_sent_once_and_marked(world: World) -> None:
    due_case(world)
    world.deliver()
    world.deliver()
    assert len(world.paper.letters) == 1
    assert world.states() == [FollowUpState.SENT, FollowUpState.SCHEDULED]


def test_nothing_is_promised_when_the_transaction_of_the_event_is_rolled_back(world: World) -> None:
    case_id = world.open_case({"negotiation": "not_started"})
    with suppress(Killed), world.database.write() as session:
        assert len(world.change_in(session, case_id, {"negotiation": "waiting"}).created) == 2
        raise Killed
    assert world.rows() == []


def test_the_same_promise_twice_is_one_message(world: World) -> None:
    case_id = world.open_case()
    promised = world.change(case_id, {})
    assert promised.created == ()
    assert len(world.rows()) == 2


def test_a_sweeper_killed_after_the_claim_delays_the_message_by_one_lease(world: World) -> None:
    due_case(world)
    world.claim()
    assert world.claim() == []
    world.pass_time(seconds=LEASE.total_seconds())
    world.deliver()
    assert len(world.paper.letters) == 1


def test_a_worker_killed_after_the_take_leaves_a_doubt_that_is_resolved_with_the_same_key(world: World) -> None:
    due_case(world)
    killing = PaperChannel(errors=[Killed()])
    with pytest.raises(Killed):
        world.deliver(world.post_office(killing))
    assert world.states()[0] is FollowUpState.SENDING
    key = world.deliveries()[0].id
    world.pass_time(seconds=LEASE.total_seconds())
    world.deliver()
    assert world.paper.keys == [key]
    assert world.states()[0] is FollowUpState.SENT


def test_a_worker_killed_after_the_send_repeats_it_with_the_same_key(world: World) -> None:
    due_case(world)
    killing = KillingChannel()
    with pytest.raises(Killed):
        world.deliver(world.post_office(killing))
    world.pass_time(seconds=LEASE.total_seconds())
    world.deliver()
    assert world.paper.keys == killing.keys
    assert world.states()[0] is FollowUpState.SENT


def test_where_a_repeat_would_harm_a_doubt_is_put_before_a_person(world: World) -> None:
    due_case(world)
    killing = KillingChannel(on_doubt=OnDoubt.PARK)
    with pytest.raises(Killed):
        world.deliver(world.post_office(killing))
    world.pass_time(seconds=LEASE.total_seconds())
    world.deliver(world.post_office(PaperChannel(on_doubt=OnDoubt.PARK)))
    assert world.states()[0] is FollowUpState.UNKNOWN
    assert world.deliveries()[0].state is DeliveryState.UNKNOWN


def test_a_worker_killed_after_the_mark_repeats_nothing(world: World) -> None:
    due_case(world)
    ((ids, token),) = world.claim()
    world.post_office().deliver(ids, token)
    world.pass_time(seconds=LEASE.total_seconds())
    world.post_office().deliver(ids, token)
    world.deliver()
    assert len(world.paper.letters) == 1


def test_a_worker_killed_in_the_middle_of_a_batch_leaves_the_rest_untouched(world: World) -> None:
    for _ in range(5):
        world.open_case()
    world.pass_time(days=3)
    ((ids, token),) = world.claim()
    paper = PaperChannel()
    stops = iter([False, False, True, True, True, True])
    world.post_office(paper, is_stopping=lambda: next(stops)).deliver(ids, token)
    world.deliver()
    assert len(paper.letters) == 2
    assert len(world.paper.letters) == 3


def test_a_job_delivered_three_times_sends_once(world: World) -> None:
    due_case(world)
    ((ids, token),) = world.claim()
    for _ in range(3):
        world.post_office().deliver(ids, token)
    assert len(world.paper.letters) == 1


def test_when_redis_has_lost_everything_what_was_queued_is_claimed_again_at_once(world: World) -> None:
    due_case(world)
    world.claim()
    with world.database.write() as session:
        assert expire_dispatched(session, world.now) == 1
    world.deliver()
    assert len(world.paper.letters) == 1


def test_when_redis_has_lost_everything_what_is_being_sent_is_left_alone(world: World) -> None:
    due_case(world)
    with pytest.raises(Killed):
        world.deliver(world.post_office(PaperChannel(errors=[Killed()])))
    with world.database.write() as session:
        assert expire_dispatched(session, world.now) == 0
    assert world.claim() == []


def test_two_sweepers_never_claim_the_same_message(world: World) -> None:
    for _ in range(60):
        world.open_case()
    world.pass_time(days=3)
    first, second = world.claim(), world.claim()
    ids = [follow_up_id for follow_up_ids, _ in first + second for follow_up_id in follow_up_ids]
    assert len(ids) == len(set(ids)) == 60
    assert [len(follow_up_ids) for follow_up_ids, _ in first] == [25, 25, 10]


def test_on_postgresql_a_sweeper_passes_by_what_another_is_claiming(postgresql_world: World) -> None:
    world = postgresql_world
    for _ in range(2):
        world.open_case()
    world.pass_time(days=3)
    with world.database.write() as session:
        claimed = claim_due(session, world.now, 1, lambda: "first")
        others = world.claim()
    assert {*claimed[0].follow_up_ids, *others[0][0]} == {row.id for row in world.rows() if row.due_at <= world.now}


def test_a_zombie_that_wakes_up_after_its_lease_changes_nothing(world: World) -> None:
    due_case(world)
    ((ids, token),) = world.claim()
    world.pass_time(seconds=LEASE.total_seconds())
    world.deliver()
    world.post_office().deliver(ids, token)
    assert len(world.paper.letters) == 1


def test_a_zombie_whose_send_ends_after_its_lease_cannot_mark_the_row_of_another(world: World) -> None:
    due_case(world)
    slow = _OvertakenChannel(world)
    world.deliver(world.post_office(slow))
    assert slow.keys == world.paper.keys
    assert world.states()[0] is FollowUpState.SENT


def test_a_lease_is_renewed_while_the_job_waits(world: World) -> None:
    due_case(world)
    ((ids, token),) = world.claim()
    world.pass_time(seconds=60)
    with world.database.write() as session:
        renew(session, [token], world.now)
    world.pass_time(seconds=60)
    assert world.claim() == []
    world.post_office().deliver(ids, token)
    assert len(world.paper.letters) == 1


def test_a_message_taken_back_before_it_was_claimed_is_not_sent(world: World) -> None:
    case_id = due_case(world)
    world.change(case_id, {"negotiation": "agreed"})
    world.deliver()
    assert world.paper.letters == []
    assert world.states() == [FollowUpState.CANCELLED, FollowUpState.CANCELLED]


def test_a_message_taken_back_while_its_job_waits_is_not_sent(world: World) -> None:
    case_id = due_case(world)
    ((ids, token),) = world.claim()
    world.change(case_id, {"negotiation": "agreed"})
    world.post_office().deliver(ids, token)
    assert world.paper.letters == []


def test_a_message_of_a_case_erased_meanwhile_is_not_sent(world: World) -> None:
    case_id = due_case(world)
    ((ids, token),) = world.claim()
    with world.database.write() as session:
        session.delete(session.get_one(CaseRow, case_id))
    world.post_office().deliver(ids, token)
    assert world.paper.letters == []
    assert world.rows() == []


def test_a_fault_of_ours_in_one_message_does_not_hold_up_the_others(world: World) -> None:
    broken = world.open_case({"negotiation": "waiting", "hearing_on": "2026-12-30"})
    world.open_case()
    world.pass_time(days=3)
    with world.database.write() as session:
        session.get_one(CaseRow, broken).facts = {"negotiation": "waiting", "hearing_on": "no day at all"}
    world.deliver()
    assert len(world.paper.letters) == 1
    (put_aside,) = [row for row in world.rows(broken) if row.attempts]
    assert put_aside.state is FollowUpState.SCHEDULED
    assert put_aside.next_try_at == world.now + timedelta(minutes=1)


@pytest.mark.parametrize("hours", [1, -1])
def test_a_host_whose_clock_is_an_hour_off_loses_nothing_and_sends_nothing_twice(world: World, hours: int) -> None:
    due_case(world)
    world.pass_time(hours=2)
    ((ids, token),) = world.claim()
    world.pass_time(hours=hours)
    again = world.claim()
    world.post_office().deliver(ids, token)
    for other_ids, other_token in again:
        world.post_office().deliver(other_ids, other_token)
    world.pass_time(hours=-hours)
    world.deliver()
    assert len(world.paper.letters) == 1


class _OvertakenChannel(PaperChannel):
    """While it is sending, its lease runs out and another worker does the same."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def send(self, letter: object, address: object) -> str:
        self._world.pass_time(seconds=LEASE.total_seconds())
        self._world.deliver()
        return super().send(letter, address)  # type: ignore[arg-type]
