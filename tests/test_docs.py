"""What the documents say is so: links lead somewhere, commands work, and the README's curl prints what stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.readme_example import README, as_it_is, as_written, shell
from tests.whole.starting import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
ASHORE = re.findall(r"^.*\.venv/bin/ashore .*$", README.read_text(), flags=re.MULTILINE)


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
def test_the_curl_of_the_readme_prints_what_the_readme_says(tmp_path: Path) -> None:
    assert as_it_is(tmp_path) == as_written()[1], "if that is right, `make readme` writes it anew"


def test_the_ashore_commands_of_the_readme_work_one_after_the_other(tmp_path: Path) -> None:
    assert len(ASHORE) >= 3
    for command in ASHORE:
        in_this_environment = command.replace(".venv/bin/ashore", f"{sys.executable} -m services.cli")
        assert shell(in_this_environment, ASHORE_DATA=str(tmp_path)), command


def leads_somewhere(document: Path, link: str) -> bool:
    name, _, heading = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    return target.exists() and (not heading or heading in headings(target))


def headings(document: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", document.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
