"""The facts, actions and rules of a release as JSON, in one language: the same words that forms and clients need."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.rulebook.advice import advice_texts
from services.rulebook.advice_texts import AdviceTexts
from services.rulebook.model import Action, Condition, Fact, FollowUp, Moment, Rule, Rulebook
from services.rulebook.release import Release
from services.rulebook.wording import say_condition

Json = dict[str, Any]


def facts_json(release: Release, language: str) -> list[Json]:
    """All facts in the order of the vocabulary, each with its question and the values it may hold."""
    texts = advice_texts(release, language)
    return [_fact(texts, fact) for fact in release.rulebook.facts.values()]


def actions_json(release: Release, language: str) -> list[Json]:
    texts = advice_texts(release, language)
    return [_action(texts, action) for action in release.rulebook.actions.values()]


def rules_json(release: Release, language: str) -> list[Json]:
    texts = advice_texts(release, language)
    return [rule_json(texts, rule) for rule in release.rulebook.rules]


def rule_json(texts: AdviceTexts, rule: Rule) -> Json:
    """One rule with its conditions said as a person would, its texts, grounds and dates."""
    step = texts.steps[rule.id]
    return {
        "id": rule.id,
        "topic": rule.topic,
        "topic_title": texts.say(texts.rulebook.topics[rule.topic].title),
        "title": step["title"],
        "when": [_condition(texts, condition) for condition in rule.when],
        "advise": rule.advise,
        "action_title": texts.action_title(rule.advise),
        "urgency": rule.urgency.value,
        "urgency_label": step["urgency_label"],
        "text": step["text"],
        "because": step["because"],
        "sources": step["sources"],
        "deadline": [_moment(moment) for moment in rule.deadline],
        "follow_up": [_follow_up(texts, follow_up) for follow_up in rule.follow_up],
        "yields_to": sorted(rule.yields_to),
        "is_fallback": rule.is_fallback,
        "covers": list(rule.covers),
        "valid": {"from": rule.valid_from.isoformat(), "until": _iso(rule.valid_until)},
        "review_by": rule.review_by.isoformat(),
        "owner": rule.owner,
    }


def facts_schema(rulebook: Rulebook) -> Json:
    """A JSON Schema of what `facts` may hold with this rulebook."""
    return {
        "type": "object",
        "additionalProperties": False,
        "description": "What is known. A fact that is left out is unknown.",
        "properties": {fact.id: _value_schema(fact) for fact in rulebook.facts.values()},
    }


def _fact(texts: AdviceTexts, fact: Fact) -> Json:
    question = texts.questions[fact.id]
    rest = {key: value for key, value in question.items() if key != "fact"}
    return {
        "id": fact.id,
        **rest,
        "asked": fact.asked.value,
        "group": fact.group or None,
        "moves": fact.moves.value if fact.moves else None,
    }


def _action(texts: AdviceTexts, action: Action) -> Json:
    return {
        "id": action.id,
        "title": texts.say(action.title),
        "order": action.order,
        "minutes": action.minutes,
        "at_hand": texts.say(action.at_hand),
        "done_when": texts.say(action.done_when),
    }


def _condition(texts: AdviceTexts, condition: Condition) -> Json:
    fact = texts.rulebook.facts[condition.fact]
    return {
        "fact": fact.id,
        "label": texts.label(fact.id),
        "written": condition.written,
        "says": say_condition(fact, condition, texts.language),
    }


def _follow_up(texts: AdviceTexts, follow_up: FollowUp) -> Json:
    return {
        **_moment(follow_up.moment),
        "ask": follow_up.ask,
        "say": texts.say(follow_up.say),
        "hour": follow_up.hour,
    }


def _moment(moment: Moment) -> Json:
    if moment.in_days is not None:
        return {"in_days": moment.in_days}
    if moment.fact:
        return {"fact": moment.fact, "reaches": moment.reaches}
    return {"date_fact": moment.date_fact, "offset_days": moment.offset}


def _value_schema(fact: Fact) -> Json:
    kinds: dict[str, Json] = {
        "yes_no": {"type": "boolean"},
        "one_of": {"type": "string", "enum": list(fact.words)},
        "some_of": {"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": list(fact.words)}},
        "date": {"type": "string", "format": "date", "pattern": "^2[0-9]{3}-[0-9]{2}-[0-9]{2}$"},
    }
    number = {"type": "integer", "minimum": fact.minimum, "maximum": fact.maximum}
    return {**kinds.get(fact.kind.value, number), "description": fact.label.en}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
