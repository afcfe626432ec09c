"""A person with a cheap phone, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import axe_core_python
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SMALL, DESKTOP = {"width": 360, "height": 640}, {"width": 1280, "height": 900}
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
AT_REST = """() => Promise.all(
    document.getAnimations()
        .filter(one => Number.isFinite(one.effect.getComputedTiming().endTime))
        .map(one => one.finished.catch(() => null)))"""
"""All movements that come to an end have ended."""
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
}
"""WCAG 2.2 AA, and beyond it a contrast of 7:1."""


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Person:
    """Looks at pages and answers questions as `facts` say; whatever is not in them is left open."""

    page: Page
    address: str

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.address).split("?")[0]

    def begin(self) -> None:
        self.open("/")
        self.page.locator("main button.button").first.click()
        self.page.wait_for_url("**/q/*")

    def answer(self, facts: dict[str, Any]) -> None:
        """Answers the question in sight and waits until the page has gone on."""
        before, fact = self.page.url, self.path.removeprefix("/q/")
        value = facts.get(fact)
        if isinstance(value, list) and value:
            for word in value:
                self.page.locator(f'input[value="{word}"]').check()
            self.page.locator("main form button.button").first.click()
        elif isinstance(value, int) and not isinstance(value, bool):
            self.page.locator("input#answer").fill(str(value // 100 if fact.endswith("_fen") else value))
            self.page.locator("main form button.button").first.click()
        else:
            self.page.locator(f'button[name=answer][value="{self._word(value)}"]').first.click()
        self.page.wait_for_url(lambda url: url != before)

    def walk_to_the_list(self, facts: dict[str, Any]) -> list[str]:
        """From the start to the list; answers the paths on the way."""
        self.begin()
        walked = []
        while self.path != "/plan":
            walked.append(self.path)
            if self.path.startswith("/q/"):
                self.answer(facts)
            else:
                self._go_on()
        return walked

    def violations(self) -> list[str]:
        """What axe finds wrong with the page in sight, when nothing in it fades or moves any more."""
        self.page.evaluate(AT_REST)
        self.page.evaluate(AXE)
        found = self.page.evaluate("options => axe.run(document, options)", AXE_OPTIONS)
        return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found["violations"]]

    def _go_on(self) -> None:
        before = self.page.url
        link = "/plan" if before.endswith("/check") else "/next"
        self.page.locator(f'main a[href="{link}"]').click()
        self.page.wait_for_url(lambda url: url != before)

    @staticmethod
    def _word(value: object) -> str:
        if value is None:
            return "declined"
        if value == []:
            return "none_of_these"
        return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
