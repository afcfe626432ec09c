"""A provider that fails, answers too late or refuses: tried again, put before a person, or another way is taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.casebook.model import DeliveryState, FollowUpState
from services.notifier.channels.letter import DeliveryError, OnDoubt
from services.notifier.retry import GIVE_UP_AFTER
from tests.notifier.world import PaperChannel, World


def due_case(world: World) -> str:
    """A case with one message that is due, and one that is not."""
    case_id = world.open_case()
    world.pass_time(days=3)
    return case_id


@pytest.mark.parametrize(
    ("error", "minutes"),
    [
        (DeliveryError("503"), 1),
        (DeliveryError("429", retry_after=timedelta(minutes=20)), 20),
        (DeliveryError("timeout", is_ambiguous=True), 1),
    ],
    ids=["503", "429", "timeout"],
)
def test_a_provider_in_trouble_is_tried_again_with_the_same_key(
    world: World, error: DeliveryError, minutes: int
) -> None:
    due_case(world)
    world.paper.errors = [error]
    world.deliver()
    assert world.states()[0] is FollowUpState.SCHEDULED
    key = world.deliveries()[0].id
    world.pass_time(minutes=minutes, seconds=-1)
    world.deliver()
    assert world.paper.letters == []
    world.pass_time(seconds=1)
    world.deliver()
    assert world.paper.keys == [key]
    assert world.deliveries()[0].attempts == 2


def test_a_timeout_where_a_repeat_would_harm_is_put_before_a_person(world: World) -> None:
    due_case(world)
    paper = PaperChannel(on_doubt=OnDoubt.PARK, errors=[DeliveryError("timeout", is_ambiguous=True)])
    world.deliver(world.post_office(paper))
    assert world.states()[0] is FollowUpState.UNKNOWN


def test_an_address_that_is_refused_for_good_is_shown_to_the_operator(world: World) -> None:
    due_case(world)
    world.paper.errors = [DeliveryError("550", permanent=True)]
    world.deliver()
    assert world.states()[0] is FollowUpState.FAILED
    assert (world.deliveries()[0].state, world.deliveries()[0].response_code) == (DeliveryState.FAILED, "550")


def test_an_address_that_is_refused_for_good_gives_way_to_another_of_the_same_person(world: World) -> None:
    case_id = due_case(world)
    world.add_channel(case_id, verified_at=world.now - timedelta(days=10))
    world.paper.errors = [DeliveryError("550", permanent=True)]
    world.deliver()
    world.deliver()
    assert len(world.paper.letters) == 1
    assert [delivery.state for delivery in world.deliveries()] == [DeliveryState.FAILED, DeliveryState.SENT]


def test_a_provider_that_is_down_for_a_week_is_shown_to_the_operator(world: World) -> None:
    due_case(world)
    world.paper.errors = [DeliveryError("503") for _ in range(1000)]
    world.run(days=GIVE_UP_AFTER.days + 5)
    first, last = world.rows()
    assert first.cancelled_because == f"merged into {last.id}"
    assert last.state is FollowUpState.FAILED


def test_a_channel_that_the_operator_has_switched_off_is_tried_again_later(world: World) -> None:
    case_id = due_case(world)
    world.add_channel(case_id, kind="email", verified_at=world.now + timedelta(seconds=1))
    world.deliver()
    assert world.states()[0] is FollowUpState.SCHEDULED
    assert world.deliveries()[0].response_code == "channel_switched_off"
