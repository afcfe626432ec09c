"""Who steps aside for whom: the words under `yields_to` written out as rule ids, and circles found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from services.rulebook.catalogue import Catalogue
from services.rulebook.characters import normalised
from services.rulebook.model import Rule, Text, Topic
from services.rulebook.problems import Problem, Problems, closest, meant, quoted
from services.rulebook.yaml_nodes import ScalarNode

EVERYTHING, EVERYTHING_HERE, WHOLE_TOPIC = "everything", "everything in this topic", "topic "
MOST_CIRCLES = 10
"""So many are named one by one; whoever has more will see the pattern."""


@dataclass(slots=True)
class RulesRead:
    """Rules and topics as far as they are read; `wishes` are the words under `yields_to`, not looked up yet."""

    rules: Catalogue[Rule] = field(default_factory=lambda: Catalogue("rule", Text("规则", "rule")))
    topics: Catalogue[Topic] = field(default_factory=lambda: Catalogue("topic", Text("主题", "topic")))
    wishes: dict[str, list[ScalarNode]] = field(default_factory=dict)

    def rules_of(self, topic_id: str) -> Iterable[str]:
        topic = self.topics.things.get(topic_id)
        return () if topic is None else topic.rules

    def fallbacks(self) -> frozenset[str]:
        """Rules that step aside for everything."""
        return frozenset(
            rule_id for rule_id, wishes in self.wishes.items() if any(_words(wish) == EVERYTHING for wish in wishes)
        )


def resolved_rules(read: RulesRead, problems: Problems) -> tuple[Rule, ...]:
    """All sound rules with `yields_to` written out as rule ids; a circle is a problem."""
    fallbacks = read.fallbacks()
    resolved = tuple(_resolved(rule, fallbacks, read, problems) for rule in read.rules.sound().values())
    _refuse_circles(resolved, problems)
    return resolved


def _resolved(rule: Rule, fallbacks: frozenset[str], read: RulesRead, problems: Problems) -> Rule:
    """No rule steps aside for a fallback: that one is silent whenever this one matches, so nobody would speak."""
    own = problems.about(rule.id)
    yields_to = {other for wish in read.wishes[rule.id] for other in _others(wish, rule, fallbacks, read, own)}
    is_fallback = rule.id in fallbacks
    if is_fallback:
        yields_to.update(read.rules.things)
    return replace(rule, yields_to=frozenset(yields_to - fallbacks - {rule.id}), is_fallback=is_fallback)


def _others(
    wish: ScalarNode, rule: Rule, fallbacks: frozenset[str], read: RulesRead, problems: Problems
) -> Iterable[str]:
    words = _words(wish)
    if words == EVERYTHING:
        return ()
    if words == EVERYTHING_HERE:
        return read.rules_of(rule.topic)
    if words.startswith(WHOLE_TOPIC):
        name = ScalarNode(words.removeprefix(WHOLE_TOPIC), wish.place)
        return read.rules_of(name.text) if read.topics.has(name, problems) else ()
    if words in fallbacks and rule.id not in fallbacks:
        problems.add(Problem("yields_to_fallback", _TO_FALLBACK, wish.place, read=quoted(words)))
        return ()
    phrase = closest(words, (EVERYTHING, EVERYTHING_HERE)) if words not in read.rules.things else None
    if phrase is not None:
        detail = Text(f"没有名为 `{quoted(words)}` 的规则。", f"There is no rule called `{quoted(words)}`.")
        problems.add(Problem("unknown_rule", detail, wish.place, read=quoted(words), suggestion=meant(phrase)))
        return ()
    return (words,) if read.rules.has(ScalarNode(words, wish.place), problems) else ()


def _words(wish: ScalarNode) -> str:
    return normalised(wish.text)


def _refuse_circles(rules: tuple[Rule, ...], problems: Problems) -> None:
    """Rules that all step aside for each other, directly or by way of others, would leave nobody to speak."""
    waiting = {rule.id: set(rule.yields_to) for rule in rules}
    by_id = {rule.id: rule for rule in rules}
    for _ in range(MOST_CIRCLES):
        _let_go(waiting)
        if not waiting:
            return
        circle = _one_circle(waiting)
        said = " -> ".join((*circle, circle[0]))
        detail = Text(f"`yields_to` 绕成了一圈：{said}。", f"`yields_to` goes round in a circle: {said}.")
        place = by_id[circle[0]].place
        problems.add(Problem("yields_in_circle", detail, place, rule=circle[0], read=said, suggestion=_CUT))
        for rule_id in circle:
            del waiting[rule_id]


def _let_go(waiting: dict[str, set[str]]) -> None:
    """Takes out every rule that waits for nobody who is still waiting."""
    while free := [rule_id for rule_id, others in waiting.items() if others.isdisjoint(waiting)]:
        for rule_id in free:
            del waiting[rule_id]


def _one_circle(waiting: dict[str, set[str]]) -> list[str]:
    walked = [next(iter(waiting))]
    while True:
        following = min(other for other in waiting[walked[-1]] if other in waiting)
        if following in walked:
            return walked[walked.index(following) :]
        walked.append(following)


_TO_FALLBACK = Text(
    "这条规则只在没有别的规则适用时才说话，不能再让别的规则让位给它。",
    "That rule only speaks when no other does, so no rule can step aside for it.",
)
_CUT = Text("请删去其中一处 `yields_to`。", "Remove `yields_to` in one of these places.")
