"""The studio's frame, lists and forms in a real browser: live checks, keyboard, no JavaScript, narrow screens, axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.casebook.model import Role
from services.rulebook.editing.entries import read_entry
from tests.whole.phone import Person
from tests.whole.studio_visit import TABLET, Studio

pytestmark = pytest.mark.whole

RULE = "propose-what-you-can-keep"
PHONE = {"width": 390, "height": 844}
PATHS = ("/studio/", "/studio/rules", "/studio/rules?topic=negotiate", "/studio/rules?q=plan", f"/studio/rules/{RULE}",
         "/studio/vocabulary", "/studio/drafts", "/studio/people", "/studio/nowhere")  # fmt: skip
OF_A_DRAFT = ("", "/topics", "/topics/negotiate", "/entries/facts", f"/edit/rules/{RULE}", "/edit/facts/product",
              "/edit/sources/civil-code", "/edit/contacts/police", "/new/rules?topic=pay", "/new/cases")  # fmt: skip
SCREENS: list[dict[str, Any]] = [
    {}, {"viewport": TABLET, "color_scheme": "dark", "locale": "zh-CN"}, {"viewport": PHONE, "locale": "zh-CN"},
]  # fmt: skip
SCREEN_NAMES = ["desktop", "dark tablet in Chinese", "phone in Chinese"]


@pytest.fixture
def page(context: BrowserContext, studio: Studio) -> Page:
    return studio.sign_in(context, Role.ADMIN)


@pytest.fixture
def form(page: Page, studio: Studio) -> Form:
    return Form(page, studio, studio.begin())


class Form:
    """Somebody at the form of one rule."""

    def __init__(self, page: Page, studio: Studio, number: int) -> None:
        self.page, self.studio, self.number = page, studio, number
        page.goto(f"{studio.address}/studio/drafts/{number}/edit/rules/{RULE}")

    def add_condition(self, fact: str) -> None:
        self.page.get_by_role("button", name="Add a condition").click()
        self.page.locator("#when-3-fact").select_option(fact)
        self.page.locator("#when-3-low").wait_for()

    def save(self) -> None:
        self.page.locator(".form-foot button[value=save]").click()

    @property
    def written(self) -> dict[str, Any]:
        return read_entry(self.studio.read(self.number), "rules", RULE).values

    @property
    def focus(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))


def every_page(page: Page, studio: Studio) -> Iterator[str]:
    number = studio.begin()
    for path in (*PATHS, *(f"/studio/drafts/{number}{path}" for path in OF_A_DRAFT)):
        page.goto(studio.address + path)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        yield path


@pytest.mark.parametrize("context", SCREENS, indirect=True, ids=SCREEN_NAMES)
def test_axe_finds_nothing_on_any_page(page: Page, studio: Studio) -> None:
    person = Person(page, studio.address)
    found = {path: person.violations() for path in every_page(page, studio)}
    assert not {path: violations for path, violations in found.items() if violations}


@pytest.mark.parametrize("context", SCREENS[1:], indirect=True, ids=SCREEN_NAMES[1:])
def test_nothing_is_cut_off_and_everything_is_large_enough_to_be_hit(page: Page, studio: Studio) -> None:
    assert page.viewport_size is not None
    for path in every_page(page, studio):
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path
        small = page.evaluate(
            """() => [...document.querySelectorAll("main button, main .button, main input, main select, .side a,"
                + " main nav a, .choice")].filter(item => !["hidden", "checkbox", "radio"].includes(item.type)
                && item.offsetParent && !item.ariaHidden && item.getBoundingClientRect().height < 43.5)
                .map(item => item.outerHTML.slice(0, 200))"""
        )
        assert not small, path


def test_axe_finds_nothing_at_the_door_and_on_a_form_with_mistakes(form: Form, chromium: Browser) -> None:
    person = Person(form.page, form.studio.address)
    form.page.locator("#title-en").fill("Offer 5 things")
    form.save()
    form.page.locator("#errors").wait_for()
    found = person.violations()
    door = chromium.new_page(locale="en")
    door.goto(f"{form.studio.address}/studio/sign-in")
    assert not found + Person(door, form.studio.address).violations()
    door.close()


def test_while_somebody_types_the_panel_says_what_is_wrong_and_how_the_rule_reads(form: Form) -> None:
    form.page.locator("#title-en").fill("Offer 5 things")
    expect(form.page.locator("#live")).to_contain_text("only in English 5")
    form.page.locator("#title-en").fill("Offer what you can keep")
    form.page.locator("input[name=urgency][value=today]").check()
    expect(form.page.locator("#live")).to_contain_text("today")
    expect(form.page.locator("#live")).to_contain_text("no errors")
    assert form.written["urgency"] == "this_week"


def test_a_condition_is_added_without_leaving_the_page_and_nothing_typed_before_is_lost(form: Form) -> None:
    form.page.locator("#because-en").fill("Because I say so")
    form.page.evaluate("document.body.dataset.same = 'yes'")
    form.add_condition("days_overdue")
    form.page.locator("#when-3-low").fill("1")
    form.page.locator("#when-3-high").fill("90")
    assert form.page.locator("#because-en").input_value() == "Because I say so"
    assert form.page.evaluate("document.body.dataset.same") == "yes"
    form.save()
    form.page.wait_for_url("**/topics/negotiate?done=saved*")
    assert form.written["when"]["days_overdue"] == "1..90"
    expect(form.page.locator(f"#rule-{RULE}")).to_contain_text("1 to 90 days")


def test_the_focus_goes_to_the_new_row_to_the_mistakes_and_from_there_to_the_field(form: Form) -> None:
    form.page.get_by_role("button", name="Add a condition").click()
    expect(form.page.locator("#when-3-fact")).to_be_focused()
    form.page.locator("#title-en").fill("Offer 5 things")
    form.save()
    expect(form.page.locator("#errors")).to_be_focused()
    form.page.locator("#errors a").first.click()
    assert form.focus == "title-zh"


def test_a_rule_is_found_changed_and_saved_by_keyboard_alone(page: Page, studio: Studio) -> None:
    number = studio.begin()
    page.goto(f"{studio.address}/studio/drafts/{number}/topics")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    tab_to(page, "document.activeElement.id === 'q'")
    page.keyboard.type("grace period")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=grace*")
    tab_to(page, "document.activeElement.textContent.startsWith('Edit')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/rules/**")
    tab_to(page, "document.activeElement.id === 'owner'")
    page.keyboard.press("Control+A")
    page.keyboard.type("keyboard-team")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=saved*")
    assert any("keyboard-team" in text for text in studio.read(number).values())


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
def test_the_form_works_without_javascript(form: Form) -> None:
    form.page.get_by_role("button", name="Add a condition").click()
    form.page.locator("#when-3-fact").select_option("days_overdue")
    form.page.locator("li:has(#when-3-fact)").get_by_role("button", name="Show what can be filled in").click()
    form.page.locator("#when-3-low").fill("31")
    form.save()
    form.page.wait_for_url("**done=saved*")
    assert form.written["when"]["days_overdue"] == "31+"


def test_the_policy_holds_and_nothing_is_asked_of_any_other_server(form: Form) -> None:
    complaints: list[str] = []
    asked: list[str] = []
    form.page.on("console", lambda message: complaints.append(message.text))
    form.page.on("request", lambda request: asked.append(request.url))
    form.add_condition("days_overdue")
    for _ in every_page(form.page, form.studio):
        pass
    assert [text for text in complaints if "404" not in text] == []
    assert not [url for url in asked if not url.startswith(form.studio.address)]


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(wanted):
            return
    raise AssertionError(f"150 times Tab, and never {wanted}")
