"""Where recorded situations lie in the map of two rulebooks: which of its boxes hold each of them.

The quick way reads every value once and then only combines masks. It is taken where both rulebooks read the facts
alike; everything else is read as the service would read it, fact by fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from services.rulebook.comparison import BEFORE, Comparison
from services.rulebook.compile import UNKNOWN_CELL, CompileError
from services.rulebook.derive import DERIVATIONS, Derivation, complete, derived_value
from services.rulebook.fitting import read_what_fits
from services.rulebook.model import Rulebook, Value
from services.rulebook.problems import Problem, SituationError
from services.rulebook.situation import checkers

Raw = dict[str, Any]
_DERIVING = frozenset(name for derivation in DERIVATIONS for name in (derivation.fact, *derivation.inputs))


class Placed(NamedTuple):
    """The boxes that hold a situation as the old rules read it, and as the new ones do."""

    before: int
    after: int
    fits: bool
    """Whether the new rules have words for all of its facts."""


@dataclass(frozen=True, slots=True)
class _Stated:
    """A fact that may be stated: its bit among all facts, and the boxes that reach to each value met so far."""

    bit: int
    columns: dict[object, int | None]


class Placing:
    """For two rulebooks; remembers every value and every choice of facts that it has met.

    Only the boxes of `relevant` are placed for certain: facts that follow from others are not worked out for the rest.
    """

    def __init__(self, both: Comparison, old: Rulebook, new: Rulebook, relevant: int = -1) -> None:
        self._regions = both.regions
        self._all = (1 << len(both.regions.boxes)) - 1
        self._index = {fact.id: index for index, fact in enumerate(both.regions.facts)}
        self._books = (old, new)
        self._maps = ({fact: self._index_before(fact) for fact in old.facts}, {f: self._index[f] for f in new.facts})
        names = tuple(dict.fromkeys((*old.facts, *new.facts)))
        self._facts = {name: _Stated(1 << place, {}) for place, name in enumerate(names)}
        self._only_old = sum(fact.bit for name, fact in self._facts.items() if name not in new.facts)
        self._absent = Absent(self._everywhere_unknown(name) for name in names)
        self._to_derive = tuple(self._worth_deriving(relevant | both.regions.impossible))
        self._derive_alike = not any(self._differs(name) for name in _DERIVING & self._facts.keys())
        self._derived: dict[tuple[str, object], int] = {}

    def _worth_deriving(self, relevant: int) -> Iterator[tuple[int, Derivation]]:
        """Derived facts on which a relevant box depends, and those that go into them, in the order of working out."""
        wanted: set[str] = set()
        for derivation in reversed(DERIVATIONS):
            fact = derivation.fact
            if fact in self._facts and (fact in wanted or self._regions.narrowed[self._index[fact]] & relevant):
                wanted |= {fact, *derivation.inputs}
        for derivation in DERIVATIONS:
            if derivation.fact in wanted:
                yield self._facts[derivation.fact].bit, derivation

    def place(self, facts: str) -> Placed | None:
        """None for what is no JSON object, or says something that no release can ever have read."""
        try:
            raw = orjson.loads(facts)
            if not isinstance(raw, dict):
                return None
            return (self._derive_alike and self._quickly(dict(raw))) or self._slowly(raw)
        except (orjson.JSONDecodeError, SituationError, CompileError):
            return None

    def _quickly(self, raw: Raw) -> Placed | None:
        """None where the rulebooks may read the facts differently."""
        mask, stated, fits = self._all, 0, True
        for name, value in raw.items():
            fact = self._facts.get(name)
            if fact is None:
                fits = False
                continue
            key = value if type(value) is str else (type(value), tuple(value) if type(value) is list else value)
            column = fact.columns.get(key, -1)
            if column == -1:
                column = fact.columns[key] = self._column(name, value)
            if column is None:
                return None
            mask &= column
            stated |= fact.bit
        fits = fits and not stated & self._only_old
        for bit, derivation in self._to_derive:
            if not stated & bit:
                mask &= self._derive(derivation, raw)
                stated |= bit
        mask &= self._absent.but(stated)
        return None if mask & self._regions.impossible else Placed(mask, mask, fits)

    def _column(self, name: str, raw: object) -> int | None:
        """The boxes that reach to this value; None if one of the rulebooks that know the fact cannot read it."""
        mask = self._all
        for book, indices in zip(self._books, self._maps, strict=True):
            if name in book.facts:
                value = checkers(book)[name](raw, "")
                if value is None or isinstance(value, Problem):
                    return None
                mask &= self._row(indices[name], value)
        return mask

    def _derive(self, derivation: Derivation, raw: Raw) -> int:
        """A derived fact makes rules apply but contradicts nobody: only what was stated can be impossible."""
        fact = derivation.fact
        value = derived_value(self._books[1], derivation, raw)
        if value is not None:
            raw[fact] = value
        mask = self._derived.get((fact, value))
        if mask is None:
            known, unknown = self._row(self._index[fact], value), self._row(self._index[fact], None)
            impossible = self._regions.impossible
            mask = self._derived[fact, value] = known & ~impossible | unknown & impossible
        return mask

    def _slowly(self, raw: Raw) -> Placed:
        """Both sides as the service would read them, what does not fit being unknown."""
        masks, fits = [], False
        for book, indices in zip(self._books, self._maps, strict=True):
            situation = read_what_fits(book, raw)
            fits = raw.keys() <= situation.values.keys() | situation.declined
            values = complete(book, situation).values
            cells = {indices[fact]: value for fact, value in values.items()}
            mask = self._all & ~self._regions.impossible
            for index in range(len(self._regions.facts)):
                mask &= self._row(index, cells.get(index))
            masks.append(mask)
        return Placed(masks[0], masks[1], fits)

    def _row(self, index: int, value: Value | None) -> int:
        return self._regions.inside[index][self._regions.facts[index].cell_of(value)]

    def _everywhere_unknown(self, fact: str) -> int:
        mask = self._all
        for indices in self._maps:
            if fact in indices:
                mask &= self._regions.inside[indices[fact]][UNKNOWN_CELL]
        return mask

    def _index_before(self, fact: str) -> int:
        return self._index.get(BEFORE.format(fact=fact), self._index[fact])

    def _differs(self, name: str) -> bool:
        """Whether only one of the rulebooks knows the fact, or they mean something else by it."""
        old, new = (book.facts.get(name) for book in self._books)
        if old is None or new is None:
            return True
        return (old.kind, old.minimum, old.maximum) != (new.kind, new.minimum, new.maximum)


class Absent:
    """The masks of facts that are not known, combined for any choice of them: in parts, so that few need be kept."""

    PART = 12

    def __init__(self, masks: Iterable[int]) -> None:
        self._masks = tuple(masks)
        self._parts: tuple[dict[int, int], ...] = tuple({} for _ in range(0, len(self._masks), self.PART))

    def but(self, known: int) -> int:
        """All masks but those of the facts whose bits are set, combined by `and`."""
        mask = -1
        for place, part in enumerate(self._parts):
            bits = known & (1 << self.PART) - 1
            known >>= self.PART
            combined = part.get(bits)
            if combined is None:
                combined = part[bits] = self._combined(place * self.PART, bits)
            mask &= combined
        return mask

    def _combined(self, start: int, known: int) -> int:
        mask = -1
        for place, own in enumerate(self._masks[start : start + self.PART]):
            if not known >> place & 1:
                mask &= own
        return mask
