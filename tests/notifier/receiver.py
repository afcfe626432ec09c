"""A real webhook receiver that keeps what arrives and answers as it was told, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(slots=True)
class Arrived:
    """One request as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)["data"]
        return data


@dataclass(slots=True)
class Receiver:
    """`status` and `headers` are what it answers; `hangs_up` closes the connection without an answer."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    arrived: list[Arrived] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        return [arrived.headers["webhook-id"] for arrived in self.arrived]


@contextmanager
def webhook_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            receiver.arrived.append(Arrived({name.lower(): value for name, value in self.headers.items()}, body))
            if receiver.hangs_up:
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
