"""Lists of a case, one page at a time. A cursor names the last item, so that new items disturb nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from flask import Response
from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from services.advisor.case_desk import cursor_of, place_of, respond
from services.casebook.idempotency import Answer
from services.casebook.tables import CaseRow, ChannelRow, CounsellorQueueRow, DecisionRow, EventRow, FollowUpRow

Row = TypeVar("Row", EventRow, DecisionRow, ChannelRow, CounsellorQueueRow)
LARGEST_ID = 2**62
USUAL_PAGE = 50


def by_number(
    session: Session, query: Select[Row], column: Any, asked: dict[str, Any], show: Callable[[Row], dict[str, Any]]
) -> Response:
    """Oldest first, by row number."""
    place = place_of(asked.get("cursor"))
    if place:
        query = query.where(column > _number(place[0]))
    rows = session.scalars(query.order_by(column).limit(_limit(asked) + 1)).all()
    return _page(rows, _limit(asked), lambda row: cursor_of(row.id), show)


def by_opening(
    session: Session, query: Select[CaseRow], asked: dict[str, Any], show: Callable[[CaseRow], dict[str, Any]]
) -> Response:
    """Cases in the order in which they were opened."""
    place = place_of(asked.get("cursor"))
    key = tuple_(CaseRow.opened_at, CaseRow.id)
    if place:
        query = query.where(key > (_moment(place[0]), str(place[-1])))
    rows = session.scalars(query.order_by(CaseRow.opened_at, CaseRow.id).limit(_limit(asked) + 1)).all()
    return _page(rows, _limit(asked), lambda row: cursor_of(row.opened_at.isoformat(), row.id), show)


def by_due_day(
    session: Session, case_id: str, asked: dict[str, Any], show: Callable[[FollowUpRow], dict[str, Any]]
) -> Response:
    """Follow-ups in the order in which they are due."""
    query = select(FollowUpRow).where(FollowUpRow.case_id == case_id)
    if "state" in asked:
        query = query.where(FollowUpRow.state == asked["state"])
    place = place_of(asked.get("cursor"))
    if place:
        query = query.where(tuple_(FollowUpRow.due_at, FollowUpRow.id) > (_moment(place[0]), _number(place[-1])))
    rows = session.scalars(query.order_by(FollowUpRow.due_at, FollowUpRow.id).limit(_limit(asked) + 1)).all()
    return _page(rows, _limit(asked), lambda row: cursor_of(row.due_at.isoformat(), row.id), show)


def _page(
    rows: Sequence[Any], limit: int, cursor: Callable[[Any], str], show: Callable[[Any], dict[str, Any]]
) -> Response:
    shown = rows[:limit]
    following = cursor(shown[-1]) if len(rows) > limit else None
    body = {"items": [show(row) for row in shown], "next_cursor": following}
    return respond(Answer(200, orjson.dumps(body)))


def _limit(asked: dict[str, Any]) -> int:
    limit: int = asked.get("limit", USUAL_PAGE)
    return limit


def _number(part: object) -> int:
    return part if isinstance(part, int) and 0 <= part <= LARGEST_ID else LARGEST_ID


def _moment(part: object) -> datetime:
    """What is no moment is the end of all time: the page is empty."""
    try:
        return datetime.fromisoformat(str(part)).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=UTC)
