"""What holds for every page of the studio: the door, the roles, both languages, calm errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule as Address

from services.advisor.pages.texts import CatalogueError
from services.advisor.parts import Parts
from services.advisor.studio.draft_tabs import TABS
from services.advisor.studio.forms.kinds import GROUPS, SPECS
from services.advisor.studio.navigation import PLACES
from services.advisor.studio.rendering import TEXTS, read_catalogues
from services.advisor.studio.visitor import is_open, role_needed
from services.casebook.authors import STARTER
from services.casebook.drafts import create_draft
from services.casebook.model import DraftState, Role
from tests.advisor.conftest import NOON
from tests.advisor.studio.conftest import Enter

TEMPLATES = Path("services/advisor/templates/studio")
VALUES = {"number": 1, "rule_id": "propose-what-you-can-keep", "entry_id": "propose-what-you-can-keep", "kind": "rules",
          "topic": "negotiate", "token": "x", "file": "topics/negotiate.yaml", "anything": "nowhere"}  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MINE = ("/studio/", "/studio/rules", "/studio/rules?topic=negotiate", "/studio/rules?q=plan", "/studio/vocabulary",
        "/studio/vocabulary?kind=cases", "/studio/drafts", "/studio/people", "/studio/drafts/{number}",
        "/studio/drafts/{number}/topics", "/studio/drafts/{number}/topics/negotiate",
        "/studio/drafts/{number}/entries/facts", "/studio/drafts/{number}/edit/actions/propose_plan",
        "/studio/drafts/{number}/edit/rules/propose-what-you-can-keep", "/studio/nowhere")  # fmt: skip


def addresses(app: Flask, method: str) -> Iterator[tuple[Address, str]]:
    """Every rule of the studio's map that answers to the method, with values filled in."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if str(rule.endpoint).startswith("studio.") and method in (rule.methods or ()):
            values = {name: VALUES.get(name, 1) for name in rule.arguments}
            yield rule, adapter.build(rule.endpoint, values, method=method)


def views(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    return ((path, str(rule.endpoint)) for rule, path in addresses(app, method))


@pytest.fixture(scope="module")
def number(parts_of_studio: Parts) -> int:
    with parts_of_studio.database.write() as session:
        return create_draft(session, STARTER, "Draft", "", NOON).id


def test_nobody_sees_a_page_without_being_signed_in(studio: Flask, enter: Enter) -> None:
    stranger = enter(None)
    for path, endpoint in views(studio, "GET"):
        if not is_open(studio.view_functions[endpoint]):
            stranger.open(path, follow=False)
            assert stranger.page is not None
            assert (path, stranger.status) == (path, 303)
            assert stranger.page.location.startswith("/studio/sign-in"), path


def test_nobody_changes_anything_without_being_signed_in(studio: Flask, enter: Enter) -> None:
    stranger = enter(None)
    form = stranger.open("/studio/sign-in").form("/studio/sign-in")
    for path, endpoint in views(studio, "POST"):
        if not is_open(studio.view_functions[endpoint]):
            assert stranger.send(path, form, follow=False).status == 303, path


def test_every_form_needs_a_role_that_may_change_something(studio: Flask) -> None:
    closed = [endpoint for _, endpoint in views(studio, "POST") if not is_open(studio.view_functions[endpoint])]
    lenient = {endpoint for endpoint in closed if role_needed(studio.view_functions[endpoint]) is Role.VIEWER}
    assert lenient <= {"studio.elsewhere", "studio.try_it", "studio.try_situation"}


@pytest.mark.parametrize("role", list(Role))
def test_whoever_lacks_the_role_for_a_form_is_refused(studio: Flask, enter: Enter, role: Role) -> None:
    admin = enter(role, "en")
    form = {"csrf_token": admin.open("/studio/").form("/studio/sign-out")["csrf_token"]}
    for path, endpoint in views(studio, "POST"):
        view = studio.view_functions[endpoint]
        if not is_open(view) and not role.includes(role_needed(view)):
            assert admin.send(path, form).status == 403, path
            assert "Your role does not include this" in admin.text


def test_every_form_without_its_token_is_refused(studio: Flask, enter: Enter) -> None:
    admin = enter(Role.ADMIN, "en").open("/studio/")
    for path, _ in views(studio, "POST"):
        assert admin.send(path, {"csrf_token": ["0" * 64]}).status == 403, path


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "没有这一页"), ("en", "There is no such page")])
def test_what_is_not_there_is_a_calm_page_of_the_studio(enter: Enter, language: str, word: str) -> None:
    admin = enter(Role.VIEWER, language).open("/studio/nowhere/at/all")
    assert admin.status == 404
    assert word in admin.text


def test_a_method_that_a_page_does_not_have_is_refused_calmly(enter: Enter) -> None:
    admin = enter(Role.VIEWER, "en").open("/studio/")
    form = admin.form("/studio/sign-out")
    assert admin.send("/studio/rules", form).status == 405
    assert "There is no such page" in admin.text


@pytest.mark.parametrize("path", MINE)
def test_the_english_pages_hold_no_chinese_but_the_texts_for_borrowers(enter: Enter, number: int, path: str) -> None:
    admin = enter(Role.ADMIN, "en").open(path.format(number=number))
    shown = re.sub(r'<(\w+)[^>]*lang="zh-CN"[^>]*>.*?</\1>', "", admin.html, flags=re.DOTALL)
    shown = re.sub(r'<input[^>]*lang="zh-CN"[^>]*>', "", shown)
    assert CHINESE.findall(shown) == []


@pytest.mark.parametrize("path", [path for path in MINE if "cases" not in path])
def test_the_chinese_pages_hold_no_english_but_ids_and_names(enter: Enter, number: int, path: str) -> None:
    admin = enter(Role.ADMIN, "zh-CN").open(path.format(number=number))
    shown = re.sub(r'<(\w+)[^>]*lang="en"[^>]*>.*?</\1>', "", admin.html, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " | ", shown.split("<body>")[1]))
    assert re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}", text) == []


def test_the_language_is_changed_by_a_link_that_stays_on_the_page(enter: Enter) -> None:
    admin = enter(Role.VIEWER, "zh-CN").open("/studio/rules?topic=pay")
    link = re.search(r'href="(/studio/rules\?topic=pay&amp;language=en)"', admin.html)
    assert link is not None
    assert "Rule studio" in admin.open(link[1].replace("&amp;", "&")).text
    assert "Rule studio" in admin.open("/studio/").text


def test_every_word_that_templates_and_tables_name_is_in_the_catalogue() -> None:
    catalogue = read_catalogues(TEXTS)
    named = {
        key
        for file in TEMPLATES.glob("*.html")
        for key in re.findall(r'\bt\("([a-z_]+\.[a-z_]*[a-z])"[,)]', file.read_text())
    }
    named |= {f"tabs.{name}" for name, _ in TABS} | {f"nav.{name}" for name, _, _ in PLACES}
    named |= {f"state.{state}" for state in DraftState} | {f"role.{role}" for role in Role}
    named |= {f"field.{spec.key}" for specs in SPECS.values() for spec in specs}
    named |= {f"fields.{name}" for groups in GROUPS.values() for name, _ in groups}
    assert named - set(catalogue) == set()


def test_two_catalogues_with_the_same_key_stop_the_start(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text("site:\n  name: {zh: 名, en: name}\n")
    with pytest.raises(CatalogueError, match=r"site\.name"):
        read_catalogues(tmp_path)


def test_pages_stay_out_of_caches_and_allow_no_script_but_our_own(enter: Enter) -> None:
    admin = enter(Role.VIEWER).open("/studio/")
    assert admin.page is not None
    assert admin.page.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in admin.page.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*src=)|\son[a-z]+=|style=", admin.html)


@pytest.mark.parametrize("page", ["", "/topics", "/topics/pay", "/entries/facts", "/edit/rules/pay-in-full"])
def test_a_draft_of_which_nothing_can_be_read_has_calm_pages(enter: Enter, parts_of_studio: Parts, page: str) -> None:
    with parts_of_studio.database.write() as session:
        broken = create_draft(session, STARTER, "Broken", "", NOON, {"topics/pay.yaml": ": : :"}).id
    admin = enter(Role.ADMIN, "en").open(f"/studio/drafts/{broken}{page}")
    assert admin.status in (200, 404)
    assert "Something went wrong" not in admin.text
