"""The advisor behind its real server: requests that no well-meaning client sends, and the page of the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.whole.advisor_server import request, run_advisor, send

pytestmark = pytest.mark.whole

JSON = "Content-Type: application/json"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with run_advisor(tmp_path_factory.mktemp("advisor")) as port:
        yield port


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_situation_is_answered(port: int) -> None:
    body = b'{"facts": {}}'
    answer = send(port, request("POST", "/v1/advice", body, JSON, f"Content-Length: {len(body)}"))
    assert status(answer) == 200
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["steps"]


def test_a_body_in_chunks_is_answered(port: int) -> None:
    chunks = b'8\r\n{"facts"\r\n5\r\n: {}}\r\n0\r\n\r\n'
    answer = send(port, request("POST", "/v1/advice", chunks, JSON, "Transfer-Encoding: chunked"))
    assert status(answer) == 200


def test_chunks_without_end_are_refused_when_they_are_too_many(port: int) -> None:
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    answer = send(port, request("POST", "/v1/advice", chunk * 6 + b"0\r\n\r\n", JSON, "Transfer-Encoding: chunked"))
    assert status(answer) == 413


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"POST /v1/advice HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/advice HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"GET /%ff%fe%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /docs/..%2f..%2fapp.py HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /v1/facts HTTP/1.1\r\nHost: \xff\xfe\r\nAccept-Language: \xff\r\nConnection: close\r\n\r\n",
    ],
)
def test_nonsense_is_refused_and_the_service_goes_on(port: int, sent: bytes) -> None:
    answer = send(port, sent, patience=1)
    assert answer == b"" or status(answer) < 500
    assert status(send(port, request("GET", "/healthz"))) == 200


def test_a_client_that_promises_more_than_it_sends_does_not_block_the_next_one(port: int) -> None:
    send(port, request("POST", "/v1/advice", b'{"facts"', JSON, "Content-Length: 1000"), patience=1)
    assert status(send(port, request("GET", "/healthz"))) == 200


def test_the_page_of_the_api_works_under_its_own_strict_policy(port: int) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page()
        complaints: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"http://127.0.0.1:{port}/docs")
        page.get_by_text("/v1/advice/batch").wait_for()
        browser.close()
    assert complaints == []
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {f"127.0.0.1:{port}"}


def test_the_log_is_one_json_object_a_line(port: int, tmp_path: Path) -> None:
    with run_advisor(tmp_path) as own_port:
        send(own_port, request("GET", "/healthz"))
    lines = [line for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    assert [json.loads(line)["route"] for line in lines] == ["/healthz"]
