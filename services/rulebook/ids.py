"""How ids are written, sort by sort."""

from __future__ import annotations

import re
from enum import StrEnum

from services.rulebook.characters import normalised
from services.rulebook.model import Text
from services.rulebook.problems import Problem, quoted
from services.rulebook.yaml_nodes import ScalarNode

LONGEST_ID = 60


class IdStyle(StrEnum):
    """How the ids of one sort are written."""

    KEBAB = "kebab-case"
    SNAKE = "snake_case"
    EITHER = "kebab-case or snake_case"
    POINT = "a letter and digits"


_FORMS = {
    IdStyle.KEBAB: re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*"),
    IdStyle.SNAKE: re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*"),
    IdStyle.EITHER: re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*"),
    IdStyle.POINT: re.compile(r"[A-Z][0-9]{1,4}"),
}
_EXAMPLES = {
    IdStyle.KEBAB: "pay-in-full",
    IdStyle.SNAKE: "days_overdue",
    IdStyle.EITHER: "pay-in-full",
    IdStyle.POINT: "G01",
}


def find_bad_id(node: ScalarNode, style: IdStyle) -> Problem | None:
    """What is wrong with the id, if anything, and how it could be written."""
    if len(node.text) <= LONGEST_ID and _FORMS[style].fullmatch(node.text):
        return None
    read = quoted(node.text)
    detail = Text(
        f"编号 `{read}` 的写法不对：要像 `{_EXAMPLES[style]}`，最长 {LONGEST_ID} 个字符。",
        f"The id `{read}` is not written like `{_EXAMPLES[style]}` ({style.value}, up to {LONGEST_ID} signs).",
    )
    join = "_" if style is IdStyle.SNAKE else "-"
    better = re.sub(r"[^a-z0-9]+", join, normalised(node.text).lower()).strip(join)
    is_better = style is not IdStyle.POINT and _FORMS[style].fullmatch(better) and len(better) <= LONGEST_ID
    suggestion = Text(f"可以写 `{better}`。", f"Write `{better}`.") if is_better else None
    return Problem("bad_id", detail, node.place, read=read, suggestion=suggestion)
