"""While the guard is up, nothing can be sent into a network that is not public."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from services.notifier.channels.guard import ForbiddenAddressError, is_public, only_public_addresses


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "110.242.68.66", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "",
        "localhost", "/run/x",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_a_connection_into_our_network_is_not_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(ForbiddenAddressError), only_public_addresses():
            socket.create_connection(server.getsockname(), timeout=1)
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_connection_that_a_library_tried_and_hid_is_reported() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, pytest.raises(ForbiddenAddressError), only_public_addresses(), suppress(OSError):
        socket.create_connection(server.getsockname(), timeout=1)


def test_an_operator_can_allow_their_own_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, only_public_addresses(are_private_allowed=True):
        socket.create_connection(server.getsockname(), timeout=1).close()


def test_outside_the_guard_nothing_is_changed() -> None:
    with suppress(ForbiddenAddressError), only_public_addresses():
        pass
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
