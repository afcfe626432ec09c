"""The operator sees whether promised messages go out, and which of them need a person."""

from __future__ import annotations

from datetime import timedelta

from services.casebook.heartbeats import Beat, beat
from services.casebook.model import FollowUpState
from services.casebook.outbox_health import OutboxHealth, look_at_outbox
from services.notifier.channels.letter import DeliveryError
from tests.notifier.world import World


def health(world: World) -> OutboxHealth:
    with world.database.read() as session:
        return look_at_outbox(session, world.now)


def test_an_outbox_that_nobody_sweeps_is_out_of_order(world: World) -> None:
    assert not health(world).is_swept
    with world.database.write() as session:
        beat(session, Beat.SWEEPER, "sweeper:one", world.now)
    assert health(world).is_swept
    world.pass_time(minutes=1)
    assert not health(world).is_swept


def test_a_message_that_waits_too_long_is_an_alarm(world: World) -> None:
    world.open_case()
    world.pass_time(days=3, minutes=10)
    assert (health(world).oldest_due, health(world).is_late) == (timedelta(minutes=10), False)
    world.pass_time(minutes=10)
    assert health(world).is_late
    world.deliver()
    assert health(world).oldest_due == timedelta()


def test_what_failed_needs_a_person(world: World) -> None:
    world.open_case()
    world.pass_time(days=3)
    world.paper.errors = [DeliveryError("550", permanent=True)]
    world.deliver()
    assert health(world).by_state[FollowUpState.FAILED] == 1
    assert health(world).need_a_person == 1


def test_what_is_only_shown_on_a_page_is_neither_late_nor_sent(world: World) -> None:
    world.open_case(channel=False)
    world.run(days=10)
    assert (health(world).shown_only, health(world).oldest_due) == (2, timedelta())
