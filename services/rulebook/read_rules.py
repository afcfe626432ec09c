"""Reads the rules of a topic: when each applies, what it advises, in which words and on which grounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.rulebook.catalogue import Catalogue
from services.rulebook.fields import Fields
from services.rulebook.ids import IdStyle
from services.rulebook.model import (
    Action,
    Condition,
    Fact,
    GuidancePoint,
    Rule,
    Source,
    SourceRef,
    Text,
    Topic,
    Urgency,
)
from services.rulebook.problems import Problem, Problems, quoted
from services.rulebook.read_grounds import read_ref
from services.rulebook.read_moments import read_deadline, read_follow_ups
from services.rulebook.read_vocabulary import LAST_ORDER, read_when
from services.rulebook.yaml_nodes import MapNode, ScalarNode
from services.rulebook.yields import RulesRead

RULE_KEYS = (
    "id", "title", "when", "advise", "urgency", "text", "because", "sources", "valid", "review_by", "owner",
    "deadline", "follow_up", "yields_to", "covers", "order",
)  # fmt: skip
ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Books:
    """What rules may refer to."""

    facts: Catalogue[Fact]
    actions: Catalogue[Action]
    sources: Catalogue[Source]
    points: Catalogue[GuidancePoint]


def read_topic(node: MapNode, books: Books, read: RulesRead, problems: Problems) -> None:
    """Adds one topic file to what has been read."""
    fields = Fields(node, problems)
    fields.needed("rules")
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
    deadline, follow_up = read_deadline(fields, books.facts), read_follow_ups(fields, books.facts)
    covers = tuple(point.text for point in fields.words("covers") if books.points.has(point, problems))
    knows_action = advise is not None and books.actions.has(advise, problems)
    if when is None or urgency is None or not knows_action or advise is None or owner is None or review_by is None:
        return None
    if valid is None or not sources:
        return None
    if review_by < valid[0]:
        problems.add(Problem("review_before_start", _REVIEW_BEFORE_START, fields.place, read=str(review_by)))
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


_BAD_WHEN = Text(
    "`when` 下面每行写一个事实和它的条件；没有条件就写 `when: anything`。",
    "Under `when` stands one fact with its condition on every line; without any, write `when: anything`.",
)
_NO_SOURCE = Text("每条规则至少要有一个来源。", "Every rule needs at least one source.")
_REVIEW_BEFORE_START = Text(
    "`review_by` 早于生效的那一天。", "`review_by` is earlier than the day on which the rule begins."
)
_NEVER_VALID = Text("有效期的结束早于开始。", "The rule would end before it begins.")
