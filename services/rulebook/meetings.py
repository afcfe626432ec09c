"""For one action, who advises it first before and after a change, and where: disjoint sets of situations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.rulebook.comparison import Comparison, Voice
from services.rulebook.regions import ANYWHERE, Box, narrowed_to
from services.rulebook.walk import Search


class Change(StrEnum):
    """What happens to a step, the worst for the person first."""

    LOST = "lost"
    LESS_URGENT = "less_urgent"
    GAINED = "gained"
    MORE_URGENT = "more_urgent"
    OTHER_RULE = "other_rule"


@dataclass(frozen=True, slots=True)
class Meeting:
    """The first rule that advises an action before and after, and where both are that: disjoint from other meetings."""

    before: Voice | None
    after: Voice | None
    search: Search


def changed_actions(both: Comparison) -> Iterator[str]:
    for action in dict.fromkeys((*both.old.voices, *both.new.voices)):
        before, after = ([(voice.bit, voice.rule.urgency) for voice in side.advising(action)] for side in both.sides)
        if before != after:
            yield action


def find_meetings(both: Comparison, action: str) -> dict[Change, list[Meeting]]:
    found: dict[Change, list[Meeting]] = {}
    for before in (None, *both.old.advising(action)):
        for after in (None, *both.new.advising(action)):
            change = change_between(before, after)
            search = None if change is None else _leading(both, action, before, after)
            if change is not None and search is not None:
                found.setdefault(change, []).append(Meeting(before, after, search))
    return found


def change_between(before: Voice | None, after: Voice | None) -> Change | None:
    if before is None or after is None:
        return Change.LOST if before else Change.GAINED if after else None
    ranks = before.rule.urgency.rank, after.rule.urgency.rank
    if ranks[0] != ranks[1]:
        return Change.LESS_URGENT if ranks[1] > ranks[0] else Change.MORE_URGENT
    return None if before.rule.id == after.rule.id else Change.OTHER_RULE


def _leading(both: Comparison, action: str, before: Voice | None, after: Voice | None) -> Search | None:
    """Where these two speak, and on either side no rule for the same action that stands before them."""
    within: Box = ANYWHERE
    avoid, silent = both.regions.impossible, 0
    for leader, side in zip((before, after), both.sides, strict=True):
        for voice in side.advising(action):
            if leader is not None and voice.bit == leader.bit:
                break
            silent |= 1 << voice.bit
        if leader is not None:
            avoid |= both.silencers[leader.bit]
            shared = narrowed_to(within, both.regions.boxes[leader.bit])
            if shared is None:
                return None
            within = shared
    speaking = sum({1 << voice.bit for voice in (before, after) if voice is not None})
    return None if speaking & (avoid | silent) else Search(within, avoid, silent, both.silencers)


def is_changed(both: Comparison, actions: list[str], speaking: int) -> bool:
    for action in actions:
        before, after = (_leader(side.advising(action), speaking) for side in both.sides)
        if change_between(before, after) is not None:
            return True
    return False


def _leader(voices: tuple[Voice, ...], speaking: int) -> Voice | None:
    return next((voice for voice in voices if speaking >> voice.bit & 1), None)
