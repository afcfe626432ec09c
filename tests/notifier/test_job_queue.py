"""The queue in a real Redis: what waits in it may be lost at any moment, and nobody is harmed by it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest
import rq
from redis import Redis, RedisError
from rq import Queue
from rq.worker import SimpleWorker

from services.casebook.model import FollowUpState
from services.casebook.releases import Shelf
from services.notifier.chores import Chores
from services.notifier.claims import Claim
from services.notifier.job_queue import DELIVER, NAME, JobQueue, connect
from services.notifier.jobs import start_work
from services.notifier.logs import make_logger
from services.notifier.sweep import Sweeper
from services.notifier.worker import InProcessWorker, StopFlag
from tests.notifier.world import World
from tests.servers import free_port

LOGGER = make_logger("error", "plain")


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url) as connection:
        yield connection


def sweeper(world: World, redis: Redis, high_water: int = 2000) -> Sweeper:
    return Sweeper(world.database, JobQueue(redis), world.clock, "sweeper", high_water=high_water)


def work(world: World, redis: Redis) -> None:
    chores = Chores(world.database, Shelf(), world.clock, LOGGER)
    start_work(world.post_office(), chores)
    InProcessWorker(redis, StopFlag(), LOGGER).work(burst=True, logging_level="CRITICAL")


def test_a_sweep_and_a_worker_bring_a_message_to_its_channel(world: World, redis: Redis) -> None:
    world.open_case()
    world.pass_time(days=3)
    assert sweeper(world, redis).sweep() == 1
    work(world, redis)
    assert len(world.paper.letters) == 1


def test_nothing_of_a_finished_job_stays_in_redis(small_world: World, redis: Redis) -> None:
    small_world.open_case()
    small_world.pass_time(days=3)
    sweeper(small_world, redis).sweep()
    work(small_world, redis)
    assert redis.keys("rq:job:*") == []


def test_flushall_with_everything_queued_loses_nothing(world: World, redis: Redis) -> None:
    for _ in range(30):
        world.open_case()
    world.pass_time(days=3)
    first = sweeper(world, redis)
    assert first.sweep() == 30
    redis.flushall()
    assert first.sweep() == 30
    work(world, redis)
    assert len(world.paper.letters) == 30


def test_redis_away_while_jobs_are_put_loses_nothing(small_world: World, redis: Redis) -> None:
    small_world.open_case()
    small_world.pass_time(days=3)
    with pytest.raises(RedisError):
        _sweeper_with_a_broken_put(small_world, redis).sweep()
    assert sweeper(small_world, redis).sweep() == 1


def test_the_queue_is_filled_to_the_high_water_mark_and_no_further(small_world: World, redis: Redis) -> None:
    for _ in range(80):
        small_world.open_case()
    small_world.pass_time(days=3)
    one = sweeper(small_world, redis, high_water=50)
    assert [one.sweep(), one.sweep()] == [50, 0]
    work(small_world, redis)
    assert one.sweep() == 30


def test_a_job_that_waits_longer_than_its_lease_is_not_claimed_again(small_world: World, redis: Redis) -> None:
    small_world.open_case()
    small_world.pass_time(days=3)
    one = sweeper(small_world, redis)
    one.sweep()
    for _ in range(20):
        small_world.pass_time(seconds=30)
        assert one.sweep() == 0
    work(small_world, redis)
    assert small_world.states()[0] is FollowUpState.SENT


def test_a_job_delivered_three_times_by_redis_sends_once(world: World, redis: Redis) -> None:
    world.open_case()
    world.pass_time(days=3)
    ((ids, token),) = world.claim()
    queue = JobQueue(redis)
    for _ in range(3):
        queue.put([Claim(token, ids)])
    work(world, redis)
    assert len(world.paper.letters) == 1


def test_two_sweepers_and_two_workers_send_each_message_once(world: World, redis: Redis) -> None:
    for _ in range(60):
        world.open_case()
    world.pass_time(days=3)
    first, second = sweeper(world, redis), sweeper(world, redis)
    assert first.sweep() + second.sweep() == 60
    work(world, redis)
    assert len(set(world.paper.keys)) == len(world.paper.keys) == 60


def test_the_epoch_is_new_when_redis_has_lost_its_data(redis: Redis) -> None:
    queue = JobQueue(redis)
    epoch = queue.epoch()
    assert queue.epoch() == epoch
    redis.flushall()
    assert queue.epoch() != epoch


def test_jobs_are_json_so_that_writing_to_redis_cannot_run_code(redis: Redis) -> None:
    JobQueue(redis).put([Claim("token-1", (1, 2))])
    data = redis.hget("rq:job:token-1", "data")
    assert b'["services.notifier.jobs.deliver", null, [[1, 2], "token-1"], {}]' in _inflated(data)


def test_a_pickled_job_that_somebody_slips_in_is_not_run(small_world: World, redis: Redis) -> None:
    _Trap.was_sprung = False
    Queue(NAME, connection=redis).enqueue(DELIVER, _Trap())
    work(small_world, redis)
    assert not _Trap.was_sprung


def test_the_pinned_rq_is_the_one_that_was_decided_for() -> None:
    assert rq.VERSION == "3.0.0"
    assert {"request_stop", "subscribe", "unsubscribe", "execute_job"} <= set(dir(SimpleWorker))


def test_rq_refuses_one_job_put_twice_at_once_instead_of_losing_it(redis: Redis) -> None:
    claim = Claim("token-1", (1,))
    with pytest.raises(ValueError, match="token-1"):
        JobQueue(redis).put([claim, claim])


def test_without_redis_a_sweep_fails_at_once_and_writes_nothing(small_world: World) -> None:
    small_world.open_case()
    small_world.pass_time(days=3)
    with connect(f"redis://127.0.0.1:{free_port()}/0") as nowhere, pytest.raises(RedisError):
        sweeper(small_world, nowhere).sweep()
    assert small_world.states() == [FollowUpState.SCHEDULED] * 2


class _Trap:
    """Notices when it is unpickled."""

    was_sprung = False

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return _spring, ()


def _spring() -> _Trap:
    _Trap.was_sprung = True
    return _Trap()


def _inflated(data: object) -> bytes:

    assert isinstance(data, bytes)
    return zlib.decompress(data)


def _sweeper_with_a_broken_put(world: World, redis: Redis) -> Sweeper:
    class Broken(JobQueue):
        def put(self, _claims: object) -> None:  # type: ignore[override]
            raise RedisError("gone")

    return Sweeper(world.database, Broken(redis), world.clock, "sweeper")
