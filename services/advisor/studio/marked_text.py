"""Two wordings side by side with what differs marked, word by word; Chinese sign by sign."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

WORDS = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)
BETWEEN = re.compile(r"</(ins|del)>(\s+)<\1>")
ALIKE_ENOUGH = 0.35
"""Texts that have less in common are marked as a whole: a mosaic of scraps helps nobody."""
LONGEST = 4_000
"""Words of both texts together; beyond that the comparison would take longer than reading."""


def mark(old: str, new: str) -> tuple[Markup, Markup]:
    """The old text with `del` around what is gone, the new one with `ins` around what has come."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if len(before) + len(after) > LONGEST or matcher.ratio() < ALIKE_ENOUGH:
        return _wrapped("del", old), _wrapped("ins", new)
    left, right = Markup(), Markup()
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        gone, come = "".join(before[start:end]), "".join(after[new_start:new_end])
        left += escape(gone) if what == "equal" else _wrapped("del", gone)
        right += escape(come) if what == "equal" else _wrapped("ins", come)
    return _joined(left), _joined(right)


def _joined(marked: Markup) -> Markup:
    """Marks with nothing but a space between them become one."""
    return Markup(BETWEEN.sub(r"\2", marked))


def _wrapped(tag: str, text: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(tag, text) if text else Markup()
