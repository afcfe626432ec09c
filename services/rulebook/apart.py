"""Runs a function in a process of its own: a hang, a crash or a flood of memory costs an answer, never the service.

`python -m services.rulebook.apart MEMORY SECONDS` reads a pickled function with its arguments and answers pickled.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from services.rulebook.model import Text
from services.rulebook.problems import RulebookError, quoted

MEMORY = 3 << 29
"""1.5 GiB of addresses, some ten times what the largest proof takes."""
_MOST_PRINTED = 1 << 20
_SPARE_SECONDS = 5
"""The process ends itself so much later, should its caller have died and nobody be left to stop it."""
_ANSWERED, _REFUSED, _FAILED, _FULL = "answered", "refused", "failed", "full"


class ApartError(Exception):
    """There is no answer: the function hung, crashed, failed or took too much memory. `text` says which."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text)

    def __str__(self) -> str:
        return self.text.en


def apart(function: Callable[..., Any], *args: Any, within: timedelta, memory: int = MEMORY) -> Any:
    """What the function of a module answers. ApartError for everything that goes wrong but RulebookError.

    A RulebookError is no accident: it says what is wrong with the rules, and is raised here as it was there.
    """
    seconds = within.total_seconds()
    command = [sys.executable, "-m", __name__, str(memory), str(seconds)]
    with tempfile.TemporaryFile() as printed:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=printed, cwd=_ROOT, start_new_session=True
        ) as process:
            try:
                answer, _ = process.communicate(pickle.dumps((function, args)), timeout=seconds)
            except subprocess.TimeoutExpired:
                raise ApartError(_said(_TOO_LONG, seconds=f"{seconds:g}")) from None
            finally:
                _stop(process)
        if not answer:
            raise ApartError(_how_it_ended(process.returncode, printed))
    return _opened(answer)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The whole group, but only while its leader still holds the number: it cannot have become anybody else's."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)


def _opened(answer: bytes) -> Any:
    end, content = pickle.loads(answer)
    if end == _ANSWERED:
        return content
    if end == _REFUSED:
        raise content
    raise ApartError(_TOO_MUCH if end == _FULL else _said(_BROKE, why=content))


def _how_it_ended(code: int, printed: IO[bytes]) -> Text:
    printed.seek(0)
    last = printed.read(_MOST_PRINTED).decode(errors="replace").strip().rpartition("\n")[2]
    if code < 0:
        return _said(_KILLED, signal=signal.Signals(-code).name)
    return _said(_BROKE, why=quoted(last) or str(code))


def _said(text: Text, **words: str) -> Text:
    return Text(text.zh.format(**words), text.en.format(**words))


def _main() -> None:
    """What the function prints goes where errors go, so that nothing but the answer is taken for the answer."""
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    _limit(memory, seconds)
    question = sys.stdin.buffer.read()
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        out.write(_answer(question))
    os.killpg(0, signal.SIGKILL)  # with everything that the function may have started


def _limit(memory: int, seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_PRINTED, _MOST_PRINTED))
    signal.setitimer(signal.ITIMER_REAL, seconds + _SPARE_SECONDS)


def _answer(question: bytes) -> bytes:
    try:
        function, args = pickle.loads(question)
        return pickle.dumps((_ANSWERED, function(*args)))
    except RulebookError as error:
        return pickle.dumps((_REFUSED, error))
    except MemoryError:
        return pickle.dumps((_FULL, ""))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the rim of the process: the caller has to hear of it
        return pickle.dumps((_FAILED, quoted(f"{type(error).__name__}: {error}")))


_ROOT = Path(__file__).parents[2]
_TOO_LONG = Text(
    "{seconds} 秒内没有得出结果，已经停止。", "There was no answer within {seconds} s, so the work was stopped."
)
_TOO_MUCH = Text("需要的内存太多，已经停止。", "It needed too much memory, so the work was stopped.")
_KILLED = Text("计算过程意外中止({signal})。", "The work ended unexpectedly ({signal}).")
_BROKE = Text("计算过程出错：{why}。", "The work failed: {why}.")

if __name__ == "__main__":
    _main()
