"""The words of the pages: complete in both languages, none forgotten, none in code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.advisor.pages.happenings import read_happenings
from services.advisor.pages.probes import read_probes
from services.advisor.pages.texts import CatalogueError, read_catalogue
from services.casebook.event_types import EVENT_TYPES
from services.rulebook.model import Rulebook

PAGES = Path("services/advisor/pages")
TEMPLATES = Path("services/advisor/templates/pages")
BUILT_FROM_PARTS = ("stage.", "plan.forecast_", "case.channel_", "privacy.item_", "help.short_", "plan.", "site.title",
                    "share.scope_", "share.hours_")  # fmt: skip
"""Keys that templates put together from a word they know at run time."""


def used_keys() -> set[str]:
    sources = [*TEMPLATES.iterdir(), *(file for file in PAGES.glob("*.py") if "link" not in file.name)]
    return set(re.findall(r"[\"'(]((?:[a-z]+)\.[a-z_0-9]+)[\"')]", "\n".join(file.read_text() for file in sources)))


def test_every_text_that_a_page_names_is_in_the_catalogue() -> None:
    catalogue = read_catalogue()
    sections = {key.split(".")[0] for key in catalogue}
    named = {key for key in used_keys() if key.split(".")[0] in sections and not key.endswith(("_", ".html", ".txt"))}
    assert not named - set(catalogue)


def test_no_text_of_the_catalogue_is_left_over() -> None:
    used = used_keys()
    assert not {key for key in read_catalogue() if key not in used and not key.startswith(BUILT_FROM_PARTS)}


def test_no_page_carries_chinese_outside_the_catalogue() -> None:
    for file in [*TEMPLATES.glob("*.html"), *PAGES.glob("*.py")]:
        text = re.sub(r'join\("[、；]|join\(["\']、.*?\)|(ORNAMENTS|DAY_PATTERNS) = .*', "", file.read_text())
        assert not re.findall(r"[\u4e00-\u9fff]", text), file


def test_numbers_agree_between_the_languages() -> None:
    for key, text in read_catalogue().items():
        assert sorted(re.findall(r"\d+", text.zh)) == sorted(re.findall(r"\d+", text.en)), key


def test_a_text_in_one_language_only_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pages.yaml"
    file.write_text("site:\n  name: {zh: 上岸}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"site\.name"):
        read_catalogue(file)


def test_what_can_be_tapped_is_an_event_of_the_casebook_about_facts_of_the_rulebook(rulebook: Rulebook) -> None:
    for happening in read_happenings().values():
        assert happening.type in EVENT_TYPES
        assert set(happening.when) <= set(rulebook.facts)


def test_every_second_look_is_about_a_fact_of_the_rulebook(rulebook: Rulebook) -> None:
    assert {probe.fact for probe in read_probes()} <= set(rulebook.facts)
