"""Writes RESULTS.md: one section for each measurement; the sections of others stay as they are."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# What was measured

`make bench` writes this file; `make bench ARGS=decide` (or memory, serve) measures one part again. Compare columns of
one run, not runs: the machine is not always idle.
"""


def write_section(title: str, lines: Sequence[str], today: date, path: Path = RESULTS) -> None:
    """Puts the section in place of the one with that title, or at the end."""
    sections = _read(path)
    sections[title] = "\n".join(("", f"{_machine()}, {today}.", "", *lines, ""))
    path.write_text(HEAD + "".join(f"\n## {name}\n{text}" for name, text in sections.items()), encoding="utf-8")


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    _, *parts = path.read_text(encoding="utf-8").split("\n## ")
    return {title: f"{text.rstrip()}\n" for title, _, text in (part.partition("\n") for part in parts)}


def _machine() -> str:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"
