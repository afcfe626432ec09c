"""The starter rulebook of the folder `rules`, read once for the tests that look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from services.rulebook.load import load_rulebook, read_folder
from services.rulebook.model import Rule, Rulebook, Text
from services.rulebook.release import Release

FOLDER = Path(__file__).parents[2] / "rules"


@cache
def starter_files() -> dict[str, str]:
    return dict(read_folder(FOLDER))


@cache
def starter_rulebook() -> Rulebook:
    return load_rulebook(starter_files())


@cache
def starter_release() -> Release:
    return Release.build(starter_rulebook())


def texts_of(rulebook: Rulebook) -> Iterator[tuple[str, Text]]:
    """Every text that a person can be shown, with where it stands."""
    for rule in rulebook.rules:
        yield from ((rule.id, text) for text in texts_of_rule(rule))
    for fact in rulebook.facts.values():
        yield from ((fact.id, text) for text in (fact.label, fact.question, fact.why_asked))
        yield from ((fact.id, choice.label) for choice in fact.choices)
    for action in rulebook.actions.values():
        yield from ((action.id, text) for text in _given(action.title, action.at_hand, action.done_when))
    for bar in rulebook.impossible:
        yield str(bar.place), bar.message
    for contact in rulebook.contacts:
        yield from ((contact.id, text) for text in (contact.name, contact.use, contact.hours))


def texts_of_rule(rule: Rule) -> Iterable[Text]:
    return (rule.title, rule.text, rule.because, *says_of_rule(rule))


def says_of_rule(rule: Rule) -> Iterable[Text]:
    """The sentences that follow-ups carry."""
    return _given(*(follow_up.say for follow_up in rule.follow_up))


def _given(*texts: Text | None) -> list[Text]:
    return [text for text in texts if text is not None]
