"""What a change of the rulebook does: exactly which situations get other advice, in sentences, with an example each.

For every action and every situation the first rule that advises it, before and after, says what happened to the step:
it is gained, lost, more urgent, less urgent or only reasoned differently. Each of these is a set of regions; together
they are all changes. Wording that changes while the rule speaks as before is listed apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from services.rulebook.boxes import Found, cover
from services.rulebook.comparison import Comparison, Voice, compare
from services.rulebook.findings import filled
from services.rulebook.meetings import Change, Meeting, changed_actions, find_meetings, is_changed
from services.rulebook.model import NOWHERE, Rule, Rulebook, Text, Value
from services.rulebook.regions import RegionMap
from services.rulebook.sentences import say_box, say_situation
from services.rulebook.spread import facts_of, spread
from services.rulebook.walk import Count, Search, Walk, WalkTooLargeError

COUNTING_BUDGET = 2_000
MOST_BOXES = 5
MOST_STATES = 1_000


@dataclass(frozen=True, slots=True)
class StepChange:
    """One action that changes in one way in a set of situations."""

    action: str
    change: Change
    text: Text
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    regions: Count
    where: tuple[Text, ...]
    """The situations as boxes, each said in a sentence; they may overlap."""
    is_all: bool
    """Whether these boxes hold all of them."""
    example: Mapping[str, Value]
    example_said: Text

    @property
    def is_worse(self) -> bool:
        """Whether it takes the step away, or puts it off."""
        return self.change in (Change.LOST, Change.LESS_URGENT)


@dataclass(frozen=True, slots=True)
class Impact:
    """All changes, the worst first. Without any, every situation gets the same steps as before."""

    changes: tuple[StepChange, ...]
    regions: int
    """All situations that the two rulebooks can tell apart; impossible ones are left out."""
    changed: Count
    """In so many of them some step changes."""
    reworded: tuple[str, ...]
    """Rules whose text, reason, sources or dates changed."""
    undecided: tuple[Text, ...]
    """What was too large to be found or ruled out."""

    @property
    def gets_less_urgent(self) -> bool:
        """Whether anybody loses a step or is told to take one later."""
        return any(change.is_worse for change in self.changes)

    @property
    def actions_lost(self) -> tuple[str, ...]:
        return tuple(change.action for change in self.changes if change.change is Change.LOST)

    @property
    def actions_gained(self) -> tuple[str, ...]:
        return tuple(change.action for change in self.changes if change.change is Change.GAINED)


def impact(old: Rulebook, new: Rulebook, today: date | None = None) -> Impact:
    """With `today`, only the rules in force on that day count."""
    both = compare(old, new, today)
    counting = _Counting.over(both)
    changes: list[StepChange] = []
    undecided: list[Text] = []
    for action in changed_actions(both):
        for change, meetings in find_meetings(both, action).items():
            try:
                changes += _step_change(both, counting, action, change, meetings)
            except WalkTooLargeError:
                undecided.append(_said(both, action, change))
    regions = counting.count(Search(avoid=both.regions.impossible)).high
    return Impact(
        changes=tuple(sorted(changes, key=lambda change: list(Change).index(change.change))),
        regions=regions,
        changed=_count_changed(both, counting, changes, regions),
        reworded=_reworded(old, new),
        undecided=tuple(undecided),
    )


@dataclass(frozen=True, slots=True)
class _Counting:
    """Counts over the facts that somebody asks about; the others only multiply every number."""

    regions: RegionMap
    asked: int
    copies: int

    @classmethod
    def over(cls, both: Comparison) -> _Counting:
        asked = facts_of(both.regions, -1)
        return cls(both.regions, asked, both.regions.size(facts=both.regions.all_facts & ~asked))

    def count(self, search: Search) -> Count:
        count = Walk(self.regions, search, COUNTING_BUDGET).count()
        return Count(count.low // self.copies, count.high // self.copies)


def _step_change(
    both: Comparison, counting: _Counting, action: str, change: Change, meetings: list[Meeting]
) -> Iterator[StepChange]:
    found: list[Found] = []
    real: list[Meeting] = []
    is_all = True
    for meeting in meetings:
        if Walk(both.regions, meeting.search).find() is None:
            continue
        real.append(meeting)
        covered = cover(both.regions, meeting.search, MOST_BOXES - len(found))
        found += covered.found
        is_all = is_all and covered.is_whole
    if not found:
        return
    counts = [counting.count(meeting.search) for meeting in real]
    example = both.regions.values(found[0].region)
    boxes = list(dict.fromkeys(say_box(both.vocabulary, both.regions, item.box) for item in found))
    yield StepChange(
        action=action,
        change=change,
        text=_said(both, action, change),
        rules_before=_ids(meeting.before for meeting in real),
        rules_after=_ids(meeting.after for meeting in real),
        regions=Count(sum(count.low for count in counts), sum(count.high for count in counts)),
        where=tuple(boxes[:MOST_BOXES]),
        is_all=is_all and len(boxes) <= MOST_BOXES,
        example=example,
        example_said=say_situation(both.vocabulary, example),
    )


def _ids(voices: Iterator[Voice | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(voice.rule.id for voice in voices if voice is not None))


def _count_changed(both: Comparison, counting: _Counting, changes: list[StepChange], regions: int) -> Count:
    """Exact by grouping all regions by who speaks on either side; if that grows too large, bounds from the changes."""
    if not changes:
        return Count(0, 0)
    actions = list(dict.fromkeys(change.action for change in changes))
    voices = {1 << v.bit for side in both.sides for action in actions for v in side.advising(action)}
    try:
        groups = spread(both.regions, sum(voices), both.silencers, counting.asked, MOST_STATES)
    except WalkTooLargeError:
        low = max(change.regions.low for change in changes)
        high = sum(change.regions.high for change in changes)
        return Count(low, min(high, regions))
    exact = sum(group.regions for speaking, group in groups.items() if is_changed(both, actions, speaking))
    return Count(exact, exact)


def _reworded(old: Rulebook, new: Rulebook) -> tuple[str, ...]:
    before = {rule.id: rule for rule in old.rules}
    return tuple(rule.id for rule in new.rules if rule.id in before and _words(rule) != _words(before[rule.id]))


def _words(rule: Rule) -> object:
    moments = [replace(moment, place=NOWHERE) for moment in rule.deadline]
    sources = [(source.id, source.part) for source in rule.sources]
    follow_ups = [(replace(wish.moment, place=NOWHERE), wish.ask, wish.say, wish.hour) for wish in rule.follow_up]
    return rule.title, rule.text, rule.because, sources, moments, follow_ups


def _said(both: Comparison, action: str, change: Change) -> Text:
    known = both.new.rulebook.actions.get(action) or both.old.rulebook.actions[action]
    return filled(SENTENCES[change], title=known.title)


SENTENCES: Mapping[Change, Text] = {
    Change.LOST: Text("不再建议“{title}”。", "“{title}” is no longer advised."),
    Change.LESS_URGENT: Text("“{title}”变得不那么急。", "“{title}” becomes less urgent."),
    Change.GAINED: Text("新增“{title}”。", "“{title}” is advised in addition."),
    Change.MORE_URGENT: Text("“{title}”变得更急。", "“{title}” becomes more urgent."),
    Change.OTHER_RULE: Text("“{title}”改由另一条规则说明。", "“{title}” is explained by another rule."),
}
