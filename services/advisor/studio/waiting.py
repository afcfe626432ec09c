"""Pages whose result takes seconds: they are there at once, and ask for the result themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Response, request

from services.advisor.proofs import ProofsBusyError
from services.advisor.studio.draft_desk import OpenDraft
from services.advisor.studio.rendering import studio_page
from services.advisor.studio.steps import steps_of

Result = TypeVar("Result")
NOW = "now"
"""With `?now=1` a page waits for its result; without it, the result comes after the page."""


def at_once_or_now(draft: OpenDraft, tab: str, finished: Callable[[], Response]) -> Response:
    """The page that waits, or with `?now=1` the finished one; while too many wait, the page asks again by itself."""
    page = result_now(finished)
    if page is not None:
        return page
    is_busy = is_asked_now()
    return studio_page(
        f"{tab}.html", 503 if is_busy else 200, draft=draft, tab=tab, steps=steps_of(draft), is_busy=is_busy
    )  # fmt: skip


def result_now(work_out: Callable[[], Result]) -> Result | None:
    """The result if it is asked for now, and if there is room to work it out."""
    if not is_asked_now():
        return None
    try:
        return work_out()
    except ProofsBusyError:
        return None


def is_asked_now() -> bool:
    return request.args.get(NOW) == "1"
