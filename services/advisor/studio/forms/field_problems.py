"""Which field of a form a problem in a rule file belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from services.rulebook.editing.blocks import Block, EditError, fields_of, find_blocks
from services.rulebook.problems import Problem

PREFIX = "rules/"
WHOLE = ""
"""Problems of the entry as a whole."""
ByField = dict[str, list[Problem]]


def problems_by_field(files: Mapping[str, str], kind: str, entry_id: str, problems: Iterable[Problem]) -> ByField:
    """The problems of one entry, by the field in whose lines they lie; those of no field under WHOLE."""
    block = _block(files, kind, entry_id)
    found: ByField = {}
    for problem in problems:
        if block is None or problem.place.file.removeprefix(PREFIX) != block.file:
            if problem.rule == entry_id and kind == "rules":
                found.setdefault(WHOLE, []).append(problem)
        elif block.start <= problem.place.line - 1 < block.end:
            found.setdefault(_field_at(block, problem), []).append(problem)
    return found


def has_errors(found: Mapping[str, list[Problem]]) -> bool:
    return any(not problem.is_warning for problems in found.values() for problem in problems)


def _block(files: Mapping[str, str], kind: str, entry_id: str) -> Block | None:
    with suppress(EditError):
        return find_blocks(files, kind).get(entry_id)
    return None


def _field_at(block: Block, problem: Problem) -> str:
    """A problem on the first line of an entry is about the entry, unless it names a field that is missing."""
    if problem.code == "missing_key":
        return problem.read
    line = problem.place.line - 1 - block.start
    with suppress(EditError):
        fields = fields_of(block)
        at = next((key for key, field in fields.items() if field.start <= line < field.end), WHOLE)
        return WHOLE if line == 0 and at in ("id", "name") and problem.read not in (block.id,) else at
    return WHOLE
