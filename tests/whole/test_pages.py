"""The pages in a real browser: the journeys of the personas, small phones, no JavaScript, keyboard, axe."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import BrowserContext
from pypdf import PdfReader

from services.rulebook.load import load_rulebook, read_folder
from services.rulebook.model import Case
from tests.whole.advisor_server import run_advisor
from tests.whole.phone import DESKTOP, SMALL, Person

pytestmark = pytest.mark.whole

FREELANCER = {
    "safety_state": "ok", "product": "jiebei", "days_overdue": 12, "missed_calls_7d": 9, "negotiation": "not_started",
    "ability_to_pay": "partial", "income_outlook": "irregular", "conduct": [], "legal_doc": "none", "agent": "none",
}  # fmt: skip
PATHS = ("/", "/q/safety_state", "/q/conduct", "/q/days_overdue", "/help", "/privacy", "/all", "/plan", "/check",
         "/follow", "/return", "/sheet", "/share", "/nowhere")  # fmt: skip


def personas() -> list[Case]:
    cases = load_rulebook(read_folder("rules")).cases
    return [case for case in cases if case.place.file.endswith("cases/personas.yaml")]


@pytest.fixture
def screen() -> dict[str, Any]:
    """A small phone, in Chinese."""
    return {"viewport": SMALL, "locale": "zh-CN"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_advisor(tmp_path_factory.mktemp("pages")) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def person(context: BrowserContext, address: str) -> Person:
    return Person(context.new_page(), address)


@pytest.mark.parametrize("case", personas(), ids=lambda case: case.name[:40])
def test_a_persona_reaches_a_list_that_holds_what_it_must_and_nothing_it_must_not(person: Person, case: Case) -> None:
    facts = {"safety_state": "ok", **case.given}
    walked = person.walk_to_the_list(facts)
    asked = [path for path in walked if path.startswith("/q/")]
    assert len(asked) <= 12
    titles = person.page.locator("main h3").all_inner_texts()
    rulebook = load_rulebook(read_folder("rules"))
    never = {rule.title.zh for rule in rulebook.rules if rule.advise in case.never}
    assert titles
    assert not never & set(titles)


def test_a_first_step_is_in_sight_after_four_questions(person: Person) -> None:
    walked = person.walk_to_the_list(FREELANCER)
    assert walked.index("/first-step") <= 4


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
def test_everything_works_without_javascript(person: Person) -> None:
    person.open("/")
    person.page.locator("main button.button").click()
    for _ in range(4):
        person.page.locator('button[value="declined"]').click()
    assert person.path == "/first-step"
    person.page.locator('main a[href="/plan"]').click()
    assert person.page.locator("article.card.one h3").inner_text()


@pytest.mark.parametrize(
    "context", [{}, {"viewport": DESKTOP}, {"color_scheme": "dark"}, {"locale": "en"}], indirect=True,
    ids=["phone", "desktop", "dark", "english"],
)  # fmt: skip
def test_axe_finds_nothing_on_any_page(person: Person) -> None:
    found = {}
    person.walk_to_the_list(FREELANCER)
    for path in PATHS:
        person.open(path)
        person.page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        found[path] = person.violations()
    assert not {path: violations for path, violations in found.items() if violations}


def test_axe_finds_nothing_on_the_pages_of_a_mistake_of_danger_and_of_a_second_look(person: Person) -> None:
    found = []
    person.open("/q/days_overdue")
    person.page.locator("input#answer").fill("很久")
    person.page.keyboard.press("Enter")
    person.page.locator(".errors").wait_for()
    found += person.violations()
    person.open("/q/safety_state")
    person.page.locator('button[value="self_harm_risk"]').click()
    person.page.wait_for_url("**/safe")
    found += person.violations()
    person.open("/q/essential_costs_fen")
    person.page.locator("input#answer").fill("0")
    person.page.keyboard.press("Enter")
    person.page.locator('input[name="sure"]').wait_for(state="attached")
    found += person.violations()
    assert not found


def test_axe_finds_nothing_on_a_saved_list_and_the_policy_holds_there(person: Person) -> None:
    complaints: list[str] = []
    person.page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    person.walk_to_the_list(FREELANCER)
    person.open("/follow")
    person.page.locator("#store").check()
    person.page.locator("main form button.button").click()
    person.page.locator(".code").wait_for()
    found = person.violations()
    person.page.locator("main a.button").click()
    person.page.wait_for_url("**/case")
    person.page.locator('button[value="contacted"]').click()
    person.page.locator("[role=status]").wait_for()
    assert not found + person.violations()
    assert not complaints


def test_the_way_can_be_gone_by_keyboard_alone(person: Person) -> None:
    person.open("/")
    for _ in range(12):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    person.page.keyboard.press("Enter")
    person.page.wait_for_url("**/q/safety_state")
    for _ in range(12):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("document.activeElement.value") == "ok":
            break
    assert person.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    person.page.keyboard.press("Enter")
    person.page.wait_for_url(lambda url: not url.endswith("safety_state"))


@pytest.mark.parametrize("width", [320, 360, 180])
def test_nothing_is_cut_off_on_narrow_screens_and_at_double_zoom(person: Person, width: int) -> None:
    person.walk_to_the_list(FREELANCER)
    person.page.set_viewport_size({"width": width, "height": 640})
    for path in PATHS:
        person.open(path)
        assert person.page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_text_is_large_and_targets_are_large_enough_for_a_thumb(person: Person) -> None:
    person.walk_to_the_list(FREELANCER)
    for path in PATHS:
        person.open(path)
        small = person.page.evaluate(
            """() => [...document.querySelectorAll("main button, main .button, main input, main select, main summary,"
                + " .top a, .foot a")].filter(item => !["hidden", "checkbox", "radio"].includes(item.type)
                && item.offsetParent && item.getBoundingClientRect().height < 47.5).map(item => item.outerHTML)"""
        )
        assert not small, path
        tiny = person.page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter(item => item.offsetParent && item.innerText
                && parseFloat(getComputedStyle(item).fontSize) < 18).map(item => item.outerHTML)"""
        )
        assert not tiny, path


def test_back_and_reload_lose_no_answer(person: Person) -> None:
    person.begin()
    person.answer(FREELANCER)
    person.page.go_back()
    person.page.wait_for_url("**/q/safety_state")
    person.page.locator('button[value="ok"].chosen').wait_for()
    person.page.reload()
    person.page.locator('button[value="ok"].chosen').wait_for()


def printed(person: Person) -> list[str]:
    """The text of each page as it would come out of a printer."""
    return texts_of(person.page.pdf(format="A4"))


def texts_of(pdf: bytes) -> list[str]:
    """Fonts may map a character to its radical of the same shape; NFKC takes that back."""
    texts = (page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return [unicodedata.normalize("NFKC", text).replace("\n", "") for text in texts]


def test_the_printed_list_is_chinese_text_that_can_be_selected(person: Person) -> None:
    person.walk_to_the_list(FREELANCER)
    heading = person.page.locator("article.card.one h3").inner_text()
    assert heading in "".join(printed(person))


def test_the_downloaded_file_holds_the_same_text(person: Person) -> None:
    person.walk_to_the_list(FREELANCER)
    heading = person.page.locator("article.card.one h3").inner_text()
    answer = person.page.request.get(f"{person.address}/plan.pdf")
    assert heading in "".join(texts_of(answer.body()))


def test_the_sheet_for_a_counsellor_is_one_page_of_a4(person: Person) -> None:
    person.walk_to_the_list(FREELANCER | {"conduct": ["threat", "leak"], "legal_doc": "summons", "agent": "paid"})
    person.open("/sheet")
    assert len(printed(person)) == 1


def test_the_first_page_is_painted_within_two_seconds_on_a_slow_phone_and_a_slow_line(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    speed = 400_000 / 8
    tools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": speed, "uploadThroughput": speed},
    )
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.goto(f"{address}/")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert paint <= 2000


def test_nothing_is_asked_of_any_other_server(person: Person, address: str) -> None:
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.walk_to_the_list(FREELANCER)
    assert not [url for url in asked if not url.startswith(address)]
