"""The map of situations and the walks in it, judged by trying every situation and by a SAT solver."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysat.card import CardEnc
from pysat.formula import IDPool
from pysat.solvers import Solver

from services.rulebook.boxes import cover
from services.rulebook.compile import bits_of, compile_rules
from services.rulebook.model import Condition, Rulebook, Text
from services.rulebook.regions import RegionMap, narrowed_to
from services.rulebook.sentences import say_box, say_situation
from services.rulebook.spread import spread
from services.rulebook.survey import Survey
from services.rulebook.walk import Count, Search, Walk, WalkTooLargeError
from tests.rulebook.large_rulebook import large_rulebook
from tests.rulebook.making import among, between, day, holding, number, one_of, rule, rulebook, some_of, yes_no
from tests.rulebook.small_rulebooks import every_situation, small_rulebooks, speaking_ids

NO_QUESTION = Text("", "")
few = settings(max_examples=40, deadline=None)


def survey_of(book: Rulebook) -> Survey:
    return Survey.of(book, compile_rules(book))


@st.composite
def searches(draw: st.DrawFn) -> tuple[Survey, set[str], set[str], Search | None]:
    """Rules that shall speak and rules that shall be silent, and the search for where that is so."""
    survey = survey_of(draw(small_rulebooks()))
    bits = st.sets(st.integers(0, len(survey.rulebook.rules) - 1))
    speaking = set(list(draw(bits))[:2])
    silent = draw(bits) - speaking
    search = survey.speaking(sum(1 << bit for bit in speaking), silent=sum(1 << bit for bit in silent))
    rules = survey.rulebook.rules
    return survey, {rules[bit].id for bit in speaking}, {rules[bit].id for bit in silent}, search


def tried(survey: Survey, speaking: set[str], silent: set[str]) -> int:
    """The number of situations found by trying them all."""
    found = (
        speaking_ids(survey.compiled, survey.rulebook, values)
        for values in every_situation(survey.compiled, survey.rulebook)
    )
    return sum(speaking <= ids and not silent & ids for ids in found)


@few
@given(searches())
def test_a_walk_counts_what_trying_every_situation_counts(
    drawn: tuple[Survey, set[str], set[str], Search | None],
) -> None:
    survey, speaking, silent, search = drawn
    count = Count(0, 0) if search is None else Walk(survey.regions, search).count()
    expected = tried(survey, speaking, silent)
    assert count == (expected, expected)


@few
@given(searches())
def test_an_example_is_one_and_no_example_means_there_is_none(
    drawn: tuple[Survey, set[str], set[str], Search | None],
) -> None:
    survey, speaking, silent, search = drawn
    example = survey.find(search, NO_QUESTION)
    if example is None:
        assert tried(survey, speaking, silent) == 0
    else:
        ids = speaking_ids(survey.compiled, survey.rulebook, example)
        assert speaking <= ids
        assert not silent & ids


@few
@given(searches())
def test_merged_boxes_hold_what_was_looked_for_and_nothing_else(
    drawn: tuple[Survey, set[str], set[str], Search | None],
) -> None:
    survey, speaking, silent, search = drawn
    if search is None:
        return
    covered = cover(survey.regions, search, most=1000)
    assert covered.is_whole
    for values in every_situation(survey.compiled, survey.rulebook):
        cells = survey.compiled.cells_of(values)
        inside = any(all(mask >> cells[fact] & 1 for fact, mask in found.box.items()) for found in covered.found)
        ids = speaking_ids(survey.compiled, survey.rulebook, values)
        assert inside == (speaking <= ids and not silent & ids)


@few
@given(small_rulebooks())
def test_the_spread_counts_every_situation_under_the_rules_that_speak_there(book: Rulebook) -> None:
    survey = survey_of(book)
    groups = spread(survey.regions, survey.in_force, survey.silencers, survey.regions.all_facts)
    counted: dict[frozenset[str], int] = {}
    for values in every_situation(survey.compiled, book):
        ids = frozenset(speaking_ids(survey.compiled, book, values))
        counted[ids] = counted.get(ids, 0) + 1
    named = {frozenset(rule.id for _, rule in survey.rules_in(mask)): group.regions for mask, group in groups.items()}
    assert named == counted


def solved(survey: Survey, search: Search) -> bool:
    """The same search, put to a SAT solver: one variable for every cell of every fact and for every box."""
    pool, regions = IDPool(), survey.regions
    cell = {(fact, c): pool.id((fact, c)) for fact, mask in enumerate(regions.cells) for c in bits_of(mask)}
    box = [pool.id(("box", number)) for number in range(len(regions.boxes))]
    with Solver(name="cadical153") as solver:
        for fact, mask in enumerate(regions.cells):
            solver.append_formula(CardEnc.equals([cell[fact, c] for c in bits_of(mask)], vpool=pool).clauses)
            solver.add_clause([cell[fact, c] for c in bits_of(mask & search.within.get(fact, -1))])
        for number, limits in enumerate(regions.boxes):
            sides = [(fact, mask & regions.cells[fact]) for fact, mask in limits.items()]
            within = [[cell[fact, c] for c in bits_of(mask)] for fact, mask in sides]
            outside = [[cell[fact, c] for c in bits_of(regions.cells[fact] & ~mask)] for fact, mask in sides]
            for some in within:
                solver.add_clause([-box[number], *some])
            escapes = [pool.id(("escape", number, position)) for position in range(len(sides))]
            for escape, cells in zip(escapes, outside, strict=True):
                solver.add_clause([-escape, *cells])
            solver.add_clause([box[number], *escapes])
        for avoided in bits_of(search.avoid):
            solver.add_clause([-box[avoided]])
        for silent in bits_of(search.silent & ~search.avoid):
            solver.add_clause([-box[silent], *(box[other] for other in bits_of(search.silencers[silent]))])
        return bool(solver.solve())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_sat_solver_agrees_on_rulebooks_too_large_to_try(seed: int) -> None:
    random = Random(seed)
    survey = survey_of(large_rulebook(rules=70, facts=24, topics=4, seed=seed))
    answers = []
    for _ in range(40):
        speaking = sum({1 << random.randrange(70) for _ in range(random.choice((0, 1, 1, 2)))})
        silent = sum({1 << random.randrange(70) for _ in range(random.choice((0, 3, 12)))}) & ~speaking
        search = survey.speaking(speaking, silent=silent)
        if search is not None:
            answers.append((survey.find(search, NO_QUESTION) is not None, solved(survey, search)))
    assert {found for found, _ in answers} == {True, False}
    assert all(found == judged for found, judged in answers)
    assert not survey.record.undecided


def test_a_walk_that_grows_too_large_says_so_and_its_count_becomes_bounds() -> None:
    survey = survey_of(large_rulebook(rules=120))
    hard = Search(avoid=survey.in_force & ~survey.fallback | survey.regions.impossible)
    count = Walk(survey.regions, hard, budget=100).count()
    assert count.low < count.high < survey.regions.size()
    with pytest.raises(WalkTooLargeError):
        Walk(survey.regions, hard, budget=3).find()


def test_a_rule_that_is_silenced_itself_still_silences_others() -> None:
    one = rule("one", between("days", 1, 9))
    two = rule("two", between("days", 1, 9), yields_to=["one"])
    three = rule("three", between("days", 1, 9), yields_to=["two"])
    survey = survey_of(rulebook([number("days", 0, 9)], [one, two, three]))
    assert survey.find(survey.speaking(0b001, silent=0b110), NO_QUESTION) == {"days": 1}
    groups = spread(survey.regions, survey.in_force, survey.silencers)
    assert {speaking: group.regions for speaking, group in groups.items()} == {0: 2, 0b001: 1}


def test_the_word_unknown_is_no_region_of_its_own() -> None:
    survey = survey_of(rulebook([one_of("product", "jiebei", "unknown")], [rule("r", among("product", "jiebei"))]))
    assert survey.regions.size() == 2


FACTS = [
    number("days", 0, 100),
    one_of("stage", "new", "waiting", "refused", "agreed"),
    yes_no("paid"),
    some_of("conduct", "threat", "leak"),
    day("due_on"),
]


def box_of(*when: Condition) -> str:
    survey = survey_of(rulebook(FACTS, [rule("r", *when), rule("other", holding("conduct", "threat"))]))
    return say_box(survey.rulebook, survey.regions, survey.regions.boxes[0]).en


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ((between("days", 31, 100),), "days: 31 or more; the rest is open"),
        ((between("days", 1, 7), among("stage", "refused")), "days: 1 to 7; stage: refused; the rest is open"),
        ((among("stage", "new", or_unknown=True),), "stage: new or not known yet; the rest is open"),
        (
            (among("stage", "new", "waiting", "agreed", or_unknown=True),),
            "stage: anything but “refused”; the rest is open",
        ),
        ((among("stage", "new", "waiting", "agreed"),), "stage: answered, and not “refused”; the rest is open"),
        ((among("paid", "yes"),), "paid: yes; the rest is open"),
        ((Condition("due_on", known=True),), "due_on: known; the rest is open"),
        ((Condition("due_on", or_unknown=True),), "due_on: not known yet; the rest is open"),
        ((holding("conduct", "threat"),), "conduct: threat; the rest is open"),
        ((Condition("conduct", excludes=frozenset({"threat"})),), "conduct: without threat; the rest is open"),
        ((), "any situation"),
    ],
)
def test_a_box_is_said_as_one_sentence(when: tuple[Condition, ...], said: str) -> None:
    assert box_of(*when) == said


def test_a_situation_is_said_in_the_order_of_the_vocabulary_in_both_languages() -> None:
    survey = survey_of(rulebook(FACTS, [rule("r")]))
    said = say_situation(survey.rulebook, {"stage": "refused", "days": 12})
    assert said == Text("days：12；stage：refused；其余都不知道", "days: 12; stage: refused; nothing else is known")
    assert say_situation(survey.rulebook, {}).en == "nothing is known"


def test_boxes_that_share_no_region_have_no_common_part() -> None:
    regions = RegionMap.of(
        compile_rules(rulebook(FACTS, [rule("a", among("paid", "yes")), rule("b", among("paid", "no"))]))
    )
    assert narrowed_to(regions.boxes[0], regions.boxes[1]) is None
    assert regions.reaching_into(regions.boxes[0]) == 0b01
