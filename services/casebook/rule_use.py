"""How often each rule spoke, by day; nothing about anybody it spoke to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.casebook.rule_tables import RuleUseRow


def add_uses(session: Session, day: date, counts: Mapping[str, int]) -> None:
    """Add to what was counted on this day before, here or by another process."""
    if not counts:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [{"rule": rule, "day": day, "count": count} for rule, count in sorted(counts.items())]
    statement = insert(RuleUseRow).values(rows)
    added = RuleUseRow.count + statement.excluded.count
    session.execute(statement.on_conflict_do_update(index_elements=["rule", "day"], set_={"count": added}))


def uses_since(session: Session, first: date) -> dict[str, int]:
    """Rule id -> how often it spoke from that day on; a rule that never did is not in it."""
    query = select(RuleUseRow.rule, func.sum(RuleUseRow.count)).where(RuleUseRow.day >= first).group_by(RuleUseRow.rule)
    return {rule: int(count) for rule, count in session.execute(query)}
