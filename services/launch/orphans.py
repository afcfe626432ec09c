"""Whatever ends the start, a closed terminal or a kill -9 included, its processes end too. Linux only."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when its parent is gone."""


def ends_with_parent() -> list[str]:
    """What to put before a command, so that it is told to stop when the process that started it is gone."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def let_forks_end_with_us() -> None:
    """From now on a fork of this process is killed when this process is gone. It holds nothing that could be lost."""
    if sys.platform == "linux":
        os.register_at_fork(after_in_child=_die_with_parent)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
