"""What time alone changes: the facts that grow or fall by one with every day."""

from __future__ import annotations

from dataclasses import replace

from services.rulebook.model import Fact, Moves, Rulebook, Situation, Value


def days_later(rulebook: Rulebook, situation: Situation, days: int) -> Situation:
    """The same situation `days` later if nothing else happens: overdue days grow, days until the due date run out."""
    values = dict(situation.values)
    for fact_id, value in situation.values.items():
        fact = rulebook.facts.get(fact_id)
        if fact is None or fact.moves is None or not isinstance(value, int):
            continue
        moved = moved_value(fact, value, days)
        if moved >= 0:
            values[fact_id] = moved
            continue
        del values[fact_id]
        if fact.turns_into is not None and fact.turns_into not in situation.values:
            values[fact.turns_into] = min(-moved, rulebook.facts[fact.turns_into].maximum)
    return replace(situation, values=values)


def moved_value(fact: Fact, value: Value, days: int) -> int:
    """The value after `days`; below 0 when a falling fact has run out and the fact it turns into takes over."""
    assert isinstance(value, int)
    if fact.moves is Moves.FALLS:
        return value - days
    return min(value + days, fact.maximum)
