"""The parts of an answer that a release knows in advance: texts, sources and questions, ready in one language.

Everything here is built once per release and language and shared between answers: treat it as read-only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from services.rulebook import phrases
from services.rulebook.model import Action, Contact, Fact, Kind, Rule, Rulebook, Source, SourceRef, Text

Json = dict[str, Any]


class AdviceTexts:
    """Ready-made JSON objects for one rulebook in one language."""

    def __init__(self, rulebook: Rulebook, language: str) -> None:
        self.rulebook = rulebook
        self.language = language

    def say(self, text: Text | None) -> str | None:
        return None if text is None else text.in_language(self.language)

    @cached_property
    def steps(self) -> Mapping[str, Json]:
        """By rule id: all of a step that does not depend on the situation."""
        return {rule.id: self._step(rule, self.rulebook.actions[rule.advise]) for rule in self.rulebook.rules}

    @cached_property
    def also(self) -> Mapping[str, Json]:
        """By rule id: a further reason for a step."""
        wanted = ("rule", "title", "text", "because", "sources")
        return {rule_id: {key: step[key] for key in wanted} for rule_id, step in self.steps.items()}

    @cached_property
    def actions(self) -> Mapping[str, Json]:
        """By rule id: the action it advises, named."""
        return {
            rule.id: {"action": rule.advise, "title": self.action_title(rule.advise), "rule": rule.id}
            for rule in self.rulebook.rules
        }

    @cached_property
    def questions(self) -> Mapping[str, Json]:
        """By fact id: how to ask for it."""
        return {fact.id: self._question(fact) for fact in self.rulebook.facts.values()}

    @cached_property
    def contacts(self) -> list[Json]:
        return [self._contact(contact) for contact in self.rulebook.contacts]

    def action_title(self, action_id: str) -> str:
        return self.rulebook.actions[action_id].title.in_language(self.language)

    def label(self, fact_id: str) -> str:
        return self.rulebook.facts[fact_id].label.in_language(self.language)

    def _step(self, rule: Rule, action: Action) -> Json:
        return {
            "action": action.id,
            "rule": rule.id,
            "title": self.say(rule.title),
            "text": self.say(rule.text),
            "urgency": rule.urgency.value,
            "urgency_label": self.say(phrases.URGENCY[rule.urgency]),
            "because": self.say(rule.because),
            "sources": [self._source(self.rulebook.sources[ref.id], ref) for ref in rule.sources],
            "minutes": action.minutes,
            "at_hand": self.say(action.at_hand),
            "done_when": self.say(action.done_when),
            "order": action.order,
            "topic": rule.topic,
        }

    def _source(self, source: Source, ref: SourceRef) -> Json:
        says = source.parts.get(ref.part, source.says) if ref.part else source.says
        return {
            "id": source.id,
            "title": self.say(source.title),
            "part": ref.part or None,
            "says": self.say(says),
            "kind": source.kind.value,
            "kind_label": self.say(phrases.SOURCE_KIND[source.kind]),
            "confidence": source.confidence.value,
            "confidence_label": self.say(phrases.CONFIDENCE[source.confidence]),
            "authority": source.authority or None,
            "url": source.url or None,
            "checked": source.checked.isoformat() if source.checked else None,
        }

    def _question(self, fact: Fact) -> Json:
        has_bounds = fact.kind.is_number
        return {
            "fact": fact.id,
            "kind": fact.kind.value,
            "label": self.say(fact.label),
            "question": self.say(fact.question),
            "why": self.say(fact.why_asked),
            "choices": self._choices(fact),
            "unit": self.say(fact.unit),
            "minimum": fact.minimum if has_bounds else None,
            "maximum": fact.maximum if has_bounds else None,
        }

    def _choices(self, fact: Fact) -> list[Json]:
        if fact.kind is Kind.YES_NO:
            return [{"value": True, "label": self.say(phrases.YES)}, {"value": False, "label": self.say(phrases.NO)}]
        return [{"value": choice.word, "label": self.say(choice.label)} for choice in fact.choices]

    def _contact(self, contact: Contact) -> Json:
        return {
            "id": contact.id,
            "name": self.say(contact.name),
            "number": contact.number,
            "use": self.say(contact.use),
            "hours": self.say(contact.hours),
            "emergency": contact.emergency,
        }
