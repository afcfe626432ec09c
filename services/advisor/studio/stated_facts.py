"""The made-up person of the try-it page: which facts its form shows, and what they are taken to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from services.advisor.pages.answers import Answers
from services.advisor.pages.form_values import NONE_OF_THESE, AnswerError, as_typed, read_answer
from services.rulebook.model import Asked, Fact, Kind, Rulebook
from services.rulebook.problems import SituationError, closest
from services.rulebook.situation import read_situation

PREFIX, SHOWN, ADD, REMOVE, CASE, DAY = "fact.", "shown", "add", "remove", "case", "day"
MOST_MEANT = 5
FIRST_SHOWN = 3
"""So many of the facts that are asked of everyone a form without any fact begins with."""


@dataclass(frozen=True, slots=True)
class StatedFacts:
    """`values` as the API takes them; a fact that is shown and not in them is unknown."""

    shown: tuple[str, ...]
    typed: Mapping[str, list[str]]
    values: Mapping[str, object]
    errors: Mapping[str, str] = field(default_factory=dict)
    not_found: str = ""
    """What was searched for and is no fact."""
    meant: tuple[str, ...] = ()
    """Ids of the facts that may have been searched for."""

    @property
    def answers(self) -> Answers:
        return Answers(facts=self.values, order=tuple(self.values))

    def query(self, **further: object) -> dict[str, Any]:
        """The arguments of an address that shows the same person again."""
        facts = {f"{PREFIX}{fact}": typed for fact, typed in self.typed.items() if typed and typed != [""]}
        return {**facts, SHOWN: list(self.shown), **further}


Say = Callable[[AnswerError], str]


def read_facts(rulebook: Rulebook, given: MultiDict[str, str], language: str, say: Say) -> StatedFacts:
    """What the address or the form states. What cannot be used is said at its fact, which stays unknown."""
    typed = _typed_in_case(rulebook, given) if given.get(CASE) else _typed(rulebook, given)
    found, not_found, meant = _searched(rulebook, given.get(ADD, "").strip(), language)
    shown = _shown(rulebook, [*given.getlist(SHOWN), *typed, *found], given.getlist(REMOVE))
    typed = {fact: typed[fact] for fact in shown if fact in typed}
    values, errors = _values(rulebook, typed, say)
    errors |= _contradictions(rulebook, values, language)
    return StatedFacts(shown, typed, values, errors, not_found, meant)


def read_day(given: str, today: date) -> tuple[date, bool]:
    """The day that is asked for, and whether it can be used: a day that was, or no day at all, is today."""
    if not given:
        return today, True
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return today, False
    return (day, True) if day >= today else (today, False)


def option_of(fact: Fact, language: str) -> str:
    """How a fact stands in the list that is searched."""
    return f"{fact.label.in_language(language)} · {fact.id}"


def typed_values(fact: Fact, value: object) -> list[str]:
    """A value of a case as it would stand in the form."""
    if fact.kind is Kind.SOME_OF:
        return [str(word) for word in value] or [NONE_OF_THESE] if isinstance(value, Iterable) else []
    return [as_typed(fact, value)]


def _typed(rulebook: Rulebook, given: MultiDict[str, str]) -> dict[str, list[str]]:
    names = [name.removeprefix(PREFIX) for name in given if name.startswith(PREFIX)]
    return {name: given.getlist(f"{PREFIX}{name}") for name in names if name in rulebook.facts}


def _typed_in_case(rulebook: Rulebook, given: MultiDict[str, str]) -> dict[str, list[str]]:
    case = next((case for case in rulebook.cases if case.name == given.get(CASE)), None)
    stated = case.given if case else {}
    return {fact: typed_values(rulebook.facts[fact], value) for fact, value in stated.items() if fact in rulebook.facts}


def _searched(rulebook: Rulebook, wanted: str, language: str) -> tuple[list[str], str, tuple[str, ...]]:
    """The fact that was searched for; else the words that found no single one, and what they may have meant."""
    if not wanted:
        return [], "", ()
    sought = wanted.casefold()
    names = _names(rulebook, language)
    if sought in names:
        return [names[sought]], "", ()
    likely = [fact for name, fact in names.items() if sought in name]
    likely += [fact.id for fact in rulebook.facts.values() if sought in fact.question.in_language(language).casefold()]
    near = closest(sought, names)
    meant = tuple(dict.fromkeys(likely)) or ((names[near],) if near else ())
    return (list(meant), "", ()) if likely and len(meant) == 1 else ([], wanted, meant[:MOST_MEANT])


def _names(rulebook: Rulebook, language: str) -> dict[str, str]:
    """Every way to name a fact."""
    return {
        name.casefold(): fact.id
        for fact in rulebook.facts.values()
        for name in (fact.id, fact.label.in_language(language), option_of(fact, language))
    }


def _shown(rulebook: Rulebook, wanted: Sequence[str], removed: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(name for name in wanted if name in rulebook.facts and name not in removed))
    if wanted or removed:
        return kept
    return tuple(fact.id for fact in rulebook.facts.values() if fact.asked is Asked.CORE)[:FIRST_SHOWN]


def _values(rulebook: Rulebook, typed: Mapping[str, list[str]], say: Say) -> tuple[dict[str, object], dict[str, str]]:
    values: dict[str, object] = {}
    errors: dict[str, str] = {}
    for name, given in typed.items():
        stated = [value for value in given if value]
        try:
            if stated:
                values[name] = read_answer(rulebook.facts[name], stated)
        except AnswerError as error:
            errors[name] = say(error)
    return values, errors


def _contradictions(rulebook: Rulebook, values: Mapping[str, object], language: str) -> dict[str, str]:
    """Facts that cannot be true together. Who decides leaves them out."""
    try:
        read_situation(rulebook, values)
    except SituationError as error:
        said = {problem.pointer.removeprefix("/facts/").split("/")[0]: problem for problem in error.problems}
        return {name: problem.sentence(language) for name, problem in said.items()}
    return {}
