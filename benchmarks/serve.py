"""`POST /v1/advice` on granian, beside a plain Flask JSON echo of the same answer on the same server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection, socket
from statistics import median

from benchmarks.echo import ANSWER
from benchmarks.http_load import exchange, prepare, requests_per_second

ADVICE = "POST /v1/advice"
ROUNDS = 25
REQUESTS = 200
"""Short rounds in turn: what else the machine does meets all contestants."""
TICKS = os.sysconf("SC_CLK_TCK")
GRANIAN = ("--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "--interface", "wsgi")
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


@dataclass(frozen=True, slots=True)
class Server:
    """A granian with one worker."""

    process: int
    port: int

    def processor_seconds(self) -> float:
        """What its workers have used so far."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        stats = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children]
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS


@dataclass(frozen=True, slots=True)
class Contestant:
    """One endpoint of one server, and what to send to it."""

    server: Server
    prepared: list[bytes]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of one contestant took."""

    per_second: float
    cpu_ms: float
    """Processor time of the server per request."""


def measure(folder: Path) -> list[str]:
    """The report, as lines of Markdown. Load alternates between the two servers, so that noise meets both."""
    bodies = [json.dumps({"facts": facts, "language": "zh-CN"}).encode() for facts in _many_situations()]
    with _serve("services.advisor.app:create_app", {"ASHORE_DATA": str(folder)}) as advisor:
        answers = [exchange(advisor.port, prepare(advisor.port, "/v1/advice", body)).body for body in bodies]
        typical = sorted(answers, key=len)[len(answers) // 2]
        (folder / "answer.json").write_bytes(typical)
        with _serve("benchmarks.echo:create_echo", {ANSWER: str(folder / "answer.json")}) as echo:
            contestants = {
                ADVICE: Contestant(advisor, [prepare(advisor.port, "/v1/advice", body) for body in bodies]),
                "echo: loads and dumps the answer": Contestant(
                    echo, [prepare(echo.port, "/echo", answer) for answer in answers]
                ),
                "fixed: loads the request, dumps one answer": Contestant(
                    echo, [prepare(echo.port, "/fixed", body) for body in bodies]
                ),
            }
            rounds = _alternate(contestants)
    return _report(rounds, typical)


def _many_situations() -> list[dict[str, object]]:
    """200 different ones: nothing that remembers whole requests would be of any use."""
    return [
        {**facts, "days_overdue": int(str(facts["days_overdue"])) + later}
        for later in range(40)
        for facts in SITUATIONS
    ]


def _alternate(contestants: dict[str, Contestant]) -> dict[str, list[Round]]:
    rounds: dict[str, list[Round]] = {name: [] for name in contestants}
    for contestant in contestants.values():
        _round(contestant)
    for _ in range(ROUNDS):
        for name, contestant in contestants.items():
            rounds[name].append(_round(contestant))
    return rounds


def _round(contestant: Contestant) -> Round:
    used = contestant.server.processor_seconds()
    rate = requests_per_second(contestant.server.port, contestant.prepared, REQUESTS)
    return Round(rate, (contestant.server.processor_seconds() - used) / REQUESTS * 1000)


def _report(rounds: dict[str, list[Round]], typical: bytes) -> list[str]:
    lines = [
        f"One granian process with four threads, 4 kept connections, 200 different situations, {len(typical):,} bytes "
        f"an answer (median), {ROUNDS} rounds of {REQUESTS:,} requests in turn; medians, and of the ratios as well. "
        "The goal is 0.5 of the echo.",
        "",
        "| what | requests/s | advice / this | processor ms a request | this / advice |",
        "|---|---|---|---|---|",
    ]
    for name, measured in rounds.items():
        rates = median(ours.per_second / other.per_second for ours, other in zip(rounds[ADVICE], measured, strict=True))
        per_second, cpu = median(r.per_second for r in measured), sum(r.cpu_ms for r in measured) / ROUNDS
        share = cpu / (sum(r.cpu_ms for r in rounds[ADVICE]) / ROUNDS)
        lines.append(f"| {name} | {per_second:,.0f} | {rates:.2f} | {cpu:.2f} | {share:.2f} |")
    return lines


@contextmanager
def _serve(factory: str, environment: dict[str, str]) -> Iterator[Server]:
    port = _free_port()
    command = (
        *(sys.executable, "-m", "granian", "--factory", factory, "--host", "127.0.0.1", "--port", str(port)),
        *GRANIAN,
    )
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Server(process.pid, port)
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
