"""What stands over every page of a draft: its tabs, and the one step that comes next."""

from __future__ import annotations

from dataclasses import dataclass

from services.advisor.studio.draft_desk import OpenDraft
from services.advisor.studio.rendering import way
from services.casebook.model import DraftState

TABS = (
    ("overview", "draft"),
    ("sentences", "sentences"),
    ("table", "table"),
    ("text", "text"),
    ("sheet", "sheet"),
    ("try", "try_it"),
    ("checks", "checks"),
    ("tests", "tests"),
    ("impact", "impact"),
    ("changes", "changes"),
)
"""Name of the tab (`tabs.NAME` in the catalogue) and its endpoint, which takes nothing but `number`."""

NEXT = {
    DraftState.OPEN: ("next.check", "checks"),
    DraftState.SUBMITTED: ("next.approve", "changes"),
    DraftState.APPROVED: ("next.publish", "publish"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    address: str


def tabs_of(draft: OpenDraft) -> tuple[Tab, ...]:
    """The tabs whose pages this installation has."""
    found = ((name, way(endpoint, number=draft.row.id)) for name, endpoint in TABS)
    return tuple(Tab(name, address) for name, address in found if address is not None)


def next_step(draft: OpenDraft) -> tuple[str, str] | None:
    """The key of its words, and where it leads."""
    key, endpoint = NEXT.get(draft.row.state, ("", ""))
    address = way(endpoint, number=draft.row.id) if endpoint else None
    return None if address is None else (key, address)
