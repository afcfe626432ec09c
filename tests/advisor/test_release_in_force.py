"""The release in force changes between two requests, and closes when nobody works with it any more."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest

from services.advisor.release_in_force import ReleaseInForce
from services.rulebook.model import Rulebook
from services.rulebook.release import Release


class Closing(Release):
    """A release that remembers that it was closed."""

    def close(self) -> None:
        super().close()
        self.__dict__["is_closed"] = True


@pytest.fixture
def two(rulebook: Rulebook) -> Iterator[tuple[Release, Release]]:
    pair = (Closing.build(rulebook), Closing.build(rulebook))
    yield pair
    for release in pair:
        if not is_closed(release):
            release.close()


def is_closed(release: Release) -> bool:
    return "is_closed" in release.__dict__


def test_requests_after_the_swap_get_the_new_release(two: tuple[Release, Release]) -> None:
    holder = ReleaseInForce(two[0])
    holder.swap(two[1])
    with holder.borrow() as release:
        assert release is two[1]


def test_a_request_keeps_its_release_to_the_end(two: tuple[Release, Release]) -> None:
    holder = ReleaseInForce(two[0])
    with holder.borrow() as release:
        holder.swap(two[1])
        assert release is two[0]
        assert not is_closed(two[0])
    assert is_closed(two[0])


def test_the_old_release_is_closed_at_once_when_nobody_has_it(two: tuple[Release, Release]) -> None:
    ReleaseInForce(two[0]).swap(two[1])
    assert is_closed(two[0])
    assert not is_closed(two[1])


def test_the_last_of_several_requests_closes_it(two: tuple[Release, Release]) -> None:
    holder = ReleaseInForce(two[0])
    with holder.borrow():
        with holder.borrow():
            holder.swap(two[1])
        assert not is_closed(two[0])
    assert is_closed(two[0])


def test_a_request_that_fails_gives_its_release_back(two: tuple[Release, Release]) -> None:
    holder = ReleaseInForce(two[0])
    with pytest.raises(KeyError), holder.borrow():
        raise KeyError
    holder.swap(two[1])
    assert is_closed(two[0])


def test_swaps_under_load_mix_nothing_and_fail_nothing(rulebook: Rulebook) -> None:
    holder = ReleaseInForce(Closing.build(rulebook))
    seen_closed: list[bool] = []
    done = False

    def keep_asking() -> None:
        while not done:
            with holder.borrow() as release:
                seen_closed.append(is_closed(release))

    threads = [Thread(target=keep_asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        holder.swap(Closing.build(rulebook))
    done = True
    for thread in threads:
        thread.join()
    with holder.borrow() as last:
        last.close()
    assert seen_closed
    assert not any(seen_closed)
