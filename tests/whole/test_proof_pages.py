"""The pages that prove and publish a change, in a real browser: by themselves, by keyboard, on two screens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from services.casebook.model import Role
from tests.whole.phone import Person
from tests.whole.studio_visit import TABLET, Studio

pytestmark = pytest.mark.whole

FILE = "topics/records.yaml"
URGENCY = ("urgency: this_week", "urgency: keep_doing")
SCREEN: ViewportSize = {"width": 1280, "height": 900}
BOTH_SCREENS = pytest.mark.parametrize("size", [SCREEN, TABLET], ids=["screen", "tablet"])
PROOF = 60_000
"""Milliseconds that a proof may take on a busy machine."""


def reworded(studio: Studio, number: int, words: str) -> dict[str, str]:
    """The file of the records with the title of its first rule written otherwise."""
    text = studio.read(number)[FILE]
    start = text.index("zh: ", text.index("rules:")) + len("zh: ")
    return {FILE: text[:start] + words + text[text.index("\n", start) :]}


def later(studio: Studio) -> int:
    """A draft in which a step is less urgent than now."""
    number = studio.begin()
    studio.change(number, {FILE: studio.read(number)[FILE].replace(*URGENCY)})
    return number


def visit(chromium: Browser, studio: Studio, role: Role, size: ViewportSize) -> tuple[Page, list[str]]:
    """Somebody signed in, and what their browser complains about from now on."""
    context = chromium.new_context(viewport=size, locale="zh-CN")
    context.set_default_timeout(PROOF)
    page, complaints = studio.sign_in(context, role), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def is_well_made(page: Page, studio: Studio) -> None:
    """No violation of accessibility rules, and nothing sticks out sideways."""
    assert Person(page, studio.address).violations() == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@BOTH_SCREENS
def test_the_pages_of_a_draft_bring_their_results_by_themselves_and_are_well_made(
    chromium: Browser, studio: Studio, size: ViewportSize
) -> None:
    page, complaints = visit(chromium, studio, Role.EDITOR, size)
    number = later(studio)
    for tab in ("checks", "tests", "impact", "changes"):
        page.goto(f"{studio.address}/studio/drafts/{number}/{tab}")
        is_well_made(page, studio)
        expect(page.locator(".is-waiting, .htmx-request, .htmx-added, .htmx-settling")).to_have_count(0, timeout=PROOF)
        page.locator("details summary").evaluate_all("folds => folds.forEach(fold => fold.click())")
        is_well_made(page, studio)
    assert complaints == []


@BOTH_SCREENS
def test_releases_and_the_audit_are_well_made(chromium: Browser, studio: Studio, size: ViewportSize) -> None:
    page, complaints = visit(chromium, studio, Role.ADMIN, size)
    for path in ("/releases", "/releases/1", "/audit?verify=1"):
        page.goto(f"{studio.address}/studio{path}")
        is_well_made(page, studio)
    assert complaints == []


def test_without_javascript_the_result_comes_as_well(chromium: Browser, studio: Studio) -> None:
    page, _ = visit(chromium, studio, Role.EDITOR, SCREEN)
    plain = chromium.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state(), locale="zh-CN"
    )  # fmt: skip
    page = plain.new_page()
    page.goto(f"{studio.address}/studio/drafts/{later(studio)}/checks")
    expect(page.locator("h1")).to_have_text("检查通过，还有一件事要您确认", timeout=PROOF)


def test_a_step_that_is_put_off_is_confirmed_and_handed_in_by_keyboard_alone(chromium: Browser, studio: Studio) -> None:
    page, _ = visit(chromium, studio, Role.EDITOR, SCREEN)
    number = later(studio)
    page.goto(f"{studio.address}/studio/drafts/{number}/checks")
    expect(page.get_by_role("heading", name="改动之后，有人会少一步或晚一步")).to_be_visible(timeout=PROOF)
    page.get_by_label("我看过了，确实要这样").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/studio/drafts/{number}/changes?done=submitted")
    expect(page.locator("main")).to_contain_text("已提交，等同事批准。")


def test_the_person_of_a_change_opens_on_the_try_it_page(chromium: Browser, studio: Studio) -> None:
    page, _ = visit(chromium, studio, Role.VIEWER, SCREEN)
    page.goto(f"{studio.address}/studio/drafts/{later(studio)}/impact")
    page.get_by_role("link", name="用这个人试一试").first.click()
    expect(page.locator("h1")).to_have_text("试一试")
    assert "fact." in page.url


@BOTH_SCREENS
def test_two_people_in_one_place_choose_side_by_side_and_lose_nothing(
    chromium: Browser, studio: Studio, size: ViewportSize
) -> None:
    number = studio.begin()
    page, _ = visit(chromium, studio, Role.EDITOR, size)
    plain = chromium.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state(), locale="zh-CN", viewport=size
    )  # fmt: skip
    typing = plain.new_page()
    typing.goto(f"{studio.address}/studio/drafts/{number}/text/{FILE}")
    typing.locator("textarea[name=text]").fill(reworded(studio, number, "我写的标题")[FILE])
    studio.change(number, reworded(studio, number, "同事写的标题"))
    typing.locator("form:has(textarea[name=text]) button.button").first.click()
    expect(typing.locator("h1")).to_have_text("您和同事改了同一个地方")
    expect(typing.locator(".side-theirs")).to_contain_text("同事写的标题")
    typing.get_by_label("我的", exact=True).check()
    typing.get_by_role("button", name="按这样保存").click()
    expect(typing).to_have_url(f"{studio.address}/studio/drafts/{number}/text/{FILE}?done=saved")
    assert "我写的标题" in studio.read(number)[FILE]
