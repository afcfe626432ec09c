"""What the documents say is so: links lead somewhere, commands work, and the README's curl prints what stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import free_port
from tests.whole.starting import Running, started

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)\s]+)\)", document.read_text())
    assert [link for link in links if not leads_somewhere(document, link)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    named = re.findall(r"`((?:services|rules|tests|docs|requirements)/[\w./-]*[\w/])`", document.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_make_target_that_a_document_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {name for document in DOCUMENTS for name in re.findall(r"\bmake ([a-z]+)\b`", document.read_text())}
    assert named <= targets


@pytest.mark.whole
def test_the_curl_of_the_readme_prints_what_the_readme_says(running: Running) -> None:
    command, output = curl_and_its_output()
    printed = shell(command.replace("http://127.0.0.1:8000", running.url))
    assert printed == output


@pytest.mark.parametrize("command", re.findall(r"^.*\.venv/bin/ashore .*$", README, flags=re.MULTILINE))
def test_every_ashore_command_of_the_readme_works(command: str) -> None:
    assert shell(command.replace(".venv/bin/ashore", f"{sys.executable} -m services.cli"))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    settings = {"ASHORE_PORT": str(free_port()), "ASHORE_DATA": str(tmp_path / "data")}
    with started([sys.executable, "-m", "services.launch"], ROOT, settings, tmp_path / "log") as one:
        yield one


def curl_and_its_output() -> tuple[str, str]:
    blocks = BLOCK.findall(README)
    at = next(number for number, (_, text) in enumerate(blocks) if text.startswith("curl "))
    assert blocks[at + 1][0] == "json"
    return blocks[at][1], blocks[at + 1][1]


def shell(command: str) -> str:
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def leads_somewhere(document: Path, link: str) -> bool:
    name, _, heading = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    return target.exists() and (not heading or heading in headings(target))


def headings(document: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", document.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
