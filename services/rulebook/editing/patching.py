"""Changes one value inside an entry: only the lines of what differs are written anew, down to single keys and items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from services.rulebook.editing.lines import comment_behind
from services.rulebook.editing.nodes import Items, Node, Pairs, Scalar, plain
from services.rulebook.editing.writing import Style, is_same, item_lines, tidy, written_pair, written_value


class Splice(NamedTuple):
    """Lines `start` up to but not including `end` give way to these."""

    start: int
    end: int
    fresh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patcher:
    """Finds what has to be written anew in one entry, whose lines these are."""

    kind: str
    lines: Sequence[str]

    def patched(self, splices: Sequence[Splice]) -> str:
        lines = list(self.lines)
        for splice in sorted(splices, reverse=True):
            if splice.start and not lines[splice.start - 1].endswith(("\n", "\r")):
                lines[splice.start - 1] += "\n"
            lines[splice.start : splice.end] = [f"{line}\n" for line in splice.fresh]
        return "".join(lines)

    def field(self, key: Scalar, value: Node, wanted: Any, above: str = "") -> Iterator[Splice]:
        """What to write so that the value of this key becomes `wanted`."""
        if is_same(tidy(plain(value)), wanted):
            return
        inner = self._inner(key.text, value, wanted)
        if inner is not None:
            yield from inner
            return
        first, *rest = written_value(Style(self.kind, value), key.text, wanted, key.column, above)
        comment = comment_behind(self.lines, value) if not rest else ""
        before = self.lines[key.line][: key.end[1]]
        yield Splice(key.line, value.last, (f"{before}:{first}{comment}", *rest))

    def _inner(self, key: str, value: Node, wanted: Any) -> list[Splice] | None:
        """The changes inside a map or list that keeps its form; None if it has to be written anew."""
        if value.is_flow:
            return None
        if isinstance(value, Pairs) and isinstance(wanted, dict):
            return self._pairs(key, value, wanted)
        if isinstance(value, Items) and isinstance(wanted, list):
            return list(self._items(key, value, wanted))
        return None

    def _pairs(self, above: str, value: Pairs, wanted: dict[str, Any]) -> list[Splice] | None:
        kept = [(key, inner) for key, inner in value.pairs if key.text in wanted]
        gone = [(key, inner) for key, inner in value.pairs if key.text not in wanted]
        if not kept or any(self.lines[key.line][: key.column].strip() for key, _ in gone):
            return None
        splices = [splice for key, inner in kept for splice in self.field(key, inner, wanted[key.text], above)]
        splices += [Splice(key.line, inner.last, ()) for key, inner in gone]
        return [*splices, *self._added(above, kept, wanted)]

    def _added(self, above: str, kept: list[tuple[Scalar, Node]], wanted: dict[str, Any]) -> Iterator[Splice]:
        """New keys stand behind the key that they follow in what is wanted."""
        column, known = kept[0][0].column, {key.text: inner.last for key, inner in kept}
        place = max(known.values())
        fresh: dict[int, list[str]] = {}
        for key, inner in wanted.items():
            if key in known:
                place = known[key]
                continue
            first, *rest = written_pair(Style(self.kind), key, inner, column, above)
            fresh.setdefault(place, []).extend((" " * column + first, *rest))
        yield from (Splice(line, line, tuple(lines)) for line, lines in fresh.items())

    def _items(self, above: str, value: Items, wanted: list[Any]) -> Iterator[Splice]:
        """Items that are wanted as they are keep their lines, comments included."""
        old, new = [repr(tidy(plain(item))) for item in value.items], [repr(item) for item in wanted]
        starts = [self._dash_line(item.line) for item in value.items]
        style, column = Style(self.kind), self._dash_column(starts[0])
        for change, i, j, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if change == "equal":
                continue
            fresh = [line for item in wanted[first:last] for line in item_lines(style, item, column, above)]
            start = starts[i] if i < j else (value.items[i - 1].last if i else starts[0])
            end = value.items[j - 1].last if i < j else start
            yield Splice(start, end, tuple(fresh))

    def _dash_line(self, line: int) -> int:
        while line > 0 and not self.lines[line].lstrip().startswith("-"):
            line -= 1
        return line

    def _dash_column(self, line: int) -> int:
        return len(self.lines[line]) - len(self.lines[line].lstrip())
