"""`python -m benchmarks [decide] [memory] [serve]`: measures these, or all, prints and writes RESULTS.md."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from benchmarks import decide, memory, serve
from benchmarks.results import write_section


def _serve() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        return serve.measure(Path(folder))


MEASUREMENTS: Mapping[str, tuple[str, Callable[[], list[str]]]] = {
    "decide": ("Deciding one situation", decide.measure),
    "memory": ("Memory", memory.measure),
    "serve": ("Advice over HTTP", _serve),
}


def main(names: list[str]) -> None:
    unknown = set(names) - set(MEASUREMENTS)
    if unknown:
        sys.exit(f"There is no measurement called {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}.")
    for name in names or MEASUREMENTS:
        title, measure = MEASUREMENTS[name]
        lines = measure()
        print("\n".join(lines), flush=True)
        write_section(title, lines, date.today())


if __name__ == "__main__":
    main(sys.argv[1:])
