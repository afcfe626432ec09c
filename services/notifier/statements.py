"""The few statements that run for every message, made once: making them anew each time costs more than running them."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, insert, or_, select, update
from sqlalchemy.sql.dml import Insert, ReturningUpdate, Update

from services.casebook.model import PENDING, FollowUpState
from services.casebook.tables import CaseRow, ChannelRow, DeliveryRow, FollowUpRow

FOLLOW_UP = cast("Table", FollowUpRow.__table__)
DELIVERY = cast("Table", DeliveryRow.__table__)
MAY_HAVE_ARRIVED = (FollowUpState.SENT, FollowUpState.SENDING, FollowUpState.UNKNOWN)

HELD: Select[CaseRow, FollowUpRow] = (
    select(CaseRow, FollowUpRow)
    .join(FollowUpRow, FollowUpRow.case_id == CaseRow.id)
    .where(
        FollowUpRow.id == bindparam("id"),
        FollowUpRow.token == bindparam("token"),
        FollowUpRow.state == FollowUpState.DISPATCHED,
    )
    .with_for_update(of=CaseRow)
    .execution_options(populate_existing=True)
)
"""A message that this job holds, with its case, which nobody else changes until we have decided."""

CHANNELS = select(ChannelRow).where(ChannelRow.case_id == bindparam("case_id"))

MESSAGES_AROUND = select(FollowUpRow).where(
    FollowUpRow.case_id == bindparam("case_id"),
    FollowUpRow.id != bindparam("id"),
    or_(
        FollowUpRow.state.in_(PENDING),
        FollowUpRow.state.in_(MAY_HAVE_ARRIVED)
        & (FollowUpRow.sent_at.is_(None) | (FollowUpRow.sent_at > bindparam("since"))),
        FollowUpRow.cancelled_because == bindparam("merged"),
    ),
)
"""What is still to come, what may have arrived in the days that the caps look back on, and what was merged into it."""


def _change(from_state: FollowUpState, *names: str, **fixed: Any) -> ReturningUpdate[int]:
    """Change a message in this state, if the token still holds. Gives its id, or nothing if it does not."""
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return (
        update(FOLLOW_UP)
        .where(
            FOLLOW_UP.c.id == bindparam("held_id"),
            FOLLOW_UP.c.token == bindparam("held_token"),
            FOLLOW_UP.c.state == from_state,
        )
        .values(values | fixed)
        .returning(FOLLOW_UP.c.id)
    )


LET_GO: dict[str, Any] = {"token": None, "lease_until": None}

START_SENDING = _change(FollowUpState.DISPATCHED, "delivery_id", "attempts", "lease_until", state=FollowUpState.SENDING)
PUT_OFF = _change(FollowUpState.DISPATCHED, "next_try_at", state=FollowUpState.SCHEDULED, **LET_GO)
TAKE_BACK = _change(FollowUpState.DISPATCHED, "cancelled_because", state=FollowUpState.CANCELLED, **LET_GO)
PARK = _change(FollowUpState.DISPATCHED, state=FollowUpState.UNKNOWN, **LET_GO)
MARK_SENT = _change(FollowUpState.SENDING, "sent_at", state=FollowUpState.SENT, **LET_GO)

START_DELIVERY: Insert = insert(DELIVERY)
FINISH_DELIVERY: Update = (
    update(DELIVERY)
    .where(DELIVERY.c.id == bindparam("key"))
    .values(state=bindparam("new_state"), response_code=bindparam("new_code"), finished_at=bindparam("new_finished_at"))
)
