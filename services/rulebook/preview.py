"""Whom a change of the rules affects: all situations there are, as sentences, and every recorded one, by its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from services.rulebook.comparison import Comparison, Side, Voice, compare
from services.rulebook.compile import bits_of
from services.rulebook.impact import Impact, impact
from services.rulebook.load import load_rulebook
from services.rulebook.meetings import Change, change_between, changed_actions
from services.rulebook.model import Rulebook
from services.rulebook.placing import Placed, Placing
from services.rulebook.recorded import Recorded

__all__ = ["Preview", "Recorded", "RecordedChange", "RecordedImpact", "preview", "recorded_impact"]


class Steps(NamedTuple):
    """The actions of a plan that change, by what happens to them."""

    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    less_urgent: tuple[str, ...] = ()
    more_urgent: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    """Advised as urgently as before, by another rule."""


class RecordedChange(NamedTuple):
    """What changes for one recorded situation."""

    key: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    less_urgent: tuple[str, ...]
    more_urgent: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordedImpact:
    """Who among the recorded ones gets other advice, the worst first."""

    total: int
    changed: tuple[RecordedChange, ...]
    unreadable: int
    """So many hold facts that the new rules have no words for; these are unknown to them, as they would be."""


@dataclass(frozen=True, slots=True)
class Preview:
    impact: Impact
    recorded: RecordedImpact


def preview(
    old_files: Mapping[str, str], new_files: Mapping[str, str], today: date, recorded: Sequence[Recorded]
) -> Preview:
    """Raises RulebookError for files that are no rulebook."""
    old, new = load_rulebook(old_files), load_rulebook(new_files)
    return Preview(impact(old, new, today), recorded_impact(old, new, today, recorded))


def recorded_impact(old: Rulebook, new: Rulebook, today: date, recorded: Sequence[Recorded]) -> RecordedImpact:
    both = compare(old, new, today)
    judge = _Judge.of(both)
    placing = Placing(both, old, new, judge.relevant)
    known: dict[str, tuple[Steps | None, bool]] = {}
    changed: list[RecordedChange] = []
    unreadable = 0
    for key, facts in recorded:
        answer = known.get(facts)
        if answer is None:
            placed = placing.place(facts)
            answer = known[facts] = (None, False) if placed is None else (judge.steps(placed), placed.fits)
        steps, fits = answer
        unreadable += not fits
        if steps is not None:
            changed.append(RecordedChange(key, *steps))
    return RecordedImpact(len(recorded), tuple(sorted(changed, key=_badness)), unreadable)


def _badness(change: RecordedChange) -> tuple[int, int, int, int]:
    return -len(change.lost), -len(change.less_urgent), -len(change.gained), -len(change.more_urgent)


@dataclass(frozen=True, slots=True)
class _Judge:
    """Compares who advises each action first. Only what can change is looked at, and each way only once."""

    both: Comparison
    actions: tuple[str, ...]
    relevant: int
    advising: Mapping[str, int]
    """For every action, the boxes that advise it on either side."""
    known: dict[int, Steps | None] = field(default_factory=dict)

    @classmethod
    def of(cls, both: Comparison) -> _Judge:
        advising: dict[str, int] = {}
        for action, voices in ((action, voices) for side in both.sides for action, voices in side.voices.items()):
            advising[action] = advising.get(action, 0) | sum(1 << voice.bit for voice in voices)
        actions = tuple(changed_actions(both))
        relevant = 0
        for bit in (bit for action in actions for bit in bits_of(advising[action])):
            relevant |= 1 << bit | both.silencers[bit]
        return cls(both, actions, relevant, advising)

    def steps(self, placed: Placed) -> Steps | None:
        """None if the plan is as it was."""
        if placed.before != placed.after:
            return _steps_of(self._changes(tuple(self.advising), placed))
        key = placed.before & self.relevant
        if key not in self.known:
            self.known[key] = _steps_of(self._changes(self.actions, placed))
        return self.known[key]

    def _changes(self, actions: tuple[str, ...], placed: Placed) -> Iterator[tuple[Change, str]]:
        holding = placed.before | placed.after
        for action in (action for action in actions if self.advising[action] & holding):
            before = self._leader(self.both.old, action, placed.before)
            change = change_between(before, self._leader(self.both.new, action, placed.after))
            if change is not None:
                yield change, action

    def _leader(self, side: Side, action: str, holding: int) -> Voice | None:
        for voice in side.advising(action):
            if holding >> voice.bit & 1 and not self.both.silencers[voice.bit] & holding:
                return voice
        return None


def _steps_of(changes: Iterator[tuple[Change, str]]) -> Steps | None:
    found: dict[Change, tuple[str, ...]] = {}
    for change, action in changes:
        found[change] = (*found.get(change, ()), action)
    return Steps(*(found.get(change, ()) for change in _IN_ORDER)) if found else None


_IN_ORDER = (Change.LOST, Change.GAINED, Change.LESS_URGENT, Change.MORE_URGENT, Change.OTHER_RULE)
