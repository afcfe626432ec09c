"""Three-way merge of an order: both sides may add, take out and move."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)


def merged_order(base: Sequence[Thing], theirs: Sequence[Thing], mine: Sequence[Thing]) -> tuple[list[Thing], bool]:
    """Everything that either side has, in the order of whichever side moved something.

    What a side added stays behind what it stood behind there. The answer is the same with the sides exchanged, but
    for the last word: whether both moved the same things differently (then mine holds).
    """
    anchors, clash = _anchors(base, theirs, mine)
    runs: dict[Thing | None, list[list[Thing]]] = {}
    for side in (theirs, mine):
        for behind, run in _runs(side, set(anchors)):
            runs.setdefault(behind, []).append(run)
    found: dict[Thing, None] = {}
    for anchor in (None, *anchors):
        if anchor is not None:
            found[anchor] = None
        for run in sorted(runs.get(anchor, ()), key=str):
            found |= dict.fromkeys(run)
    return list(found), clash


def _anchors(base: Sequence[Thing], theirs: Sequence[Thing], mine: Sequence[Thing]) -> tuple[list[Thing], bool]:
    """What both sides have, in the order of the side that moved something."""
    common = set(theirs) & set(mine)
    their_order, my_order = _only(theirs, common), _only(mine, common)
    if their_order == my_order:
        return my_order, False
    known = common & set(base)
    was, is_theirs, is_mine = (_only(order, known) for order in (base, their_order, my_order))
    if is_theirs == is_mine:
        return min(their_order, my_order, key=str), False
    if is_mine == was:
        return their_order, False
    return my_order, is_theirs != was


def _only(things: Iterable[Thing], wanted: set[Thing]) -> list[Thing]:
    return [thing for thing in things if thing in wanted]


def _runs(side: Sequence[Thing], anchors: set[Thing]) -> list[tuple[Thing | None, list[Thing]]]:
    """What stands between the anchors, with the anchor before it."""
    behind: Thing | None = None
    runs: list[tuple[Thing | None, list[Thing]]] = []
    for thing in side:
        if thing in anchors:
            behind = thing
        elif runs and runs[-1][0] == behind:
            runs[-1][1].append(thing)
        else:
            runs.append((behind, [thing]))
    return runs
