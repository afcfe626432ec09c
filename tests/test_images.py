"""Each image holds all that its commands need, and nothing of the other service. No container engine is needed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

STARTED = {
    "advisor": ("services.advisor.app", "services.cli"),
    "notifier": ("services.notifier.worker", "services.notifier.sweep", "services.notifier.health"),
}
"""What the commands of each image (Dockerfile, docker-compose.yml) import first."""

WITHOUT_THE_CLONE = f"import sys; sys.path = ['.', *(path for path in sys.path if path not in ('', {str(ROOT)!r}))]; "


@pytest.mark.parametrize("service", sorted(STARTED))
def test_what_an_image_copies_is_enough_for_its_commands(service: str, tmp_path: Path) -> None:
    for source, target in copied(service):
        copy(ROOT / source, tmp_path / target)
    for module in STARTED[service]:
        program = f"{WITHOUT_THE_CLONE}import {module}; print({module}.__file__)"
        done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
        assert done.stdout.startswith((".", str(tmp_path))), done.stderr


@pytest.mark.parametrize(("service", "other"), [("advisor", "notifier"), ("notifier", "advisor")])
def test_an_image_copies_nothing_of_the_other_service(service: str, other: str) -> None:
    assert not [source for source, _ in copied(service) if source.startswith(f"services/{other}")]


def copied(service: str) -> list[tuple[str, str]]:
    """From where to where the last stage of the Dockerfile copies files of the repository."""
    last_stage = (ROOT / "services" / service / "Dockerfile").read_text().rsplit("\nFROM ", 1)[1]
    lines = re.findall(r"^COPY (?!--from)(.+)$", last_stage, flags=re.MULTILINE)
    return [(source, words[-1]) for words in (line.split() for line in lines) for source in words[:-1]]


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
