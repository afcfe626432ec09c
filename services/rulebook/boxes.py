"""Merges the regions that a search finds into few wide boxes, so that they can be said in a few sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.rulebook.compile import bits_of
from services.rulebook.regions import Box, RegionMap, narrowed_to
from services.rulebook.walk import Search, Walk

MOST_BOXES = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A box whose regions the search finds, and one region in it in which somebody can be."""

    box: Box
    region: Box
    """Index of a fact -> the one cell; what it does not name may be unknown."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Boxes that hold what a search finds; `is_whole` if they hold all of it. Boxes may overlap."""

    found: tuple[Found, ...]
    is_whole: bool


def cover(regions: RegionMap, search: Search, most: int = MOST_BOXES) -> Cover:
    """As wide as possible: a box may also hold regions in which nobody can be, as those make no difference."""
    found: list[Found] = []
    left, rest = regions, search
    while (region := Walk(left, rest).find()) is not None:
        if len(found) == most:
            return Cover(tuple(found), is_whole=False)
        found.append(Found(_widened(regions, search, region), region))
        left = regions.with_boxes(item.box for item in found)
        rest = replace(search, avoid=search.avoid | _behind(regions, len(found)))
    return Cover(tuple(found), is_whole=True)


def _behind(regions: RegionMap, count: int) -> int:
    return ((1 << count) - 1) << len(regions.boxes)


def _widened(regions: RegionMap, search: Search, region: Box) -> Box:
    """Facts that the search itself does not name come first: what can be left open there says most."""
    box = {**search.within, **{fact: 1 << cell for fact, cell in region.items()}}
    for fact in sorted(region, key=lambda fact: fact in search.within):
        allowed = regions.cells[fact] & search.within.get(fact, -1)
        box[fact] |= sum(1 << cell for cell in _cells_to_add(regions, search, box, fact, allowed & ~box[fact]))
    return {fact: cells for fact, cells in box.items() if regions.cells[fact] & ~cells}


def _cells_to_add(regions: RegionMap, search: Search, box: Box, fact: int, cells: int) -> Iterator[int]:
    others = {other: mask for other, mask in box.items() if other != fact}
    reached, holding = regions.reaching_into(others), regions.holding(others, fact)
    for cell in bits_of(cells):
        row = regions.inside[fact][cell]
        if not reached & row & search.avoid & ~regions.impossible:
            slice_of = {**others, fact: 1 << cell}
            open_voices = (
                voice for voice in bits_of(reached & row & search.silent) if not search.silencers[voice] & holding & row
            )
            if all(_is_silent(regions, search, slice_of, voice) for voice in open_voices):
                yield cell


def _is_silent(regions: RegionMap, search: Search, box: Box, silent: int) -> bool:
    """Whether a box of the map speaks nowhere in this one."""
    shared = narrowed_to(box, regions.boxes[silent])
    if shared is None:
        return True
    speaking = Search(shared, search.silencers[silent] | regions.impossible)
    return Walk(regions, speaking).find() is None
