"""The made-up person in whom a finding shows: what is known about them, what they are told, and what they were told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from services.advisor.studio.rendering import way
from services.advisor.studio.stated_facts import PREFIX, SHOWN, typed_values
from services.advisor.studio.tried_release import TriedRelease, tried_release
from services.rulebook.compile import bits_of, holds
from services.rulebook.decide import Decision
from services.rulebook.model import LANGUAGES, Condition, Rule, Rulebook, Situation, Text, Value
from services.rulebook.phrases import URGENCY
from services.rulebook.plan import make_plan
from services.rulebook.problems import RulebookError
from services.rulebook.wording import condition_said, say_value

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LostVoice:
    """A rule that answered this person before the draft and no longer does; `how` is a key of the catalogue."""

    rule: Rule
    how: str
    label: Text | None = None
    was: Text | None = None
    is_now: Text | None = None
    by: Text | None = None


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One step that somebody is told: whether the other side does not tell them, or tells them another urgency."""

    action: str
    title: Text
    urgency: Text
    is_alone: bool = False
    is_other_urgency: bool = False

    @property
    def differs(self) -> bool:
        return self.is_alone or self.is_other_urgency


@dataclass(frozen=True, slots=True)
class ExamplePerson:
    """`steps` are what the draft tells them, `steps_before` what its base tells them."""

    facts: tuple[tuple[Text, Text], ...]
    steps: tuple[ToldStep, ...]
    steps_before: tuple[ToldStep, ...]
    is_left_with_fallback: bool
    lost: tuple[LostVoice, ...]
    address: str | None


@dataclass(frozen=True, slots=True)
class Examples:
    """Makes example people of one draft. A side whose files cannot be read says nothing about them."""

    number: int
    after: TriedRelease | None
    before: TriedRelease | None
    today: date

    @classmethod
    def of(cls, number: int, files: Files, base_files: Files, today: date) -> Examples:
        return cls(number, _tried(files), _tried(base_files), today)

    def person(self, values: Mapping[str, Value]) -> ExamplePerson:
        told, told_before = self._decide(self.after, values), self._decide(self.before, values)
        steps, steps_before = _told(self.after, told), _told(self.before, told_before)
        return ExamplePerson(
            facts=self.stated(values),
            steps=_compared(steps, steps_before),
            steps_before=_compared(steps_before, steps),
            is_left_with_fallback=told is not None and all(rule.is_fallback for rule in told.speaking),
            lost=tuple(self._lost(told, told_before)),
            address=self._address(self._book, values),
        )

    def stated(self, values: Mapping[str, Value]) -> tuple[tuple[Text, Text], ...]:
        """Label and value of what is known about somebody."""
        return tuple(_stated(self._book, values)) if self._book else ()

    @property
    def _book(self) -> Rulebook | None:
        side = self.after or self.before
        return side.rulebook if side else None

    def _decide(self, side: TriedRelease | None, values: Mapping[str, Value]) -> Decision | None:
        if side is None:
            return None
        known = {fact: value for fact, value in values.items() if fact in side.rulebook.facts}
        return side.decide(Situation(known), self.today)

    def _lost(self, told: Decision | None, told_before: Decision | None) -> Iterator[LostVoice]:
        if told is None or told_before is None or self.after is None or self.before is None:
            return
        speaking = {rule.id for rule in told.speaking}
        for rule in told_before.speaking:
            if rule.id not in speaking and not rule.is_fallback:
                yield _lost_voice(self.before.rulebook, rule, self.after, told)

    def _address(self, book: Rulebook | None, values: Mapping[str, Value]) -> str | None:
        if book is None:
            return None
        typed = {f"{PREFIX}{fact}": typed_values(book.facts[fact], value) for fact, value in _known(book, values)}
        return way("try_it", number=self.number, **typed, **{SHOWN: [fact for fact, _ in _known(book, values)]})


def _tried(files: Files) -> TriedRelease | None:
    try:
        return tried_release(files)
    except RulebookError:
        return None


def _known(book: Rulebook, values: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """In the order of the vocabulary."""
    return [(fact, values[fact]) for fact in book.facts if fact in values]


def _stated(book: Rulebook, values: Mapping[str, Value]) -> Iterator[tuple[Text, Text]]:
    for name, value in _known(book, values):
        fact = book.facts[name]
        yield fact.label, Text(*(say_value(fact, value, language) for language in LANGUAGES))


def _told(side: TriedRelease | None, told: Decision | None) -> tuple[ToldStep, ...]:
    if side is None or told is None:
        return ()
    steps = make_plan(side.rulebook, told).steps
    return tuple(ToldStep(step.action.id, step.action.title, URGENCY[step.urgency]) for step in steps)


def _compared(steps: tuple[ToldStep, ...], others: tuple[ToldStep, ...]) -> tuple[ToldStep, ...]:
    """What differs comes first: there may be many that are the same."""
    known = {step.action: step.urgency for step in others}
    marked = [
        replace(
            step,
            is_alone=step.action not in known,
            is_other_urgency=known.get(step.action, step.urgency) != step.urgency,
        )
        for step in steps
    ]
    return tuple(sorted(marked, key=lambda step: not step.differs))


def _lost_voice(before: Rulebook, rule: Rule, after: TriedRelease, told: Decision) -> LostVoice:
    index = next((index for index, other in enumerate(told.rules) if other.id == rule.id), None)
    if index is None:
        return LostVoice(rule, "lost.removed")
    values = told.situation.values
    if told.applies_mask >> index & 1:
        louder = next(bits_of(after.voices.silencers[index] & told.applies_mask), None)
        return LostVoice(rule, "lost.silenced", by=None if louder is None else told.rules[louder].title)
    failing = [item for item in told.rules[index].when if holds(item, values.get(item.fact)) is not True]
    if not failing:
        return LostVoice(rule, "lost.not_in_force")
    fact = failing[0].fact
    was = next((item for item in rule.when if item.fact == fact), None)
    label = after.rulebook.facts[fact].label
    now = _said(after.rulebook, failing[0])
    if was is None:
        return LostVoice(rule, "lost.new_condition", label=label, is_now=now)
    return LostVoice(rule, "lost.condition", label=label, was=_said(before, was), is_now=now)


def _said(book: Rulebook, condition: Condition) -> Text:
    return condition_said(book.facts[condition.fact], condition)
