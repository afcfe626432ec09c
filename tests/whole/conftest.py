"""A real browser, and the rule studio as it runs: one of each for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.whole.phone import DESKTOP, browser
from tests.whole.studio_visit import Studio, run_studio


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with run_studio(tmp_path_factory.mktemp("studio")) as studio:
        yield studio


@pytest.fixture
def screen() -> dict[str, Any]:
    """What somebody looks at who says nothing else."""
    return {"viewport": DESKTOP, "locale": "en"}


@pytest.fixture
def context(chromium: Browser, screen: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Somebody's browser; a test may ask for another screen with an indirect parameter."""
    context = chromium.new_context(**screen | getattr(request, "param", {}))
    context.set_default_timeout(15_000)
    yield context
    context.close()
