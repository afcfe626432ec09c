"""Reads the rules of a topic, and works out at the end who steps aside for whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from services.rulebook.catalogue import Catalogue
from services.rulebook.characters import normalised
from services.rulebook.fields import Fields, IdStyle
from services.rulebook.model import (
    NOWHERE,
    Action,
    Condition,
    Fact,
    FollowUp,
    GuidancePoint,
    Kind,
    Moment,
    Rule,
    Source,
    SourceRef,
    Text,
    Topic,
    Urgency,
)
from services.rulebook.problems import Problem, Problems, quoted
from services.rulebook.read_grounds import read_ref
from services.rulebook.read_vocabulary import LAST_ORDER, read_when
from services.rulebook.yaml_nodes import MapNode, ScalarNode

TOPIC_KEYS = ("topic", "title", "may_join", "yields_to", "rules")
RULE_KEYS = (
    "id", "title", "when", "advise", "urgency", "text", "because", "sources", "valid", "review_by", "owner",
    "deadline", "follow_up", "yields_to", "covers", "order",
)  # fmt: skip
MOMENT_KEYS = ("in", "when", "at")
FOLLOW_UP_KEYS = (*MOMENT_KEYS, "ask", "say", "hour")
ANYTHING = "anything"
EVERYTHING, EVERYTHING_HERE, WHOLE_TOPIC = "everything", "everything in this topic", "topic "
FIRST_HOUR, LAST_HOUR = 9, 20
"""Messages leave between 9:00 and 20:30 of the person's day."""
LONGEST_WAIT = 3650
_IN = re.compile(r"(\d{1,4}) days?")
_WHEN = re.compile(r"([a-z0-9_]+) reaches (-?\d{1,15})")
_AT = re.compile(r"(?:(\d{1,4}) days? (before|after) )?([a-z0-9_]+)")


@dataclass(frozen=True, slots=True)
class Books:
    """What rules may refer to."""

    facts: Catalogue[Fact]
    actions: Catalogue[Action]
    sources: Catalogue[Source]
    points: Catalogue[GuidancePoint]


@dataclass(slots=True)
class RulesRead:
    """Rules and topics as far as they are read; `wishes` are the words under `yields_to`, not looked up yet."""

    rules: Catalogue[Rule]
    topics: Catalogue[Topic]
    wishes: dict[str, list[ScalarNode]]

    @classmethod
    def nothing(cls) -> RulesRead:
        return cls(Catalogue("rule", Text("规则", "rule")), Catalogue("topic", Text("主题", "topic")), {})


def read_topic(node: MapNode, books: Books, read: RulesRead, problems: Problems) -> None:
    """Adds one topic file to what has been read."""
    fields = Fields(node, problems, TOPIC_KEYS)
    name = fields.id("topic", IdStyle.EITHER)
    if name is None or not read.topics.claim(name, problems):
        return
    title, may_join, wishes = fields.text("title"), fields.yes_no("may_join"), fields.words("yields_to")
    own: list[str] = []
    for entry in fields.maps("rules"):
        rule_fields = _rule_fields(entry, problems)
        rule_id = rule_fields.id("id", IdStyle.KEBAB)
        if rule_id is None or not read.rules.claim(rule_id, problems):
            continue
        own.append(rule_id.text)
        read.rules.things[rule_id.text] = _rule(rule_id, name.text, rule_fields, books)
        read.wishes[rule_id.text] = [*wishes, *rule_fields.words("yields_to")]
    read.topics.things[name.text] = Topic(name.text, title, may_join, tuple(own), node.place)


def resolved_rules(read: RulesRead, problems: Problems) -> tuple[Rule, ...]:
    """All sound rules with `yields_to` written out as rule ids; a circle is a problem."""
    resolved = [_resolved(rule, read, problems) for rule in read.rules.sound().values()]
    _refuse_circles(resolved, problems)
    return tuple(resolved)


def _rule_fields(entry: MapNode, problems: Problems) -> Fields:
    """The fields of one rule, with its id noted on every problem about it."""
    named = entry.entries.get("id")
    rule_id = named.text if isinstance(named, ScalarNode) else ""
    return Fields(entry, problems.about(quoted(rule_id)), RULE_KEYS)


def _rule(name: ScalarNode, topic: str, fields: Fields, books: Books) -> Rule | None:
    problems = fields.problems
    title, text, because = fields.text("title"), fields.text("text"), fields.text("because")
    when, urgency = _when(fields, books), fields.choice("urgency", Urgency)
    advise, owner, review_by = fields.word("advise"), fields.word("owner"), fields.day("review_by")
    sources, valid, order = _sources(fields, books), _valid(fields), fields.number("order", 1, LAST_ORDER)
    deadline = tuple(_moments(fields.maps("deadline"), MOMENT_KEYS, books, problems))
    follow_up = tuple(_follow_ups(fields, books))
    covers = tuple(point.text for point in fields.words("covers") if books.points.has(point, problems))
    knows_action = advise is not None and books.actions.has(advise, problems)
    if when is None or urgency is None or not knows_action or advise is None or owner is None or review_by is None:
        return None
    if valid is None or not sources:
        return None
    return Rule(
        id=name.text, topic=topic, title=title, when=when, advise=advise.text, urgency=urgency, text=text,
        because=because, sources=sources, valid_from=valid[0], valid_until=valid[1], review_by=review_by,
        owner=owner.text, deadline=deadline, follow_up=follow_up, covers=covers, order=order, place=name.place,
    )  # fmt: skip


def _when(fields: Fields, books: Books) -> tuple[Condition, ...] | None:
    node = fields.needed("when")
    if node is None:
        return None
    if isinstance(node, ScalarNode) and node.text == ANYTHING:
        return ()
    if not isinstance(node, MapNode) or not node.entries:
        fields.problems.add(Problem("bad_when", _BAD_WHEN, node.place, allowed=(ANYTHING,)))
        return None
    when = read_when(node, books.facts, fields.problems)
    return when if len(when) == len(node.entries) else None


def _sources(fields: Fields, books: Books) -> tuple[SourceRef, ...]:
    fields.needed("sources")
    refs = (read_ref(node, books.sources, fields.problems) for node in fields.maps("sources"))
    found = tuple(ref for ref in refs if ref is not None)
    if fields.has("sources") and not found:
        fields.problems.add(Problem("no_source", _NO_SOURCE, fields.place))
    return found


def _valid(fields: Fields) -> tuple[date, date | None] | None:
    node = fields.map("valid")
    if node is None:
        return None
    own = Fields(node, fields.problems, ("from", "until"))
    start, end = own.day("from"), own.day_or_none("until")
    if start is None:
        return None
    if end is not None and end < start:
        fields.problems.add(Problem("never_valid", _NEVER_VALID, node.place, read=f"{start}..{end}"))
    return start, end


def _follow_ups(fields: Fields, books: Books) -> Iterator[FollowUp]:
    for node in fields.maps("follow_up"):
        own = Fields(node, fields.problems, FOLLOW_UP_KEYS)
        moment = _moment(own, books)
        ask, say = own.word("ask"), own.text_or_none("say")
        hour = own.number("hour", FIRST_HOUR, LAST_HOUR)
        if ask is not None and books.facts.has(ask, fields.problems) and moment is not None:
            yield FollowUp(moment, ask.text, say, hour, node.place)


def _moments(nodes: list[MapNode], keys: tuple[str, ...], books: Books, problems: Problems) -> Iterator[Moment]:
    for node in nodes:
        moment = _moment(Fields(node, problems, keys), books)
        if moment is not None:
            yield moment


def _moment(fields: Fields, books: Books) -> Moment | None:
    """One of `in: 7 days`, `when: days_overdue reaches 91` and `at: 3 days before hearing_on`."""
    given = [key for key in MOMENT_KEYS if fields.has(key)]
    if len(given) != 1:
        problem = Problem("bad_moment", _ONE_MOMENT, fields.place, read=", ".join(given), allowed=MOMENT_KEYS)
        fields.problems.add(problem)
        return None
    node = fields.word(given[0])
    if node is None:
        return None
    read = {"in": _after, "when": _reached, "at": _on_day}[given[0]]
    moment = read(node, books, fields.problems)
    return None if moment is None else replace(moment, place=node.place)


def _after(node: ScalarNode, _books: Books, problems: Problems) -> Moment | None:
    found = _IN.fullmatch(normalised(node.text))
    if found is None or int(found[1]) > LONGEST_WAIT:
        problems.add(Problem("bad_moment", _BAD_IN, node.place, read=quoted(node.text), allowed=("7 days",)))
        return None
    return Moment(in_days=int(found[1]))


def _reached(node: ScalarNode, books: Books, problems: Problems) -> Moment | None:
    found = _WHEN.fullmatch(normalised(node.text))
    if found is None:
        allowed = ("days_overdue reaches 91",)
        problems.add(Problem("bad_moment", _BAD_WHEN_REACHES, node.place, read=quoted(node.text), allowed=allowed))
        return None
    fact = books.facts.find(ScalarNode(found[1], node.place), problems)
    if fact is None:
        return None
    value = int(found[2])
    if fact.moves is None or not fact.minimum <= value <= fact.maximum:
        problems.add(Problem("bad_moment", _NOT_MOVING, node.place, read=quoted(node.text)))
        return None
    return Moment(fact=fact.id, reaches=value)


def _on_day(node: ScalarNode, books: Books, problems: Problems) -> Moment | None:
    found = _AT.fullmatch(normalised(node.text))
    if found is None:
        allowed = ("hearing_on", "3 days before hearing_on")
        problems.add(Problem("bad_moment", _BAD_AT, node.place, read=quoted(node.text), allowed=allowed))
        return None
    fact = books.facts.find(ScalarNode(found[3], node.place), problems)
    if fact is None:
        return None
    if fact.kind is not Kind.DATE:
        problems.add(Problem("bad_moment", _NO_DATE, node.place, read=quoted(node.text)))
        return None
    days = int(found[1] or 0)
    return Moment(date_fact=fact.id, offset=-days if found[2] == "before" else days)


def _resolved(rule: Rule, read: RulesRead, problems: Problems) -> Rule:
    own, yields_to, is_fallback = problems.about(rule.id), set[str](), False
    for wish in read.wishes[rule.id]:
        words = normalised(wish.text)
        if words == EVERYTHING:
            is_fallback = True
            yields_to.update(read.rules.things)
        elif words == EVERYTHING_HERE:
            yields_to.update(_rules_of(rule.topic, read))
        elif words.startswith(WHOLE_TOPIC):
            name = ScalarNode(words.removeprefix(WHOLE_TOPIC), wish.place)
            yields_to.update(_rules_of(name.text, read) if read.topics.has(name, own) else ())
        elif read.rules.has(wish, own):
            yields_to.add(wish.text)
    return replace(rule, yields_to=frozenset(yields_to - {rule.id}), is_fallback=is_fallback)


def _rules_of(topic_id: str, read: RulesRead) -> Iterable[str]:
    topic = read.topics.things.get(topic_id)
    return () if topic is None else topic.rules


def _refuse_circles(rules: list[Rule], problems: Problems) -> None:
    """Two rules that both step aside for each other, directly or by way of others, would leave nobody to speak."""
    waiting = {rule.id: set(rule.yields_to) for rule in rules if not rule.is_fallback}
    while True:
        free = [rule_id for rule_id, others in waiting.items() if not others & waiting.keys()]
        if not free:
            break
        for rule_id in free:
            del waiting[rule_id]
    if waiting:
        circle = _one_circle(waiting)
        place = next((rule.place for rule in rules if rule.id == circle[0]), NOWHERE)
        said = " -> ".join((*circle, circle[0]))
        detail = Text(f"`yields_to` 绕成了一圈：{said}。", f"`yields_to` goes round in a circle: {said}.")
        problems.add(Problem("yields_in_circle", detail, place, rule=circle[0], read=said))


def _one_circle(waiting: dict[str, set[str]]) -> list[str]:
    walked = [next(iter(waiting))]
    while True:
        following = next(iter(sorted(waiting[walked[-1]] & waiting.keys())))
        if following in walked:
            return walked[walked.index(following) :]
        walked.append(following)


_BAD_WHEN = Text(
    "`when` 下面每行写一个事实和它的条件；没有条件就写 `when: anything`。",
    "Under `when` stands one fact with its condition on every line; without any, write `when: anything`.",
)
_NO_SOURCE = Text("每条规则至少要有一个来源。", "Every rule needs at least one source.")
_NEVER_VALID = Text("有效期的结束早于开始。", "The rule would end before it begins.")
_ONE_MOMENT = Text("`in`、`when`、`at` 只能写一个。", "Write exactly one of `in`, `when` and `at`.")
_BAD_IN = Text("`in` 要写成 `7 days`。", "`in` is written `7 days`.")
_BAD_WHEN_REACHES = Text("`when` 要写成 `days_overdue reaches 91`。", "`when` is written `days_overdue reaches 91`.")
_NOT_MOVING = Text(
    "这个事实不会自己变化，或到不了这个数。", "This fact does not change by itself, or never reaches that number."
)
_BAD_AT = Text(
    "`at` 要写成 `hearing_on` 或 `3 days before hearing_on`。",
    "`at` is written `hearing_on` or `3 days before hearing_on`.",
)
_NO_DATE = Text("`at` 只能跟日期（`kind: date`）。", "`at` takes a fact that is a date (`kind: date`).")
