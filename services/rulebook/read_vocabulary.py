"""Reads what can be known and what can be advised: facts.yaml and actions.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.rulebook.catalogue import Catalogue
from services.rulebook.characters import normalised
from services.rulebook.conditions import read_condition
from services.rulebook.fields import Fields
from services.rulebook.ids import IdStyle
from services.rulebook.model import (
    Action,
    Asked,
    Choice,
    Condition,
    Fact,
    ImpossibleFacts,
    Kind,
    Moves,
    Text,
)
from services.rulebook.problems import Problem, Problems, quoted
from services.rulebook.yaml_nodes import MapNode, ScalarNode

FACT_KEYS = (
    "id", "kind", "label", "question", "why", "asked", "choices", "range", "unit", "moves", "turns_into", "group",
)  # fmt: skip
ACTION_KEYS = ("id", "order", "title", "minutes", "at_hand", "done_when")
LARGEST_NUMBER = 10**15
MOST_CHOICES = 40
MOST_SET_WORDS = 16
"""A fact that may hold several words has up to 2^16 answers; more cannot be walked through."""
LAST_ORDER = 11
LONGEST_STEP = 1440
_RANGE = re.compile(r"(-?\d{1,15}) ?\.\. ?(-?\d{1,15})")


def read_facts(nodes: list[MapNode], problems: Problems) -> Catalogue[Fact]:
    facts: Catalogue[Fact] = Catalogue("fact", Text("事实", "fact"))
    for node in nodes:
        fields = Fields(node, problems, FACT_KEYS)
        name = fields.id("id", IdStyle.SNAKE)
        if name is not None and facts.claim(name, problems):
            facts.things[name.text] = _fact(name, fields, problems)
    for fact in facts.sound().values():
        _check_successor(fact, facts, problems)
    return facts


def read_when(node: MapNode | None, facts: Catalogue[Fact], problems: Problems) -> tuple[Condition, ...]:
    """One condition for every fact named; those that are wrong are reported and left out."""
    found = []
    for key, value in (node.entries if node else {}).items():
        assert node is not None
        fact = facts.find(ScalarNode(key, node.key_places[key]), problems)
        condition = read_condition(fact, value, problems) if fact is not None else None
        if condition is not None:
            found.append(condition)
    return tuple(found)


def read_impossible(nodes: list[MapNode], facts: Catalogue[Fact], problems: Problems) -> tuple[ImpossibleFacts, ...]:
    found = []
    for node in nodes:
        fields = Fields(node, problems, ("when", "message"))
        written = fields.map("when")
        when, message = read_when(written, facts, problems), fields.text("message")
        if written is not None and len(written.entries) < 2:
            problems.add(Problem("needs_two_facts", _TWO_FACTS, node.place))
        for condition in when:
            if condition.or_unknown:
                problems.add(Problem("unknown_contradicts", _UNKNOWN, condition.place, read=quoted(condition.written)))
        found.append(ImpossibleFacts(when, message, node.place))
    return tuple(found)


def read_actions(nodes: list[MapNode], problems: Problems) -> Catalogue[Action]:
    actions: Catalogue[Action] = Catalogue("action", Text("做法", "action"))
    for rank, node in enumerate(nodes):
        fields = Fields(node, problems, ACTION_KEYS)
        name = fields.id("id", IdStyle.SNAKE)
        if name is not None and actions.claim(name, problems):
            actions.things[name.text] = _action(name.text, rank, fields)
    return actions


def read_never_together(
    nodes: list[MapNode], actions: Catalogue[Action], problems: Problems
) -> frozenset[frozenset[str]]:
    return frozenset(pair for node in nodes for pair in _pairs(node, actions, problems))


def _pairs(node: MapNode, actions: Catalogue[Action], problems: Problems) -> Iterator[frozenset[str]]:
    fields = Fields(node, problems, ("action", "with"))
    one = fields.word("action")
    if one is None or not actions.has(one, problems):
        return
    for other in fields.words("with"):
        if other.text == one.text:
            problems.add(Problem("contradicts_itself", _ITSELF, other.place, read=quoted(other.text)))
        elif actions.has(other, problems):
            yield frozenset((one.text, other.text))


def _fact(name: ScalarNode, fields: Fields, problems: Problems) -> Fact | None:
    kind = fields.choice("kind", Kind)
    label, question, why = fields.text("label"), fields.text("question"), fields.text("why")
    asked = fields.choice("asked", Asked, Asked.BRANCH) or Asked.BRANCH
    moves = fields.choice("moves", Moves) if fields.has("moves") else None
    turns_into, group = fields.word_or_none("turns_into"), fields.word_or_none("group")
    if kind is None:
        return None
    bounds = _bounds(kind, fields, problems)
    choices = _choices(kind, fields, problems)
    if bounds is None or choices is None:
        return None
    if moves is not None and kind is not Kind.WHOLE:
        problems.add(Problem("cannot_move", _ONLY_WHOLE, fields.place, read=moves.value))
    return Fact(
        name.text, kind, label, question, why, asked, choices, *bounds, fields.text_or_none("unit"), moves,
        turns_into.text if turns_into else None, group.text if group else "", name.place,
    )  # fmt: skip


def _bounds(kind: Kind, fields: Fields, problems: Problems) -> tuple[int, int] | None:
    if not kind.is_number:
        if fields.has("range"):
            problems.add(Problem("range_not_needed", _NO_RANGE, fields.place))
        return 0, 0
    node = fields.word("range")
    if node is None:
        return None
    found = _RANGE.fullmatch(normalised(node.text))
    low, high = (int(found[1]), int(found[2])) if found else (1, 0)
    if low > high or max(abs(low), abs(high)) > LARGEST_NUMBER:
        problems.add(Problem("bad_range", _BOUNDS, node.place, read=quoted(node.text), allowed=("0..3650",)))
        return None
    return low, high


def _choices(kind: Kind, fields: Fields, problems: Problems) -> tuple[Choice, ...] | None:
    if kind not in (Kind.ONE_OF, Kind.SOME_OF):
        if fields.has("choices"):
            problems.add(Problem("choices_not_needed", _NO_CHOICES, fields.place))
        return ()
    chosen: dict[str, Choice] = {}
    for node in fields.maps("choices"):
        own = Fields(node, problems, ("word", "zh", "en"))
        word = own.id("word", IdStyle.SNAKE)
        label = own.own_text()
        if word is None:
            continue
        if word.text in chosen or word.text in ("known", "not") or (kind is Kind.SOME_OF and word.text == "none"):
            detail = Text(f"`{quoted(word.text)}` 不能用在这里。", f"`{quoted(word.text)}` cannot be used here.")
            problems.add(Problem("bad_choice", detail, word.place, read=quoted(word.text)))
        chosen[word.text] = Choice(word.text, label)
    most = MOST_SET_WORDS if kind is Kind.SOME_OF else MOST_CHOICES
    if not 1 <= len(chosen) <= most:
        detail = Text(f"`choices` 要有 1 到 {most} 项。", f"`choices` holds 1 to {most} entries.")
        problems.add(Problem("bad_choices", detail, fields.place, read=str(len(chosen))))
        return None
    return tuple(chosen.values())


def _check_successor(fact: Fact, facts: Catalogue[Fact], problems: Problems) -> None:
    if fact.turns_into is None:
        return
    successor = facts.find(ScalarNode(fact.turns_into, fact.place), problems)
    is_sound = fact.moves is Moves.FALLS and fact.minimum == 0
    if not is_sound or (successor is not None and successor.moves is not Moves.GROWS):
        problems.add(Problem("bad_successor", _SUCCESSOR, fact.place, read=fact.turns_into))


def _action(action_id: str, rank: int, fields: Fields) -> Action | None:
    fields.needed("order")
    order = fields.number("order", 1, LAST_ORDER)
    title = fields.text("title")
    minutes = fields.number("minutes", 1, LONGEST_STEP)
    at_hand, done_when = fields.text_or_none("at_hand"), fields.text_or_none("done_when")
    if order is None:
        return None
    return Action(action_id, title, order, rank, minutes, at_hand, done_when, fields.place)


_TWO_FACTS = Text("至少要写两个事实才谈得上矛盾。", "It takes at least two facts to contradict each other.")
_UNKNOWN = Text("不知道的事不会和别的矛盾。", "What is not known contradicts nothing.")
_ITSELF = Text("一个做法不能和自己矛盾。", "An action cannot contradict itself.")
_ONLY_WHOLE = Text("只有整数（`kind: whole`）会自己变化。", "Only whole numbers (`kind: whole`) change by themselves.")
_NO_RANGE = Text("只有数字才需要 `range`，请删去。", "Only numbers have a `range`. Remove it.")
_NO_CHOICES = Text("这种事实没有 `choices`，请删去。", "This kind of fact has no `choices`. Remove them.")
_BOUNDS = Text(
    "`range` 要写成 `0..3650`，小的在前，最多 15 位。",
    "`range` is written `0..3650`, the smaller first, at most 15 digits.",
)
_SUCCESSOR = Text(
    "`turns_into` 只用于从 0 起、每天减少的事实，并指向一个每天增加的事实。",
    "`turns_into` is for a fact that falls to 0, and names a fact that grows.",
)
