"""A rule as a card of readable sentences: what it asks, what it advises, what it rests on, and who silences it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from services.rulebook.model import Condition, Fact, Rule, Rulebook, Source, Text
from services.rulebook.phrases import CONFIDENCE, SOURCE_KIND, URGENCY
from services.rulebook.wording import condition_said


@dataclass(frozen=True, slots=True)
class SaidCondition:
    """`days overdue` `is` `1 to 90 days` or `not known yet`: one of the values is enough."""

    fact: Text
    verb: Text
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """A source of the rule, with what the part that it points at says."""

    id: str
    part: str
    title: Text
    kind: Text
    confidence: Text
    says: Text | None
    review_by: date | None


@dataclass(frozen=True, slots=True)
class RuleCard:
    rule: Rule
    conditions: tuple[SaidCondition, ...]
    action: Text
    urgency: Text
    grounds: tuple[Ground, ...]
    silenced_by: tuple[Rule, ...]
    silences: tuple[Rule, ...]
    uses: int
    is_review_due: bool


@dataclass(frozen=True, slots=True)
class Cards:
    """Makes the cards of one rulebook. `uses` counts how often each rule spoke lately."""

    rulebook: Rulebook
    uses: Mapping[str, int]
    today: date

    def card(self, rule: Rule) -> RuleCard:
        action = self.rulebook.actions.get(rule.advise)
        by_id = {other.id: other for other in self.rulebook.rules}
        return RuleCard(
            rule=rule,
            conditions=tuple(self._condition(condition) for condition in rule.when),
            action=action.title if action else Text(rule.advise, rule.advise),
            urgency=URGENCY[rule.urgency],
            grounds=tuple(self._ground(ref.id, ref.part) for ref in rule.sources),
            silenced_by=tuple(by_id[other] for other in by_id if other in rule.yields_to),
            silences=tuple(other for other in self.rulebook.rules if rule.id in other.yields_to),
            uses=self.uses.get(rule.id, 0),
            is_review_due=rule.review_by < self.today,
        )

    def _condition(self, condition: Condition) -> SaidCondition:
        fact = self.rulebook.facts[condition.fact]
        values = tuple(condition_said(fact, alternative) for alternative in _alternatives(fact, condition))
        return SaidCondition(fact.label, INCLUDES if condition.includes else IS, values)

    def _ground(self, source_id: str, part: str) -> Ground:
        source = self.rulebook.sources.get(source_id)
        if source is None:
            return Ground(source_id, part, Text(source_id, source_id), NOTHING, NOTHING, None, None)
        return _ground_of(source, part)


def _alternatives(fact: Fact, condition: Condition) -> Iterator[Condition]:
    """The condition as several that hold if any of them does, in the order of the vocabulary."""
    alone = replace(condition, spans=(), words=frozenset(), includes=frozenset(), or_unknown=False)
    if condition.known or condition.excludes:
        yield alone
    yield from (replace(alone, spans=(span,)) for span in condition.spans)
    for word in fact.words or ("yes", "no"):
        if word in condition.words:
            yield replace(alone, words=frozenset({word}))
        if word in condition.includes:
            yield replace(alone, includes=frozenset({word}))
    if condition.or_unknown:
        yield replace(alone, known=False, excludes=frozenset(), or_unknown=True)


def _ground_of(source: Source, part: str) -> Ground:
    return Ground(
        source.id, part, source.title, SOURCE_KIND[source.kind], CONFIDENCE[source.confidence],
        source.parts.get(part, source.says), source.review_by,
    )  # fmt: skip


NOTHING = Text("", "")
IS, INCLUDES = Text("是", "is"), Text("包括", "includes")
