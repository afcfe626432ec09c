"""What may never be in the repository: addresses of package registries, paths of somebody's machine, secrets."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    "py" + r"pi\.(org|io)",
    "pythonhosted" + r"\.",
    r"registry\." + "npm",
    r"(deb|security)\." + r"debian\.org",
]
MACHINE_PATHS = [r"(?<![\w.])/" + rf"{folder}/\w" for folder in ("root", "home", "work", "Users", "mnt")]
MACHINE_PATHS += ["/tmp/" + "bash_", "/opt/" + "(wheels|pypi)"]
SECRETS = ["-----BEGIN " + "[A-Z ]*PRIVATE KEY", r"AKIA" + "[0-9A-Z]{16}"]
FORBIDDEN = re.compile("|".join([*REGISTRIES, *MACHINE_PATHS, *SECRETS]))

NO_TEXT = {".png", ".ico", ".woff2", ".ttf", ".otf", ".gz", ".pdf"}


def test_no_tracked_file_names_a_registry_a_path_of_a_machine_or_a_secret() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:120]}" for path, number, line in tracked_lines() if FORBIDDEN.search(line)
    ]
    assert found == []


def test_no_lock_file_that_holds_registry_addresses_is_tracked() -> None:
    assert not {path.name for path in tracked_files()} & {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock"}


def test_every_pinned_package_has_a_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        pins = re.split(r"\n(?=\S)", path.read_text().strip())
        assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin and not pin.startswith("#")] == []


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def tracked_lines() -> Iterator[tuple[str, int, str]]:
    for path in tracked_files():
        if path.suffix not in NO_TEXT and path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                yield path.relative_to(ROOT).as_posix(), number, line
