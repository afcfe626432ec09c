"""Keeps messages from being aimed at our own network: while it is up, only public addresses can be connected to.

An address that a person typed in is resolved by whoever runs its name server, and may mean something else a second
later or after a redirect. So the address is judged where the connection is made, by an audit hook of the interpreter.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from services.notifier.channels.letter import DeliveryError

TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as they are written in IPv6-only networks (RFC 6052); the last four bytes are the real address."""


class ForbiddenAddressError(DeliveryError):
    """The address lies inside a network that is not public, and the operator has not allowed that."""

    def __init__(self) -> None:
        super().__init__("address_not_public", permanent=True)


@dataclass(slots=True)
class _Guard:
    """Whether it is up for the message that is being sent, and what it saw."""

    stopped: list[str] = field(default_factory=list)


_guard: ContextVar[_Guard | None] = ContextVar("guard", default=None)
_installed: list[bool] = []


@contextmanager
def only_public_addresses(are_private_allowed: bool = False) -> Iterator[None]:
    """No connection to a non-public address is made inside the block; ForbiddenAddressError if one was tried."""
    if are_private_allowed:
        yield
        return
    _install()
    guard = _Guard()
    token = _guard.set(guard)
    try:
        yield
    finally:
        _guard.reset(token)
        if guard.stopped:
            raise ForbiddenAddressError


def is_public(address: str) -> bool:
    """Whether an IP address can be reached by everybody, whatever way it is written."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in TRANSLATED:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _install() -> None:
    """Once per process; the hook costs nothing while no guard is up."""
    if not _installed:
        _installed.append(True)
        sys.addaudithook(_on_event)


def _on_event(event: str, arguments: tuple[object, ...]) -> None:
    if event not in {"socket.connect", "socket.sendto"}:
        return
    guard = _guard.get()
    if guard is None:
        return
    address = arguments[1]
    host = address[0] if isinstance(address, tuple) and address else ""
    if not is_public(str(host)):
        guard.stopped.append(str(host))
        raise PermissionError("connections to this address are not allowed")
