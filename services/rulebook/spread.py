"""Groups all regions by the rules that speak in them: a walk over all facts, merging what need not be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.rulebook.compile import bits_of
from services.rulebook.regions import Box, RegionMap
from services.rulebook.walk import WalkTooLargeError

MOST_STATES = 4_000
"""So many states may stand side by side before the walk gives up."""


@dataclass(frozen=True, slots=True)
class Group:
    """All regions in which the same rules speak: how many, and one of them (index of fact -> cell)."""

    regions: int
    example: Box


@dataclass(slots=True)
class _State:
    regions: int
    example: Mapping[int, int]


class _Key(NamedTuple):
    """What two states must have in common to be one: the open boxes, the voices among them, and who speaks."""

    boxes: int
    voices: int
    spoken: int


@dataclass(frozen=True, slots=True)
class _Roles:
    regions: RegionMap
    silencers: Sequence[int]
    silences: Mapping[int, int]

    def settle(self, boxes: int, voices: int, spoken: int, facts: int) -> _Key | None:
        """What is still open, and who speaks for certain; None where nobody can be."""
        finished = boxes & ~self.regions.unfinished(facts)
        if finished & self.regions.impossible:
            return None
        for box in bits_of(finished):
            voices &= ~self.silences.get(box, 0)
        still_open, undecided = boxes & self.regions.impossible, 0
        for voice in bits_of(voices):
            silencers = self.silencers[voice] & boxes & ~finished
            if finished >> voice & 1 and not silencers:
                spoken |= 1 << voice
            else:
                undecided |= 1 << voice
                still_open |= 1 << voice | silencers
        return _Key(still_open, undecided, spoken)


def spread(
    regions: RegionMap, voices: int, silencers: Sequence[int], facts: int | None = None, most: int = MOST_STATES
) -> Mapping[int, Group]:
    """Mask of the voices that speak -> where. Counts regions over `facts`; by default, those that matter.

    WalkTooLargeError, if more than `most` states have to be kept apart.
    """
    silences: dict[int, int] = {}
    for voice in bits_of(voices):
        for box in bits_of(silencers[voice]):
            silences[box] = silences.get(box, 0) | 1 << voice
    roles = _Roles(regions, silencers, silences)
    boxes = voices | sum(1 << box for box in silences if not voices >> box & 1)
    order = _order(regions, boxes, facts)
    first = roles.settle(boxes | _impossible_over(regions, order), voices, 0, sum(1 << fact for fact in order))
    return {} if first is None else _walk(roles, first, order, most)


def facts_of(regions: RegionMap, boxes: int) -> int:
    """The mask of the facts that narrow at least one of these boxes."""
    return sum(1 << fact for fact, narrowed in enumerate(regions.narrowed) if narrowed & boxes)


def _walk(roles: _Roles, first: _Key, order: Sequence[int], most: int) -> Mapping[int, Group]:
    facts = sum(1 << fact for fact in order)
    states = {first: _State(1, {})}
    for fact in order:
        facts &= ~(1 << fact)
        states = _decide(roles, states, fact, facts, most)
    return {key.spoken: Group(state.regions, state.example) for key, state in states.items()}


def _decide(roles: _Roles, states: Mapping[_Key, _State], fact: int, facts: int, most: int) -> dict[_Key, _State]:
    merged: dict[_Key, _State] = {}
    row = roles.regions.inside[fact]
    cells = list(bits_of(roles.regions.cells[fact]))
    for key, state in states.items():
        branches: dict[int, list[int]] = {}
        for cell in cells:
            branches.setdefault(row[cell] & key.boxes, []).append(cell)
        for boxes, alike in branches.items():
            settled = roles.settle(boxes, boxes & key.voices, key.spoken, facts)
            if settled is None:
                continue
            known = merged.get(settled)
            if known is None and len(merged) == most:
                raise WalkTooLargeError
            if known is None:
                merged[settled] = _State(state.regions * len(alike), {**state.example, fact: alike[0]})
            else:
                known.regions += state.regions * len(alike)
    return merged


def _order(regions: RegionMap, boxes: int, facts: int | None) -> list[int]:
    """Facts that finish what is open come first, so that few boxes are open at a time."""
    left = facts_of(regions, boxes) if facts is None else facts
    order: list[int] = []
    opened = 0
    while left:
        fact = min(bits_of(left), key=lambda fact: _left_open(regions, boxes, opened, fact, left))
        opened |= regions.narrowed[fact] & boxes
        left &= ~(1 << fact)
        order.append(fact)
    return order


def _left_open(regions: RegionMap, boxes: int, opened: int, fact: int, left: int) -> int:
    touched = opened | regions.narrowed[fact] & boxes
    return (touched & regions.unfinished(left & ~(1 << fact))).bit_count()


def _impossible_over(regions: RegionMap, order: Sequence[int]) -> int:
    """The impossible boxes that these facts alone decide."""
    others = regions.all_facts & ~sum(1 << fact for fact in order)
    return regions.impossible & ~regions.unfinished(others)
