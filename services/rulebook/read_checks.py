"""Reads what a rulebook must keep to: the safety properties of always.yaml and the cases beside the rules."""

from __future__ import annotations

import re
from dataclasses import replace

from services.rulebook.catalogue import Catalogue
from services.rulebook.fields import Fields
from services.rulebook.ids import IdStyle
from services.rulebook.model import Action, Case, Condition, Fact, Kind, Property, Rule, Rulebook, Text
from services.rulebook.problems import Problem, Problems, SituationError
from services.rulebook.read_rules import Books
from services.rulebook.read_vocabulary import read_when
from services.rulebook.situation import read_situation
from services.rulebook.yaml_nodes import ListNode, MapNode, Node, ScalarNode

PROPERTY_KEYS = (
    "id", "title", "when", "anywhere", "must", "must_one_of", "must_not", "first_one_of", "only", "fires_one_of",
    "as", "urgency",
)  # fmt: skip
DEMANDS = ("must", "must_one_of", "must_not", "first_one_of", "only", "fires_one_of")
"""The last one names rules, the others actions."""
EXPECTATIONS = ("expect", "not", "first", "fires", "silent")
"""The first three name actions, the others rules."""
CASE_KEYS = ("name", "given", *EXPECTATIONS, "ask", "as_of")
NEVER_FALLS = "never falls"
_GROWS = re.compile(r"([a-z0-9_]+) grows")
_WHOLE = re.compile(r"-?[0-9]{1,15}")


def read_properties(
    nodes: list[MapNode], books: Books, rules: Catalogue[Rule], problems: Problems
) -> tuple[Property, ...]:
    properties: Catalogue[Property] = Catalogue("property", Text("性质", "property"))
    for node in nodes:
        fields = Fields(node, problems, PROPERTY_KEYS)
        name = fields.id("id", IdStyle.KEBAB)
        if name is not None and properties.claim(name, problems):
            properties.things[name.text] = _property(name.text, fields, books, rules)
    return tuple(properties.sound().values())


def read_cases(
    nodes: list[MapNode], rulebook: Rulebook, books: Books, rules: Catalogue[Rule], problems: Problems
) -> tuple[Case, ...]:
    cases: Catalogue[Case] = Catalogue("case", Text("案例", "case"))
    for node in nodes:
        fields = Fields(node, problems, CASE_KEYS)
        name = fields.word("name")
        if name is not None and cases.claim(name, problems):
            cases.things[name.text] = _case(name, fields, rulebook, books, rules)
    return tuple(cases.sound().values())


def _property(property_id: str, fields: Fields, books: Books, rules: Catalogue[Rule]) -> Property | None:
    problems, title = fields.problems, fields.text("title")
    when = _where(fields, books.facts)
    written = {key: fields.words(key) for key in DEMANDS}
    *of_actions, of_rules = DEMANDS
    demands = {key: _known(written[key], books.actions, problems) for key in of_actions}
    demands[of_rules] = _known(written[of_rules], rules, problems)
    grows = _grows(fields, books.facts)
    if not any(written.values()) and not fields.has("as") and not fields.has("urgency"):
        problems.add(Problem("demands_nothing", _DEMANDS_NOTHING, fields.place, allowed=(*DEMANDS, "as")))
        return None
    return None if when is None else Property(property_id, title, when, **demands, grows=grows, place=fields.place)


def _where(fields: Fields, facts: Catalogue[Fact]) -> tuple[Condition, ...] | None:
    if fields.yes_no("anywhere"):
        if fields.has("when"):
            fields.problems.add(Problem("when_and_anywhere", _WHEN_AND_ANYWHERE, fields.place))
        return ()
    if fields.has("as") and not fields.has("when"):
        return ()
    node = fields.map("when")
    when = read_when(node, facts, fields.problems)
    return when if node is not None and len(when) == len(node.entries) else None


def _grows(fields: Fields, facts: Catalogue[Fact]) -> str:
    node, urgency = fields.word_or_none("as"), fields.word_or_none("urgency")
    if node is None and urgency is None:
        return ""
    found = _GROWS.fullmatch(node.text) if node is not None else None
    if node is None or found is None or urgency is None or urgency.text != NEVER_FALLS:
        fields.problems.add(Problem("bad_growth", _BAD_GROWTH, fields.place))
        return ""
    fact = facts.find(ScalarNode(found[1], node.place), fields.problems)
    if fact is None:
        return ""
    if not fact.kind.is_number:
        fields.problems.add(Problem("bad_growth", _ONLY_NUMBERS, node.place, read=fact.id))
    return fact.id


def _case(name: ScalarNode, fields: Fields, rulebook: Rulebook, books: Books, rules: Catalogue[Rule]) -> Case:
    given = fields.map("given") if fields.has("given") else MapNode({}, fields.place)
    ask, as_of = fields.word_or_none("ask"), fields.day_or_none("as_of")
    if ask is not None:
        books.facts.has(ask, fields.problems)
    written = {key: fields.words(key) for key in EXPECTATIONS}
    expect, never, first = (_known(written[key], books.actions, fields.problems) for key in EXPECTATIONS[:3])
    fires, silent = (_known(written[key], rules, fields.problems) for key in EXPECTATIONS[3:])
    raw = {} if given is None else _raw_facts(given, books.facts, fields.problems)
    if given is not None:
        _check_given(given, raw, rulebook, fields.problems)
    if not any(written.values()) and ask is None:
        fields.problems.add(Problem("expects_nothing", _EXPECTS_NOTHING, fields.place, allowed=(*EXPECTATIONS, "ask")))
    return Case(name.text, raw, expect, never, first, ask.text if ask else "", fires, silent, as_of, name.place)


def _known(
    words: list[ScalarNode], catalogue: Catalogue[Action] | Catalogue[Rule], problems: Problems
) -> tuple[str, ...]:
    return tuple(word.text for word in words if catalogue.has(word, problems))


def _raw_facts(given: MapNode, facts: Catalogue[Fact], problems: Problems) -> dict[str, object]:
    """The facts as the API would receive them: the vocabulary gives the types that YAML text does not have."""
    found = ((name, facts.find(ScalarNode(name, place), problems)) for name, place in given.key_places.items())
    return {name: _typed(fact, given.entries[name]) for name, fact in found if fact is not None}


def _typed(fact: Fact, node: Node) -> object:
    if isinstance(node, ScalarNode):
        if fact.kind is Kind.YES_NO and node.text in ("yes", "no"):
            return node.text == "yes"
        if fact.kind.is_number and _WHOLE.fullmatch(node.text):
            return int(node.text)
        if fact.kind is Kind.SOME_OF:
            return [] if node.text == "none" else [node.text]
    return _plain(node)


def _plain(node: Node) -> object:
    if isinstance(node, ScalarNode):
        return node.text
    return [_plain(item) for item in node.items] if isinstance(node, ListNode) else {}


def _check_given(given: MapNode, raw: dict[str, object], rulebook: Rulebook, problems: Problems) -> None:
    try:
        read_situation(rulebook, raw)
    except SituationError as error:
        once = {problem.detail: problem for problem in reversed(error.problems)}
        for problem in reversed(once.values()):
            name = problem.pointer.removeprefix("/facts/").split("/")[0]
            problems.add(replace(problem, place=given.key_places.get(name, given.place), pointer=""))


_DEMANDS_NOTHING = Text("这条性质没有要求任何东西。", "This property demands nothing.")
_WHEN_AND_ANYWHERE = Text("`when` 和 `anywhere` 只能写一个。", "Write either `when` or `anywhere`.")
_BAD_GROWTH = Text(
    "要写成 `as: days_overdue grows` 和 `urgency: never falls`。",
    "It is written `as: days_overdue grows` and `urgency: never falls`.",
)
_ONLY_NUMBERS = Text("只有数字才会增长。", "Only a number can grow.")
_EXPECTS_NOTHING = Text("这个案例没有写期望什么。", "This case expects nothing.")
