"""`POST /v1/advice` on granian, beside a plain Flask JSON echo of the same answer on the same server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from statistics import median

from benchmarks.echo import ANSWER
from benchmarks.http_load import exchange, prepare, requests_per_second

ROUNDS = 5
REQUESTS = 2_000
GRANIAN = ("--workers", "1", "--blocking-threads", "1", "--no-ws", "--log-level", "warning", "--interface", "wsgi")
ENOUGH = 0.5
"""The share of the echo's rate that the advisor has to reach."""

SITUATIONS = (
    {"product": "jiebei", "days_overdue": 12, "missed_calls_7d": 9, "negotiation": "not_started",
     "ability_to_pay": "partial", "income_outlook": "irregular", "safety_state": "ok"},
    {"product": "jiebei", "days_overdue": 3, "ability_to_pay": "full_now", "debt_status": "agreed"},
    {"product": "huabei", "days_overdue": 45, "ability_to_pay": "partial", "negotiation": "refused",
     "mediation": "none", "records_kept": "some"},
    {"product": "jiebei", "days_overdue": 35, "negotiation": "agreed", "agreement_written": False,
     "promise_status": "on_track"},
    {"product": "jiebei", "days_overdue": 25, "income_outlook": "stopped", "ability_to_pay": "none",
     "negotiation": "not_started"},
)  # fmt: skip
"""Five of the people the starter rulebook was written for; each day of delay makes another situation of them."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = measure(Path(folder))
    print("\n".join(report))


def measure(folder: Path) -> list[str]:
    """The report, as lines of Markdown. Load alternates between the two servers, so that noise meets both."""
    bodies = [json.dumps({"facts": facts, "language": "zh-CN"}).encode() for facts in _many_situations()]
    with _serve("services.advisor.app:create_app", {"ASHORE_DATA": str(folder)}) as advisor:
        answers = [exchange(advisor, prepare(advisor, "/v1/advice", body)).body for body in bodies]
        typical = sorted(answers, key=len)[len(answers) // 2]
        (folder / "answer.json").write_bytes(typical)
        with _serve("benchmarks.echo:create_echo", {ANSWER: str(folder / "answer.json")}) as echo:
            contestants = {
                "POST /v1/advice": (advisor, [prepare(advisor, "/v1/advice", body) for body in bodies]),
                "echo of the answer": (echo, [prepare(echo, "/echo", answer) for answer in answers]),
                "same request, fixed answer": (echo, [prepare(echo, "/fixed", body) for body in bodies]),
            }
            rates = _alternate(contestants)
    return _report(rates, typical)


def _many_situations() -> list[dict[str, object]]:
    """200 different ones: nothing that remembers whole requests would be of any use."""
    return [
        {**facts, "days_overdue": int(str(facts["days_overdue"])) + later}
        for later in range(40)
        for facts in SITUATIONS
    ]


def _alternate(contestants: dict[str, tuple[int, list[bytes]]]) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for port, prepared in contestants.values():
        requests_per_second(port, prepared, len(prepared) * 2)
    for _ in range(ROUNDS):
        for name, (port, prepared) in contestants.items():
            rates[name].append(requests_per_second(port, prepared, REQUESTS))
    return rates


def _report(rates: dict[str, list[float]], typical: bytes) -> list[str]:
    ours = median(rates["POST /v1/advice"])
    lines = [
        f"One granian process with one thread, 4 kept connections, 200 different situations, {len(typical):,} bytes an "
        f"answer (median), {ROUNDS} rounds of {REQUESTS:,} requests in turn.",
        "",
        "| what | requests/s, median | lowest..highest | advice / this |",
        "|---|---|---|---|",
    ]
    for name, measured in rates.items():
        middle = median(measured)
        lines.append(f"| {name} | {middle:,.0f} | {min(measured):,.0f}..{max(measured):,.0f} | {ours / middle:.2f} |")
    return lines


@contextmanager
def _serve(factory: str, environment: dict[str, str]) -> Iterator[int]:
    port = _free_port()
    command = (
        sys.executable,
        "-m",
        "granian",
        "--factory",
        factory,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        *GRANIAN,
    )
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with {process.returncode}")
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start within 30 s")


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
