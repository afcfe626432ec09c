"""Somebody who never saw the code changes the advice: stopped by a gap, mended, approved, published, rolled back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from services.casebook.model import Role
from tests.servers import wait_until
from tests.whole.phone import DESKTOP, Person
from tests.whole.studio_visit import TABLET, Studio, run_studio

pytestmark = pytest.mark.whole

RULE = "do-not-count-on-grace"
OTHER_RULE = "calm-words-ready"
NEW_WORDS = "别指望“缓冲期”，今天就看合同"
SOMEBODY = {"days_overdue": 6, "ability_to_pay": "partial", "debt_status": "not_mine"}
PROOF = 60_000
"""Milliseconds that a proof may take on a busy machine."""


@pytest.fixture
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with run_studio(tmp_path_factory.mktemp("studio")) as studio:
        yield studio


@dataclass(frozen=True, slots=True)
class Admin:
    """Somebody in front of a browser who looks for words and buttons."""

    page: Page
    studio: Studio

    def press(self, name: str) -> None:
        named = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        named.first.click()

    def open(self, path: str) -> None:
        self.page.goto(f"{self.studio.address}/studio{path}")

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words, timeout=PROOF)

    def set_last_day(self, day: str) -> None:
        self.open(f"/drafts/1/edit/rules/{RULE}")
        self.page.get_by_label("到", exact=True).first.fill(day)
        self.press("保存")
        self.sees("已保存")

    def is_well_made(self) -> None:
        """No violation of accessibility rules, and nothing sticks out sideways."""
        assert Person(self.page, self.studio.address).violations() == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def admin(chromium: Browser, studio: Studio, role: Role, size: ViewportSize) -> Admin:
    context = chromium.new_context(viewport=size, locale="zh-CN")
    context.set_default_timeout(15_000)
    return Admin(studio.sign_in(context, role), studio)


def advised(page: Page, studio: Studio) -> str:
    """What the rules in force say to the person about where they stand."""
    answer = page.request.post(f"{studio.address}/v1/advice", data={"facts": SOMEBODY}).json()
    return next(str(step["title"]) for step in answer["steps"] if step["action"] == "learn_rights")


def look_for_the_rule(lin: Admin) -> None:
    lin.open("/rules")
    lin.page.get_by_role("searchbox").fill("缓冲期")
    lin.press("查找")
    lin.page.get_by_role("link", name="别指望").first.click()
    lin.is_well_made()
    lin.press("在新草稿里修改")


def be_stopped_by_a_gap(lin: Admin) -> None:
    """Who says something for five days only leaves somebody who is six days late without it."""
    lin.set_last_day("5")
    lin.press("检查并提交")
    lin.sees("处要改")
    lin.sees("6 天")
    expect(lin.page.get_by_role("button", name="提交，请同事批准")).to_have_count(0)
    lin.is_well_made()


def change_words_and_urgency(lin: Admin) -> None:
    lin.set_last_day("7")
    lin.open(f"/drafts/1/edit/rules/{RULE}")
    lin.page.locator("[name=title-zh]").fill(NEW_WORDS)
    lin.page.locator("[name=title-en]").fill("Do not count on a grace period; read the contract today")
    lin.press("保存")
    lin.sees("已保存")
    lin.open(f"/drafts/1/edit/rules/{OTHER_RULE}")
    lin.page.get_by_label("今天", exact=True).check()
    lin.press("保存")
    lin.sees("已保存")


def look_whom_it_affects_and_hand_in(lin: Admin) -> None:
    lin.open("/drafts/1/impact")
    lin.sees("变得更急")
    lin.sees("没有人少一步，也没有人晚一步")
    lin.is_well_made()
    lin.open("/drafts/1/changes")
    lin.sees("一直坚持")
    lin.open("/drafts/1/checks")
    lin.sees("可以提交")
    lin.press("提交，请同事批准")
    lin.sees("等同事批准")


def approve_and_publish(wu: Admin) -> None:
    wu.open("/drafts/1")
    wu.press("查看并批准")
    wu.press("批准这些改动")
    wu.sees("已批准")
    wu.open("/drafts/1/publish")
    wu.is_well_made()
    wu.page.get_by_role("button", name="发布").click()
    wu.sees("已发布")


@pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])
def test_a_change_of_the_advice_from_the_first_look_to_the_way_back(
    chromium: Browser, studio: Studio, size: ViewportSize
) -> None:
    lin, wu = admin(chromium, studio, Role.EDITOR, size), admin(chromium, studio, Role.PUBLISHER, size)
    before = advised(lin.page, studio)
    assert "缓冲期" in before
    look_for_the_rule(lin)
    be_stopped_by_a_gap(lin)
    change_words_and_urgency(lin)
    look_whom_it_affects_and_hand_in(lin)
    approve_and_publish(wu)
    wait_until(lambda: advised(lin.page, studio) == NEW_WORDS, "the next answer to follow the new release")

    wu.open("/releases/1")
    wu.page.get_by_label("为什么").fill("先改回来再看看")
    began = time.monotonic()
    wu.press("让版本 1 重新生效")
    wait_until(lambda: advised(lin.page, studio) == before, "the advice to be as it was")
    assert time.monotonic() - began < 5
    wu.is_well_made()
