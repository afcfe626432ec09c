"""What all checks of one rulebook share: its map, who silences whom, and a record of every walk that was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from services.rulebook.boxes import MOST_BOXES, Cover, cover
from services.rulebook.compile import CompiledRules, bits_of
from services.rulebook.decide import Voices
from services.rulebook.findings import Finding, Severity
from services.rulebook.model import NOWHERE, Rule, Rulebook, Text, Value
from services.rulebook.regions import ANYWHERE, Box, RegionMap, narrowed_to
from services.rulebook.sentences import say_box, say_situation
from services.rulebook.walk import BUDGET, Search, Walk, WalkTooLargeError

TOTAL_BUDGET = 300_000
"""So many states are walked for one rulebook before hard questions get less time, so that every check ends."""
LEAST_BUDGET = 500


@dataclass(slots=True)
class Record:
    """How many walks were made and how large they were, and which questions were too large to be answered."""

    walks: int = 0
    states: int = 0
    undecided: list[Text] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Survey:
    """Answers which situations there are for one rulebook. Bit i of every mask stands for rule i."""

    rulebook: Rulebook
    compiled: CompiledRules
    regions: RegionMap
    silencers: tuple[int, ...]
    """For each rule, the rules in force that silence it; those of the fallback are all others."""
    in_force: int
    fallback: int
    record: Record = field(default_factory=Record)
    budget: int = BUDGET

    @classmethod
    def of(cls, rulebook: Rulebook, compiled: CompiledRules, today: date | None = None) -> Survey:
        """Without a day, all rules count as being in force."""
        voices = Voices.of(rulebook)
        in_force = _mask(today is None or is_in_force(rule, today) for rule in rulebook.rules)
        others = in_force & ~voices.fallback
        silencers = tuple(
            others if voices.fallback >> bit & 1 else mask & in_force for bit, mask in enumerate(voices.silencers)
        )
        regions = RegionMap.of(compiled, rulebook.impossible)
        return cls(rulebook, compiled, regions, silencers, in_force, voices.fallback & in_force)

    def rules_in(self, mask: int) -> Iterator[tuple[int, Rule]]:
        """The rules in force among these, with their bits."""
        return ((bit, self.rulebook.rules[bit]) for bit in bits_of(mask & self.in_force))

    def advising(self, actions: Iterable[str]) -> int:
        """The mask of the rules in force that advise one of these actions."""
        wanted = frozenset(actions)
        return _mask(rule.advise in wanted for rule in self.rulebook.rules) & self.in_force

    def speaking(self, rules: int, within: Box = ANYWHERE, silent: int = 0) -> Search | None:
        """Where all of these rules speak and none of the silent ones does; None if plainly that is nowhere."""
        box: Box | None = within
        avoid = self.regions.impossible
        for bit in bits_of(rules):
            box = narrowed_to(box, self.regions.boxes[bit]) if box is not None else None
            avoid |= self.silencers[bit]
        if box is None or rules & avoid:
            return None
        return Search(box, avoid, silent & self.in_force, self.silencers)

    def find(self, search: Search | None, question: Text, regions: RegionMap | None = None) -> dict[str, Value] | None:
        """An example, or None for a proof that there is none; a question that is too large is recorded as undecided."""
        if search is None:
            return None
        left = max(TOTAL_BUDGET - self.record.states, LEAST_BUDGET)
        walk = Walk(regions or self.regions, search, min(self.budget, left))
        try:
            region = walk.find()
        except WalkTooLargeError:
            self.record.undecided.append(question)
            return None
        finally:
            self.record.walks += 1
            self.record.states += walk.states
        return None if region is None else self.regions.values(region)

    def cover(self, search: Search, most: int = MOST_BOXES) -> Cover:
        try:
            return cover(self.regions, search, most)
        except WalkTooLargeError:
            return Cover((), is_whole=False)

    def finding(
        self, code: str, text: Text, example: dict[str, Value], search: Search | None = None, rule: Rule | None = None
    ) -> Finding:
        """An error with an example person and, if the search for it is given, one wide box of such people."""
        boxes = () if search is None else self.cover(search, most=1).found
        return Finding(
            code,
            Severity.ERROR,
            text,
            rules=() if rule is None else (rule.id,),
            place=NOWHERE if rule is None else rule.place,
            example=example,
            example_said=say_situation(self.rulebook, example),
            where=tuple(say_box(self.rulebook, self.regions, found.box) for found in boxes),
        )


def is_in_force(rule: Rule, today: date) -> bool:
    return rule.valid_from <= today and (rule.valid_until is None or today <= rule.valid_until)


def _mask(flags: Iterable[bool]) -> int:
    return sum(1 << bit for bit, flag in enumerate(flags) if flag)
