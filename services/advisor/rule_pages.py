"""Lists of drafts, versions and releases, one page at a time, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from services.advisor.case_desk import cursor_of, place_of
from services.advisor.case_pages import LARGEST_ID, USUAL_PAGE
from services.casebook.rule_tables import DraftRevisionRow, DraftRow
from services.casebook.tables import ReleaseRow

Row = TypeVar("Row", DraftRow, DraftRevisionRow, ReleaseRow)


def newest_first(
    session: Session,
    query: Select[Row],
    column: Any,
    asked: dict[str, Any],
    show: Callable[[Sequence[Any]], list[dict[str, Any]]],
) -> dict[str, Any]:
    """A page in the falling order of `column`, a whole number. A cursor names the last item that was shown."""
    place, limit = place_of(asked.get("cursor")), asked.get("limit", USUAL_PAGE)
    if place:
        query = query.where(column < _number(place[0]))
    rows = session.scalars(query.order_by(column.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    following = cursor_of(getattr(shown[-1], column.key)) if len(rows) > limit else None
    return {"items": show(shown), "next_cursor": following}


def _number(part: object) -> int:
    """What is none of ours is before all numbers: the page is empty."""
    return part if isinstance(part, int) and 0 <= part <= LARGEST_ID else 0
