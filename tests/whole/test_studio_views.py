"""Table, text and try-it page of a draft in a real browser: keyboard, live checks, strict policy, axe."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from services.casebook.model import Role
from services.rulebook.load import read_folder
from tests.whole.phone import DESKTOP, Person
from tests.whole.studio_visit import PASSWORD, TABLET, Studio

pytestmark = pytest.mark.whole

LOUD = ("error", "warning")
PAY = "topics/pay.yaml"
RULE = "pay-what-is-overdue"
PERSON = "fact.days_overdue=12&fact.ability_to_pay=partial&fact.negotiation=not_started&fact.conduct=threat"


@pytest.fixture
def complaints(context: BrowserContext) -> list[str]:
    """Everything that the browser has to say about any page, and every script that failed."""
    found: list[str] = []
    context.on("console", lambda message: found.append(message.text) if message.type in LOUD else None)
    context.on("weberror", lambda error: found.append(str(error.error)))
    return found


@pytest.fixture
def page(context: BrowserContext, complaints: list[str], studio: Studio) -> Page:
    return studio.sign_in(context, Role.EDITOR)


@pytest.fixture
def number(studio: Studio) -> int:
    return studio.begin()


def open_text(page: Page, studio: Studio, number: int, hash_: str = "") -> None:
    page.goto(f"{studio.address}/studio/drafts/{number}/text/{PAY}{hash_}")
    page.locator("html[data-editor-ready=full]").wait_for(state="attached")


def open_table(page: Page, studio: Studio, number: int, topic: str = "pay") -> None:
    page.goto(f"{studio.address}/studio/drafts/{number}/table/{topic}")
    page.locator("[data-ready]").wait_for()


def focused(page: Page) -> str:
    """The column of the cell in focus, or what else is."""
    return str(page.evaluate("() => document.activeElement.dataset.column || document.activeElement.tagName"))


# Text


def test_the_editor_takes_the_text_area_over_and_the_policy_holds(
    page: Page, studio: Studio, number: int, complaints: list[str]
) -> None:
    open_text(page, studio, number)
    assert "pay-what-is-overdue" in page.locator(".cm-content").inner_text()
    assert page.locator(".cm-lineNumbers").count() == 1
    assert page.locator(".cm-content [class*=code-]").count() > 20
    page.locator(".cm-content").click()
    page.keyboard.press("Control+f")
    page.locator(".cm-search input").first.fill("advise")
    page.keyboard.press("Escape")
    assert complaints == []


def test_what_is_typed_is_checked_at_once_and_a_problem_leads_to_its_line(
    page: Page, studio: Studio, number: int
) -> None:
    open_text(page, studio, number)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n- id: half-a-rule\n")
    problem = page.locator(".problem-lines li.error a", has_text=PAY).first
    problem.wait_for()
    assert page.locator(".problem-gutter .problem-sign").count() >= 1
    page.keyboard.press("Control+Home")
    problem.click()
    expect(page.locator(".cm-activeLine")).to_contain_text("half-a-rule")


def test_saving_keeps_the_text_and_the_place_in_it(page: Page, studio: Studio, number: int) -> None:
    before = studio.read(number)
    open_text(page, studio, number)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("# 一句话\n")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    page.locator("html[data-editor-ready=full]").wait_for(state="attached")
    assert studio.read(number) == {**before, PAY: before[PAY] + "# 一句话\n"}
    expect(page.locator(".cm-content")).to_contain_text("# 一句话")


def test_what_was_typed_survives_a_session_that_has_ended(
    page: Page, context: BrowserContext, studio: Studio, number: int
) -> None:
    open_text(page, studio, number)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("# typed for an hour\n")
    context.clear_cookies()
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    page.locator("input[name=name]").fill(studio.accounts[-1])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    open_text(page, studio, number)
    expect(page.locator("[data-restored]")).to_be_visible()
    with page.expect_navigation():
        page.locator(".form-foot button").click()
    page.locator("html[data-editor-ready=full]").wait_for(state="attached")
    expect(page.locator("[data-restored]")).to_be_hidden()
    assert studio.read(number)[PAY].endswith("# typed for an hour\n")


def test_tab_indents_and_escape_then_tab_leaves_the_editor(page: Page, studio: Studio, number: int) -> None:
    open_text(page, studio, number)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className").startswith("cm-content")
    expect(page.locator(".cm-line").first).to_have_text(
        "  # Paying, where the money is there and nothing speaks against it. One winner."
    )
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert focused(page) == "BUTTON"


@pytest.mark.parametrize("hash_", [f"#{RULE}", "#L10"])
def test_an_address_leads_to_a_rule_or_a_line(page: Page, studio: Studio, number: int, hash_: str) -> None:
    open_text(page, studio, number, hash_)
    expect(page.locator(".cm-activeLine")).to_have_text(f"- id: {RULE}")


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_the_text_area_saves_as_well(page: Page, studio: Studio, number: int) -> None:
    before = studio.read(number)
    page.goto(f"{studio.address}/studio/drafts/{number}/text/{PAY}")
    page.locator("textarea").fill("# nothing\n" + before[PAY])
    page.locator("form[data-text] button").click()
    assert studio.read(number) == {**before, PAY: "# nothing\n" + before[PAY]}


# Table


def test_arrow_keys_move_and_one_cell_alone_is_in_the_order_of_tabs(
    page: Page, studio: Studio, number: int, complaints: list[str]
) -> None:
    open_table(page, studio, number)
    assert page.locator("[role=grid] [tabindex='0']").count() == 1
    page.locator("[role=grid] [tabindex='0']").focus()
    walked = []
    for key in ("ArrowRight", "ArrowDown", "End", "Home", "Control+End", "Control+Home"):
        page.keyboard.press(key)
        walked.append((focused(page), page.evaluate("() => document.activeElement.closest('tr').rowIndex")))
        assert page.locator("[role=grid] [tabindex='0']").count() == 1
    last = page.locator("[role=grid] tr").count() - 1
    assert walked == [
        ("fact.days_overdue", 1), ("fact.days_overdue", 2), ("urgency", 2), ("A", 2), ("urgency", last), ("A", 1),
    ]  # fmt: skip
    page.keyboard.press("Tab")
    assert page.evaluate("() => !document.activeElement.closest('[role=grid]')")
    assert complaints == []


def test_a_cell_is_edited_in_place_saved_and_left_with_the_same_keys_as_in_a_spreadsheet(
    page: Page, studio: Studio, number: int
) -> None:
    open_table(page, studio, number)
    cell = page.locator(f"#rule-{RULE} td[data-column='fact.days_overdue']")
    cell.click()
    page.keyboard.press("Enter")
    page.locator("td.editing input").fill("１..90")
    page.keyboard.press("Escape")
    expect(cell).to_have_attribute("data-written", "1+")
    assert focused(page) == "fact.days_overdue"
    page.keyboard.press("F2")
    page.locator("td.editing input").fill("１..９０")
    page.keyboard.press("Tab")
    expect(cell).to_have_text("1 to 90 days")
    expect(page.locator("[data-grid-status]")).to_contain_text("Saved")
    assert focused(page) == "fact.days_until_due"
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator(f"#rule-{RULE} td[data-column='fact.days_until_due']")).to_have_attribute("data-written", "3")
    page.keyboard.press("Delete")
    expect(page.locator(f"#rule-{RULE} td[data-column='fact.days_until_due']")).to_have_text("any")
    pay = studio.read(number)[PAY]
    assert "    days_overdue: 1..90\n" in pay
    assert "days_until_due: 3" not in pay


def test_a_mistake_stays_in_its_cell_with_what_was_meant(page: Page, studio: Studio, number: int) -> None:
    open_table(page, studio, number)
    page.locator(f"#rule-{RULE} td[data-column='fact.negotiation']").click()
    page.keyboard.press("Enter")
    page.locator("td.editing input").fill("not_startet")
    page.keyboard.press("Enter")
    error = page.locator("#cell-error")
    expect(error).to_contain_text("Did you mean `not_started`?")
    field = page.locator("td.editing input")
    expect(field).to_be_focused()
    assert field.get_attribute("aria-invalid") == "true"
    assert "cell-error" in str(field.get_attribute("aria-describedby"))
    field.fill("not_started")
    page.keyboard.press("Enter")
    expect(page.locator(f"#rule-{RULE} td[data-column='fact.negotiation']")).to_have_attribute(
        "data-written", "not_started"
    )


def test_the_advice_is_chosen_from_the_list_of_actions(page: Page, studio: Studio, number: int) -> None:
    open_table(page, studio, number)
    page.locator(f"#rule-{RULE} td[data-column=urgency]").click()
    page.keyboard.press("Enter")
    page.locator("td.editing select").select_option("now")
    page.keyboard.press("Enter")
    expect(page.locator(f"#rule-{RULE} td[data-column=urgency]")).to_have_attribute("data-written", "now")


def test_an_edit_of_what_a_colleague_changed_meanwhile_shows_all_three_states(
    page: Page, studio: Studio, number: int
) -> None:
    open_table(page, studio, number)
    pay = studio.read(number)[PAY]
    studio.change(number, {PAY: pay.replace("days_overdue: 1+", "days_overdue: 2+", 1)})
    page.locator(f"#rule-{RULE} td[data-column='fact.days_overdue']").click()
    page.keyboard.press("Enter")
    page.locator("td.editing input").fill("3+")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("2+")
    expect(page.locator("main")).to_contain_text("3+")


def test_rules_and_columns_stay_in_sight_and_the_page_itself_never_scrolls_sideways(
    page: Page, studio: Studio, number: int
) -> None:
    for size in (DESKTOP, TABLET):
        page.set_viewport_size(ViewportSize(width=size["width"], height=size["height"]))
        open_table(page, studio, number)
        page.locator(".grid-wrap").evaluate("part => { part.scrollLeft = 10_000; }")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
        head = page.locator(f"#rule-{RULE} th").bounding_box()
        frame = page.locator(".grid-wrap").bounding_box()
        assert head is not None
        assert frame is not None
        assert abs(head["x"] - frame["x"]) < 3


# Trying it out


def test_facts_are_found_set_and_taken_out_and_the_phone_follows(
    page: Page, studio: Studio, number: int, complaints: list[str]
) -> None:
    page.goto(f"{studio.address}/studio/drafts/{number}/try")
    page.locator("#try-add").fill("what collectors have done")
    page.keyboard.press("Enter")
    page.locator("#fact-conduct-threat").check()
    expect(page.locator(".tried-step h3").first).to_have_text("If you are threatened, call 110")
    phone = page.frame_locator("iframe")
    expect(phone.locator("article.card.one h3")).to_have_text("If you are threatened, call 110")
    page.locator("button[name=remove][value=conduct]").click()
    expect(page.locator("#fact-conduct-threat")).to_have_count(0)
    expect(phone.locator("article.card.one h3")).not_to_have_text("If you are threatened, call 110")
    assert complaints == []


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
def test_trying_works_without_javascript(page: Page, studio: Studio, number: int) -> None:
    page.goto(f"{studio.address}/studio/drafts/{number}/try?shown=days_overdue")
    page.locator("#fact-days_overdue").fill("12")
    page.locator("#try-add").fill("conduct")
    page.locator(".try-top button").click()
    page.locator("#fact-conduct-threat").check()
    page.locator(".try-top button").click()
    assert page.locator("#fact-days_overdue").input_value() == "12"
    assert page.locator(".tried-step h3").first.inner_text() == "If you are threatened, call 110"


def test_the_phone_can_be_read_and_its_links_lead_nowhere(page: Page, studio: Studio, number: int) -> None:
    page.goto(f"{studio.address}/studio/drafts/{number}/try?{PERSON}")
    phone = page.frame_locator("iframe")
    phone.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(phone.locator("article.card.one details[open]")).to_have_count(1)
    assert phone.locator("a.brand").count() == 1
    assert phone.locator("a[href]").count() == 0


# Spreadsheet


def test_a_spreadsheet_goes_out_and_comes_back_with_one_change(
    page: Page, studio: Studio, number: int, complaints: list[str]
) -> None:
    page.goto(f"{studio.address}/studio/drafts/{number}/sheet")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel (.xlsx)").click()
    workbook = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    columns = {cell.value: cell.column for cell in workbook["rules"][1]}
    row = next(row for row in workbook["rules"].iter_rows() if row[2].value == RULE)
    row[columns["urgency"] - 1].value = "now"
    edited = io.BytesIO()
    workbook.save(edited)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("#sheet").set_input_files({"name": "rules.xlsx", "mimeType": kind, "buffer": edited.getvalue()})
    page.get_by_role("button", name="See what would change").click()
    expect(page.locator(".changed")).to_have_count(1)
    page.get_by_role("button", name="Save to the draft").click()
    page.wait_for_url("**/sheet?done=saved")
    before = read_folder("rules")
    assert studio.read(number) == {**before, PAY: before[PAY].replace("urgency: today", "urgency: now", 1)}
    assert complaints == []


# All of them


@dataclass
class Inspection:
    """Everything that axe finds, and pages that are wider than the window."""

    page: Page
    found: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        self.found += [f"{name}: {violation}" for violation in Person(self.page, "").violations()]
        if self.page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            self.found.append(f"{name}: wider than the window")


SCREENS: list[dict[str, Any]] = [{}, {"viewport": TABLET, "color_scheme": "dark", "locale": "zh-CN"}]
on_every_screen = pytest.mark.parametrize("context", SCREENS, indirect=True, ids=["desktop", "tablet, dark, Chinese"])


@on_every_screen
def test_axe_finds_nothing_in_the_text_view(page: Page, studio: Studio, number: int, complaints: list[str]) -> None:
    inspection = Inspection(page)
    open_text(page, studio, number)
    inspection.look("as it is")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+f")
    inspection.look("searching")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("x: 1\n")
    page.locator(".problem-lines li.error").first.wait_for()
    inspection.look("with a mistake")
    assert inspection.found + complaints == []


@on_every_screen
def test_axe_finds_nothing_in_the_table(page: Page, studio: Studio, number: int) -> None:
    inspection = Inspection(page)
    open_table(page, studio, number, "negotiate")
    inspection.look("as it is")
    page.locator("tbody td").first.click()
    page.keyboard.press("Enter")
    page.locator("td.editing input").fill("??")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-error")).not_to_be_empty()
    inspection.look("with a mistake")
    assert inspection.found == []


@on_every_screen
def test_axe_finds_nothing_on_the_try_it_page(page: Page, studio: Studio, number: int, complaints: list[str]) -> None:
    inspection = Inspection(page)
    page.goto(f"{studio.address}/studio/drafts/{number}/try?{PERSON}&fact.days_until_due=x&add=zzz&day=2020-01-01")
    page.evaluate("() => document.querySelectorAll('details').forEach(part => { part.open = true; })")
    inspection.look("with mistakes")
    broken = studio.begin({PAY: "topic: pay\nrulez: []\n"})
    page.goto(f"{studio.address}/studio/drafts/{broken}/try")
    inspection.look("of a draft that cannot be read")
    assert inspection.found + complaints == []


@on_every_screen
def test_axe_finds_nothing_on_the_pages_of_a_spreadsheet(page: Page, studio: Studio, number: int) -> None:
    inspection = Inspection(page)
    sheet = f"{studio.address}/studio/drafts/{number}/sheet"
    page.goto(sheet)
    inspection.look("as it is")
    csv = page.request.get(f"{sheet}.csv").text()
    bring_back(page, csv.replace(",today,", ",todai,", 3))
    inspection.look("with mistakes")
    pay = studio.read(number)[PAY].replace("urgency: today", "urgency: this_week", 1)
    studio.change(number, {PAY: pay})
    page.goto(sheet)
    bring_back(page, csv.replace(",today,", ",now,"))
    expect(page.locator("fieldset.clash")).to_have_count(1)
    inspection.look("with something to choose")
    assert inspection.found == []


def bring_back(page: Page, csv: str) -> None:
    page.locator("#sheet").set_input_files({"name": "r.csv", "mimeType": "text/csv", "buffer": csv.encode()})
    page.locator("form[enctype] button").click()
