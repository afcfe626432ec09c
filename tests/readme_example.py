"""The curl of the README and what it prints. `python -m tests.readme_example` (`make readme`) writes it anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.servers import free_port
from tests.whole.starting import ROOT, started

README = ROOT / "README.md"
EXAMPLE = re.compile(r"^```sh\n(?P<command>curl .*?)^```\n\n```json\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"


def as_written() -> tuple[str, str]:
    """The command, and below it the output, as they stand in the README."""
    example = EXAMPLE.search(README.read_text())
    assert example is not None
    return example["command"], example["output"]


def as_it_is(folder: Path) -> str:
    """What the command prints now, asked of a server that is started for it with its data in `folder`."""
    settings = {"ASHORE_PORT": str(free_port()), "ASHORE_DATA": str(folder / "data")}
    with started([sys.executable, "-m", "services.launch"], ROOT, settings, folder / "log") as running:
        return shell(as_written()[0].replace(ADDRESS, running.url))


def shell(command: str, **settings: str) -> str:
    environment = {**os.environ, **settings}
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        output = as_it_is(Path(folder))
    text = README.read_text()
    example = EXAMPLE.search(text)
    assert example is not None
    README.write_text(text[: example.start("output")] + output + text[example.end("output") :])


if __name__ == "__main__":
    main()
