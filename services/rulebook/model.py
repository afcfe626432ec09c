"""The nouns of the rulebook, as frozen values; it knows no file, no engine and no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

LANGUAGES = ("zh-CN", "en")
UNKNOWN_WORD = "unknown"
"""The word with which a condition asks for a missing fact; as an answer it means the same."""

Value = int | bool | str | date | frozenset[str]
"""What a fact can hold: a whole number, money in fen, yes/no, one word, some words or a day."""


class Text(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class Place(NamedTuple):
    """Where something was written, for messages: `rules/topics/pay.yaml:7`."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Place("", 0)


class Kind(StrEnum):
    """What a fact holds. Dates carry deadlines and reminders; conditions only ask if they are known."""

    YES_NO = "yes_no"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    WHOLE = "whole"
    MONEY = "money"
    DATE = "date"

    @property
    def is_number(self) -> bool:
        return self in (Kind.WHOLE, Kind.MONEY)


class Urgency(StrEnum):
    """How soon a step is to be taken, the most urgent first."""

    NOW = "now"
    TODAY = "today"
    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"
    KEEP_DOING = "keep_doing"

    @property
    def rank(self) -> int:
        return _URGENCY_RANKS[self]


_URGENCY_RANKS = {urgency: rank for rank, urgency in enumerate(Urgency)}


class Asked(StrEnum):
    """When a fact is asked: before all else, of everyone, on its branch, or never (worked out, set by events)."""

    FIRST = "first"
    CORE = "core"
    BRANCH = "branch"
    NEVER = "never"


class Moves(StrEnum):
    """How a fact changes by itself with every day that passes."""

    GROWS = "grows"
    FALLS = "falls"


@dataclass(frozen=True, slots=True)
class Choice:
    """One word that a fact may hold, with how it is said to a person."""

    word: str
    label: Text


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be known about a situation. Bounds are inclusive; money is whole fen."""

    id: str
    kind: Kind
    label: Text
    question: Text
    why_asked: Text
    asked: Asked = Asked.BRANCH
    choices: tuple[Choice, ...] = ()
    minimum: int = 0
    maximum: int = 0
    unit: Text | None = None
    moves: Moves | None = None
    turns_into: str | None = None
    """The fact that takes over, at 1, on the day after a falling fact has reached 0."""
    group: str = ""
    place: Place = NOWHERE

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(choice.word for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from low to high, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Condition:
    """What a rule asks of one fact, normalised by the loader so that exactly one of the forms below is set.

    `spans`    number facts: the value lies in one of them (sorted, disjoint, within the fact's bounds)
    `words`    one_of and yes_no ("yes", "no"): the value is one of them; `not x` arrives as the other words
    `includes` some_of: the value holds at least one of them
    `excludes` some_of: the value holds none of them (`none` arrives as all words of the fact)
    `known`    any value at all (the only form, beside or_unknown alone, that a date fact may have)
    `or_unknown` may stand alone (`unknown`) or with one of the others (`[agreed, unknown]`): a missing fact holds.
    A missing fact without `or_unknown` leaves the condition undecided, never false.
    """

    fact: str
    spans: tuple[Span, ...] = ()
    words: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    known: bool = False
    or_unknown: bool = False
    written: str = ""
    """As the author wrote it, for messages."""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be advised. `order` 1..11 is its place in the order of safety, 1 before all else.

    Actions of order 1..5 stand before every other step; `rank` (position in actions.yaml) settles what order and
    urgency leave open. `minutes` is the time a person should set aside.
    """

    id: str
    title: Text
    order: int
    rank: int
    minutes: int | None = None
    at_hand: Text | None = None
    done_when: Text | None = None
    place: Place = NOWHERE


class SourceKind(StrEnum):
    """What a source is, from binding law to hearsay; shown beside every step."""

    LAW = "law"
    JUDICIAL_INTERPRETATION = "judicial_interpretation"
    REGULATION = "regulation"
    NATIONAL_STANDARD = "national_standard"
    INDUSTRY_GUIDE = "industry_guide"
    OFFICIAL_NOTICE = "official_notice"
    OFFICIAL_CHANNEL = "official_channel"
    METHOD = "method"
    ARTICLE = "article"
    USER_REPORT = "user_report"


class Confidence(StrEnum):
    """What stands behind a source: its text was read, a page about it was read, or it is recalled and unverified."""

    TEXT_READ = "text_read"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Source:
    """What a rule rests on."""

    id: str
    title: Text
    kind: SourceKind
    confidence: Confidence
    says: Text
    """In our words, what it says that a rule may rest on."""
    authority: str = ""
    in_force: date | None = None
    checked: date | None = None
    review_by: date | None = None
    url: str = ""
    parts: Mapping[str, Text] = field(default_factory=dict)
    """Named parts (an article number, a section) that a rule may point at, with what each says."""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A rule's pointer to a source, and to a part of it."""

    id: str
    part: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Moment:
    """A day said relative to the case, never typed as a date. Exactly one form is set.

    `in_days`            that many days after the decision (`in: 7 days`)
    `fact` + `reaches`   the day on which a moving fact reaches a value (`when: days_overdue reaches 91`)
    `date_fact` + `offset` a day before (negative) or after a date fact (`at: 3 days before hearing_on`)
    """

    in_days: int | None = None
    fact: str = ""
    reaches: int | None = None
    date_fact: str = ""
    offset: int = 0
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class FollowUp:
    """When to come back to the person, which fact to ask, and what to say (the fact's question, if nothing is said)."""

    moment: Moment
    ask: str
    say: Text | None = None
    hour: int | None = None
    """The hour of the local day, 9..20, where the time of day matters."""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Rule:
    """One piece of advice: when it applies, what it advises, how soon, in which words and on which grounds."""

    id: str
    topic: str
    title: Text
    when: tuple[Condition, ...]
    advise: str
    urgency: Urgency
    text: Text
    because: Text
    sources: tuple[SourceRef, ...]
    valid_from: date
    review_by: date
    owner: str
    valid_until: date | None = None
    deadline: tuple[Moment, ...] = ()
    """The earliest of these that can be computed is the day by which the step is to be done."""
    follow_up: tuple[FollowUp, ...] = ()
    yields_to: frozenset[str] = frozenset()
    """Ids of the rules that silence this one whenever they match, its topic's included, all of them written out."""
    is_fallback: bool = False
    """True for a rule that yields to everything: it speaks only when no other rule does."""
    covers: tuple[str, ...] = ()
    """Ids of the guidance points (guidance.yaml) that it encodes."""
    order: int | None = None
    """Its own place in the order of safety, where that of its action does not fit."""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Topic:
    """Rules on one subject. Unless they may join, at most one of them may speak in any situation."""

    id: str
    title: Text
    may_join: bool
    rules: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ImpossibleFacts:
    """Values that cannot be true together, and what to tell the person who gives them."""

    when: tuple[Condition, ...]
    message: Text
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Property:
    """What must hold in all situations that `when` describes (all of them, if it is empty)."""

    id: str
    title: Text
    when: tuple[Condition, ...]
    must: tuple[str, ...] = ()
    """Each of these actions is in the plan."""
    must_one_of: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    first_one_of: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    """No other action than these is in the plan."""
    fires_one_of: tuple[str, ...] = ()
    """At least one of the rules with these ids speaks."""
    grows: str = ""
    """A number fact: while it grows and nothing else changes, the most urgent step never becomes less urgent."""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Case:
    """One example that the rulebook must answer as expected. `given` is raw, as the API would receive it."""

    name: str
    given: Mapping[str, object]
    expect: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    """One of these is the first step."""
    ask: str = ""
    fires: tuple[str, ...] = ()
    """Ids of rules that must be in force in this situation."""
    silent: tuple[str, ...] = ()
    as_of: date | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Contact:
    """A number to a human, always visible. `order` 1..11 as for actions."""

    id: str
    name: Text
    number: str
    use: Text
    hours: Text
    source: SourceRef
    emergency: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class GuidancePoint:
    """One point of the article the rulebook starts from, in our words; `left_out` says why no rule carries it."""

    id: str
    says: Text
    left_out: Text | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Everything that one release consists of. `fingerprint` is the SHA-256 of its files, in hex.

    Two rulebooks are the same only if they are one object; compare their fingerprints to compare their content.
    """

    fingerprint: str
    facts: Mapping[str, Fact]
    actions: Mapping[str, Action]
    sources: Mapping[str, Source]
    contacts: tuple[Contact, ...]
    topics: Mapping[str, Topic]
    rules: tuple[Rule, ...]
    impossible: tuple[ImpossibleFacts, ...]
    never_together: frozenset[frozenset[str]]
    """Pairs of action ids that contradict each other."""
    properties: tuple[Property, ...] = ()
    cases: tuple[Case, ...] = ()
    guidance: Mapping[str, GuidancePoint] = field(default_factory=dict)

    def rule(self, rule_id: str) -> Rule:
        return next(rule for rule in self.rules if rule.id == rule_id)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about a person: typed values only. A fact that is not in `values` is unknown.

    `declined` holds facts that the person could not or would not answer: they stay unknown and are not asked again.
    """

    values: Mapping[str, Value]
    declined: frozenset[str] = frozenset()
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Facts that were computed, not stated, with the facts they were computed from."""
