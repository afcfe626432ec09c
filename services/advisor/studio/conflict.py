"""Two people changed the same place: what each of them wrote, side by side, and what somebody chose of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Any, cast

from markupsafe import Markup

from services.advisor.studio.marked_text import mark
from services.rulebook.editing.merge_entries import Choices, Side
from services.rulebook.editing.merging import EntryMerge, FieldMerge, Merge, MergeState
from services.rulebook.editing.pieces import OUTSIDE

PREFIX, WHOLE_ENTRY = "choose:", "*"
SIDES = ("theirs", "mine")
ORDER = "order"
"""Where both moved the entries of a file: mine stands, as no words are lost by it."""
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Clash:
    """One place to choose for. A text that is None is not there: that side took it out."""

    name: str
    field: str
    base: str | None
    theirs: Markup | None
    mine: Markup | None
    chosen: str


@dataclass(frozen=True, slots=True)
class ClashingEntry:
    """An entry with the places to choose for; with more than one, there is a choice for all of it as well."""

    kind: str
    id: str
    name: str
    clashes: tuple[Clash, ...]

    @property
    def has_several(self) -> bool:
        return len(self.clashes) > 1


def clashing_entries(merge: Merge, choices: Choices) -> tuple[ClashingEntry, ...]:
    """Everything there is to choose for, what was chosen before included."""
    found = []
    for entry in merge.entries:
        clashes = tuple(_clashes(entry, choices))
        if clashes:
            found.append(ClashingEntry(entry.kind, entry.id, _name((entry.kind, entry.id, WHOLE_ENTRY)), clashes))
    return tuple(found)


def put_together(merge: Merge) -> tuple[EntryMerge, ...]:
    """What both sides changed, or only they did, and nobody has to choose for."""
    calm = (MergeState.THEIRS, MergeState.MERGED, MergeState.BOTH_ALIKE)
    return tuple(entry for entry in merge.entries if entry.state in calm)


def is_settled(merge: Merge, choices: Choices) -> bool:
    return all(clash.chosen for entry in clashing_entries(merge, choices) for clash in entry.clashes)


def read_choices(form: Mapping[str, str], merge: Merge) -> dict[Key, Side]:
    """What was chosen on the page for the places of this merge; a choice for an entry holds for all its places."""
    chosen: dict[Key, Side] = {}
    for entry in clashing_entries(merge, {}):
        whole = form.get(entry.name, "")
        for clash in entry.clashes:
            side = whole if whole in SIDES else form.get(clash.name, "")
            if side in SIDES:
                chosen[_key(clash.name)] = cast(Side, side)
    return chosen


def _clashes(entry: EntryMerge, choices: Choices) -> Iterator[Clash]:
    if entry.state is not MergeState.CONFLICT:
        return
    for field in entry.fields or (FieldMerge("", entry.state, entry.base, entry.theirs, entry.mine),):
        if field.state is MergeState.CONFLICT and not (entry.kind == OUTSIDE and field.key == ORDER):
            yield _clash(entry, field, choices)


def _clash(entry: EntryMerge, field: FieldMerge, choices: Choices) -> Clash:
    key = (OUTSIDE, f"{entry.id}#{field.key}", "") if entry.kind == OUTSIDE else (entry.kind, entry.id, field.key)
    base, theirs, mine = (None if text is None else dedent(text) for text in (field.base, field.theirs, field.mine))
    return Clash(_name(key), field.key, base, _marked(base, theirs), _marked(base, mine), choices.get(key, ""))


def _marked(base: str | None, text: str | None) -> Markup | None:
    """The text with what is new in it marked; without a base all of it is new, and nothing needs a mark."""
    if text is None:
        return None
    return Markup.escape(text) if base is None else mark(base, text)[1]


def _name(key: Key) -> str:
    return PREFIX + json.dumps(key, ensure_ascii=False)


def _key(name: str) -> Key:
    kind, entry_id, field = cast(list[Any], json.loads(name.removeprefix(PREFIX)))
    return str(kind), str(entry_id), str(field)
