"""A rule as sentences, and what a change of it changes: old and new side by side, as its readers would say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from services.rulebook import phrases
from services.rulebook.findings import filled
from services.rulebook.model import Condition, Rule, Rulebook, SourceRef, Text
from services.rulebook.moment_sentences import say_follow_up, say_moment
from services.rulebook.wording import condition_said


@dataclass(frozen=True, slots=True)
class SaidRule:
    """When it applies, what it advises and how soon, to whom it yields, and when somebody comes back."""

    conditions: tuple[Text, ...]
    """All of them have to hold; without any, the rule is for everybody."""
    advises: Text
    urgency: Text
    yields: Text | None
    deadline: tuple[Text, ...]
    follow_ups: tuple[Text, ...]


class SaidChange(NamedTuple):
    """One thing that is said otherwise than before; None where it was not said, or is no longer."""

    about: Text
    old: Text | None
    new: Text | None


class Line(NamedTuple):
    """One thing that an entry says. Lines with the same key are about the same."""

    key: str
    about: Text
    said: Text


def say_rule(rulebook: Rulebook, rule: Rule) -> SaidRule:
    return SaidRule(
        conditions=tuple(_condition(rulebook, condition) for condition in rule.when),
        advises=rulebook.actions[rule.advise].title,
        urgency=phrases.URGENCY[rule.urgency],
        yields=_yields(rulebook, rule),
        deadline=tuple(say_moment(rulebook, moment) for moment in rule.deadline),
        follow_ups=tuple(say_follow_up(rulebook, follow_up) for follow_up in rule.follow_up),
    )


def say_change(old: Rulebook, new: Rulebook, rule_id: str) -> tuple[SaidChange, ...]:
    """Everything about a rule that is said otherwise, in the order of its fields; a rule may be new, or gone."""
    return compare_lines(_lines_of(old, rule_id), _lines_of(new, rule_id))


def compare_lines(old: Iterable[Line], new: Iterable[Line]) -> tuple[SaidChange, ...]:
    """What is left out on one side stands beside what is added about the same on the other, in their order."""
    before, after = {line.key: line for line in old}, {line.key: line for line in new}
    gone = [line for key, line in before.items() if key not in after]
    found: list[SaidChange] = []
    for key, line in after.items():
        was = before.get(key) or next((other for other in gone if other.about == line.about), None)
        if was in gone:
            gone.remove(was)
        if was is None or was.said != line.said:
            found.append(SaidChange(line.about, was and was.said, line.said))
    return (*found, *(SaidChange(line.about, line.said, None) for line in gone))


def _lines_of(rulebook: Rulebook, rule_id: str) -> Iterator[Line]:
    for rule in rulebook.rules:
        if rule.id == rule_id:
            yield from _lines(rulebook, rule)


def _lines(rulebook: Rulebook, rule: Rule) -> Iterator[Line]:
    yield Line("title", _TITLE, rule.title)
    yield Line("topic", _TOPIC, rulebook.topics[rule.topic].title)
    yield from _about_conditions(rulebook, rule)
    yield Line("advise", _ADVISES, rulebook.actions[rule.advise].title)
    yield Line("urgency", _URGENCY, phrases.URGENCY[rule.urgency])
    if rule.order is not None:
        yield Line("order", _ORDER, Text(str(rule.order), str(rule.order)))
    yield Line("text", _TEXT, rule.text)
    yield Line("because", _BECAUSE, rule.because)
    yield from (Line(f"source {ref.id} {ref.part}", _RESTS_ON, _source(rulebook, ref)) for ref in rule.sources)
    yield from _about_days(rulebook, rule)
    said = _yields(rulebook, rule)
    if said is not None:
        yield Line("yields", _YIELDS, said)
    if rule.covers:
        yield Line("covers", _COVERS, Text("、".join(rule.covers), ", ".join(rule.covers)))
    yield from _about_care(rule)


def _about_conditions(rulebook: Rulebook, rule: Rule) -> Iterator[Line]:
    if not rule.when:
        yield Line("when", _FOR_WHOM, _EVERYBODY)
    for condition in rule.when:
        fact = rulebook.facts[condition.fact]
        yield Line(f"when {fact.id}", filled(_WHEN, fact=fact.label), condition_said(fact, condition))


def _about_days(rulebook: Rulebook, rule: Rule) -> Iterator[Line]:
    for moment in rule.deadline:
        said = say_moment(rulebook, moment)
        yield Line(f"deadline {said.en}", _DEADLINE, said)
    for follow_up in rule.follow_up:
        when = say_moment(rulebook, follow_up.moment)
        yield Line(f"follow up {when.en} {follow_up.ask}", _FOLLOW_UP, say_follow_up(rulebook, follow_up))


def _about_care(rule: Rule) -> Iterator[Line]:
    since, until = rule.valid_from.isoformat(), rule.valid_until
    form = _SINCE if until is None else _FROM_TO
    yield Line("valid", _VALID, filled(form, since=since, until="" if until is None else until.isoformat()))
    yield Line("review", _REVIEW, Text(rule.review_by.isoformat(), rule.review_by.isoformat()))
    yield Line("owner", _OWNER, Text(rule.owner, rule.owner))


def _condition(rulebook: Rulebook, condition: Condition) -> Text:
    fact = rulebook.facts[condition.fact]
    return filled(_CONDITION, fact=fact.label, said=condition_said(fact, condition))


def _yields(rulebook: Rulebook, rule: Rule) -> Text | None:
    if rule.is_fallback:
        return _TO_EVERYTHING
    titles = [other.title for other in rulebook.rules if other.id in rule.yields_to]
    if not titles:
        return None
    return Text("、".join(f"“{title.zh}”" for title in titles), ", ".join(f"“{title.en}”" for title in titles))


def _source(rulebook: Rulebook, ref: SourceRef) -> Text:
    source = rulebook.sources.get(ref.id)
    title = Text(ref.id, ref.id) if source is None else source.title
    return filled(_PART, title=title, part=ref.part) if ref.part else title


_CONDITION = Text("{fact}：{said}", "{fact}: {said}")
_TITLE, _TOPIC = Text("标题", "title"), Text("主题", "topic")
_FOR_WHOM, _EVERYBODY = Text("适用于", "for whom"), Text("所有人", "everybody")
_WHEN = Text("条件“{fact}”", "condition “{fact}”")
_ADVISES, _URGENCY = Text("建议做的事", "what it advises"), Text("什么时候做", "how soon")
_ORDER = Text("先后次序", "place in the order of safety")
_TEXT, _BECAUSE = Text("说明", "words"), Text("原因", "reason")
_RESTS_ON, _PART = Text("依据", "rests on"), Text("{title}，{part}", "{title}, {part}")
_DEADLINE, _FOLLOW_UP = Text("期限", "to be done"), Text("回访", "coming back")
_YIELDS, _TO_EVERYTHING = Text("让位给", "yields to"), Text("其他所有建议", "all other advice")
_COVERS = Text("对应要点", "points it covers")
_VALID, _SINCE = Text("有效期", "in force"), Text("从 {since} 起", "from {since}")
_FROM_TO = Text("从 {since} 到 {until}", "from {since} until {until}")
_REVIEW, _OWNER = Text("最晚复核日", "review by"), Text("负责", "owner")
