"""What the program itself works with is missed when it is renamed: events would otherwise say nothing, in silence."""

from __future__ import annotations

from collections.abc import Iterator

from services.casebook.event_types import EVENT_TYPES
from services.rulebook.derive import DERIVATIONS
from services.rulebook.editing.renaming import rename, rename_word
from services.rulebook.load import load_rulebook
from services.rulebook.program_words import PROGRAM_FACTS, PROGRAM_WORDS, find_lost_words
from tests.rulebook.starter import starter_files, starter_rulebook


def facts_of_events() -> Iterator[tuple[str, object]]:
    """Every fact that an event sets, with a word that it sets it to, if it is one."""
    for event in EVENT_TYPES.values():
        yield from event.sets.items()
        yield from ((fact, None) for fact in event.starts)
        yield from ((field.fact, None) for field in event.fields if field.fact)
        yield from ((field.fact, word) for field in event.fields for word in field.words.values())


def test_every_fact_and_word_that_an_event_sets_is_on_the_list() -> None:
    assert {fact for fact, _ in facts_of_events()} <= PROGRAM_FACTS
    assert {
        (f, word) for f, word in facts_of_events() if isinstance(word, str) and word not in PROGRAM_WORDS[f]
    } == set()


def test_every_fact_that_is_worked_out_or_goes_into_a_sum_is_on_the_list() -> None:
    assert {name for item in DERIVATIONS for name in (item.fact, *item.inputs)} <= PROGRAM_FACTS


def test_the_starter_rulebook_has_all_of_them() -> None:
    facts = starter_rulebook().facts
    assert set(facts) >= PROGRAM_FACTS
    assert {fact: words - set(facts[fact].words) for fact, words in PROGRAM_WORDS.items()} == dict.fromkeys(
        PROGRAM_WORDS, frozenset()
    )


def test_a_rulebook_that_renames_one_is_warned_about_it() -> None:
    renamed = load_rulebook(rename(starter_files(), "facts", "negotiation", "talks"))
    assert [(problem.rule, problem.is_warning) for problem in find_lost_words(starter_rulebook(), renamed)] == [
        ("negotiation", True)
    ]


def test_a_word_that_events_set_is_missed_as_well() -> None:
    renamed = load_rulebook(rename_word(starter_files(), "negotiation", "refused", "turned_down"))
    (problem,) = find_lost_words(starter_rulebook(), renamed)
    assert "`refused`" in problem.detail.en
    assert str(problem.place).startswith("rules/facts.yaml:")


def test_other_names_are_free() -> None:
    renamed = load_rulebook(rename(starter_files(), "facts", "age_group", "who_borrows"))
    assert list(find_lost_words(starter_rulebook(), renamed)) == []
