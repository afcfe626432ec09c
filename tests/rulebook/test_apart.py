"""Whatever a function does in a process of its own, its caller lives on and hears of it in a plain sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from services.rulebook.apart import ApartError, apart
from services.rulebook.load import load_rulebook
from services.rulebook.problems import RulebookError

SOON, LATER = timedelta(milliseconds=300), timedelta(seconds=60)


def add(one: int, other: int) -> int:
    return one + other


def hang() -> None:
    for _ in count():
        pass


def hang_with_a_child() -> None:
    subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"], check=True)


def end_by_signal(number: int) -> None:
    os.kill(os.getpid(), number)


def eat_memory() -> int:
    return len([bytes(1 << 20) for _ in count()])


def print_much() -> str:
    print("this is no answer", flush=True)
    os.write(1, b"neither is this")
    return "the answer"


def print_too_much() -> None:
    for _ in count():
        print("on and on" * 1000, flush=True)


def fail() -> None:
    raise ValueError("seven is no rule")


def leave() -> None:
    sys.exit(0)


def leave_at_once() -> None:
    os.write(2, b"first line\nabort: the engine lost a state\n")
    os._exit(3)


def start_a_child_that_holds(pipe: str) -> None:
    descriptor = os.open(pipe, os.O_WRONLY)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=[descriptor])


def own_id() -> int:
    return os.getpid()


def answer_that_cannot_travel() -> object:
    return lambda: None


def reason(function: object, *args: object, within: timedelta = LATER, memory: int = 3 << 29) -> str:
    with pytest.raises(ApartError) as caught:
        apart(function, *args, within=within, memory=memory)  # type: ignore[arg-type]
    assert caught.value.text.zh.endswith("。")
    return str(caught.value)


def test_the_answer_comes_back_from_another_process() -> None:
    assert apart(add, 2, 3, within=LATER) == 5
    assert apart(own_id, within=LATER) != os.getpid()


def test_what_hangs_is_stopped() -> None:
    assert reason(hang, within=SOON) == "There was no answer within 0.3 s, so the work was stopped."


def test_what_waits_for_a_child_is_stopped_with_it() -> None:
    assert "no answer within" in reason(hang_with_a_child, within=SOON)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_what_is_killed_says_by_what(number: signal.Signals) -> None:
    assert reason(end_by_signal, number) == f"The work ended unexpectedly ({number.name})."


def test_what_eats_memory_gets_no_more_than_it_is_given() -> None:
    assert reason(eat_memory, memory=200 << 20) == "It needed too much memory, so the work was stopped."


def test_what_is_printed_is_not_taken_for_the_answer() -> None:
    assert apart(print_much, within=LATER) == "the answer"


def test_what_prints_without_end_is_stopped() -> None:
    assert "File too large" in reason(print_too_much)


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (fail, "The work failed: ValueError: seven is no rule."),
        (leave, "The work failed: SystemExit: 0."),
        (leave_at_once, "The work failed: abort: the engine lost a state."),
    ],
)
def test_what_fails_says_why(function: object, why: str) -> None:
    assert reason(function) == why


def test_an_answer_that_cannot_travel_is_no_answer() -> None:
    assert "The work failed" in reason(answer_that_cannot_travel)


def test_what_is_wrong_with_rules_is_said_as_it_would_be_here() -> None:
    with pytest.raises(RulebookError, match="`facts.yaml` is missing"):
        apart(load_rulebook, {}, within=LATER)


def test_a_child_does_not_outlive_the_answer(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as held:
        apart(start_a_child_that_holds, str(pipe), within=LATER)
        os.set_blocking(held.fileno(), True)
        assert held.read() == b""  # comes to an end only when nobody holds the other side any more
