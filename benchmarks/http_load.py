"""A small closed-loop HTTP/1.1 client: few connections that are kept, prepared bytes, answers read to the last byte."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from time import perf_counter

HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer."""

    status: int
    body: bytes


def prepare(port: int, path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def requests_per_second(port: int, prepared: list[bytes], count: int, connections: int = 4) -> float:
    """Send `count` of the prepared requests, in turn, over some connections; an answer other than 200 stops it."""
    share = count // connections
    start = perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        for done in [
            pool.submit(_send_in_turn, port, prepared[offset:] + prepared[:offset], share)
            for offset in range(connections)
        ]:
            done.result()
    return share * connections / (perf_counter() - start)


def exchange(port: int, request: bytes) -> Exchange:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        return _exchange(connection, request)


def _send_in_turn(port: int, prepared: list[bytes], count: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in islice(cycle(prepared), count):
            answer = _exchange(connection, request)
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {answer.body[:200]!r}")


def _exchange(connection: socket.socket, request: bytes) -> Exchange:
    connection.sendall(request)
    received = connection.recv(65_536)
    while HEAD_ENDS not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(HEAD_ENDS)
    size = int(next(line for line in head.lower().splitlines() if line.startswith(b"content-length:")).split(b":")[1])
    pieces, have = [body], len(body)
    while have < size:
        piece = connection.recv(65_536)
        pieces.append(piece)
        have += len(piece)
    return Exchange(int(head.split(b" ", 2)[1]), b"".join(pieces))
