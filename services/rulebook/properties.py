"""Proves the properties of a rulebook for all situations, or finds a person for whom one does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.rulebook import phrases
from services.rulebook.compile import UNKNOWN_CELL, bits_of
from services.rulebook.findings import (
    FIRES_ONE_OF,
    MUST,
    MUST_NOT,
    MUST_ONE_OF,
    NOT_FIRST,
    URGENCY_FALLS,
    Finding,
    filled,
)
from services.rulebook.model import Property, Rule, Text, Value
from services.rulebook.plan import place_in_plan
from services.rulebook.regions import Box, RegionMap, narrowed_to
from services.rulebook.survey import Survey
from services.rulebook.walk import Search
from services.rulebook.wording import say_value

BROKEN = "property_broken"


def find_broken_properties(survey: Survey) -> Iterator[Finding]:
    for promise in survey.rulebook.properties:
        within = survey.regions.box(promise.when)
        yield from _missing(survey, promise, within)
        yield from _unwanted(survey, promise, within)
        yield from _not_first(survey, promise, within)
        if promise.grows:
            yield from _falling(survey, promise, within)


def _missing(survey: Survey, promise: Property, within: Box) -> Iterator[Finding]:
    for action in promise.must:
        text = filled(MUST, title=promise.title, action=survey.rulebook.actions[action].title)
        yield from _broken(survey, promise, text, survey.speaking(0, within, survey.advising([action])))
    if promise.must_one_of:
        titles = [survey.rulebook.actions[action].title for action in promise.must_one_of[:3]]
        actions = Text("、".join(title.zh for title in titles), ", ".join(title.en for title in titles))
        text = filled(MUST_ONE_OF, title=promise.title, actions=actions)
        yield from _broken(survey, promise, text, survey.speaking(0, within, survey.advising(promise.must_one_of)))
    if promise.fires_one_of:
        yield from _unheard(survey, promise, within)


def _unheard(survey: Survey, promise: Property, within: Box) -> Iterator[Finding]:
    titles = [survey.rulebook.rule(rule).title for rule in promise.fires_one_of]
    rules = Text("、".join(f"“{title.zh}”" for title in titles), ", ".join(f"“{title.en}”" for title in titles))
    search = survey.speaking(0, within, survey.compiled.mask_of(promise.fires_one_of))
    for finding in _broken(survey, promise, filled(FIRES_ONE_OF, title=promise.title, rules=rules), search):
        yield replace(finding, rules=promise.fires_one_of)


def _unwanted(survey: Survey, promise: Property, within: Box) -> Iterator[Finding]:
    unwanted = survey.advising(promise.must_not)
    if promise.only:
        unwanted |= survey.in_force & ~survey.advising(promise.only)
    for bit, rule in survey.rules_in(unwanted):
        text = filled(MUST_NOT, title=promise.title, rule=rule.id, action=survey.rulebook.actions[rule.advise].title)
        yield from _broken(survey, promise, text, survey.speaking(1 << bit, within), rule)


def _not_first(survey: Survey, promise: Property, within: Box) -> Iterator[Finding]:
    """Somebody else is first where a rule speaks and no wanted rule that would stand before it does."""
    if not promise.first_one_of:
        return
    wanted = survey.advising(promise.first_one_of)
    place = [place_in_plan(survey.rulebook, rule) for rule in survey.rulebook.rules]
    for bit, rule in survey.rules_in(survey.in_force & ~wanted):
        before = sum(1 << other for other in bits_of(wanted) if place[other] < place[bit])
        text = filled(NOT_FIRST, title=promise.title, rule=rule.id, action=survey.rulebook.actions[rule.advise].title)
        yield from _broken(survey, promise, text, survey.speaking(1 << bit, within, before), rule)


def _broken(
    survey: Survey, promise: Property, text: Text, search: Search | None, rule: Rule | None = None
) -> Iterator[Finding]:
    example = survey.find(search, text)
    if search is not None and example is not None:
        yield replace(survey.finding(BROKEN, text, example, search, rule), place=promise.place)


@dataclass(frozen=True, slots=True)
class _TwoDays:
    """Every box twice: as it is today, and, `shift` bits higher, as it is once the growing fact has grown."""

    fact: int
    shift: int
    regions: RegionMap
    silencers: tuple[int, ...]


def _falling(survey: Survey, promise: Property, within: Box) -> Iterator[Finding]:
    fact = survey.regions.index_of(promise.grows)
    days = _two_days(survey, fact)
    allowed = within.get(fact, survey.regions.cells[fact]) & ~(1 << UNKNOWN_CELL)
    for before in bits_of(allowed & allowed >> 1):
        leaving, staying = survey.regions.inside[fact][before], survey.regions.inside[fact][before + 1]
        for bit, rule in survey.rules_in(leaving):
            silenced = survey.silencers[bit] & staying & ~leaving
            if silenced or not staying >> bit & 1:
                text = _falls_text(survey, promise, rule, fact, before)
                example = _find_fall(survey, days, bit, before, within, text)
                if example is not None:
                    yield replace(survey.finding(BROKEN, text, example, rule=rule), place=promise.place)


def _find_fall(
    survey: Survey, days: _TwoDays, bit: int, before: int, within: Box, text: Text
) -> dict[str, Value] | None:
    """A situation in which the rule speaks today, and on the next day nothing that is at least as urgent does."""
    others = {fact: cells for fact, cells in within.items() if fact != days.fact}
    box = narrowed_to(others, days.regions.boxes[bit])
    row = survey.regions.inside[days.fact]
    if box is None:
        return None
    urgent = sum(1 << other for other, rule in survey.rules_in(-1) if _rank(rule) <= _rank(survey.rulebook.rules[bit]))
    search = Search(
        box,
        avoid=survey.silencers[bit] | days.regions.impossible,
        silent=urgent << days.shift,
        silencers=days.silencers,
        start=row[before] | row[before + 1] << days.shift,
    )
    example = survey.find(search, text, days.regions)
    last_day = survey.regions.facts[days.fact].starts[before] - 1
    return None if example is None else {**example, survey.regions.facts[days.fact].id: last_day}


def _two_days(survey: Survey, fact: int) -> _TwoDays:
    regions = survey.regions
    shift = len(regions.boxes)
    inside = [tuple(mask | mask << shift for mask in row) for row in regions.inside]
    inside[fact] = tuple((1 << 2 * shift) - 1 for _ in inside[fact])
    narrowed = [mask | mask << shift for mask in regions.narrowed]
    narrowed[fact] = 0
    boxes = tuple({about: cells for about, cells in box.items() if about != fact} for box in regions.boxes)
    doubled = RegionMap(
        regions.facts,
        tuple(1 if about == fact else cells for about, cells in enumerate(regions.cells)),
        tuple(inside),
        tuple(narrowed),
        boxes + boxes,
        regions.impossible | regions.impossible << shift,
    )
    empty = (0,) * (shift - len(survey.silencers))
    silencers = (*survey.silencers, *empty, *(mask << shift for mask in survey.silencers), *empty)
    return _TwoDays(fact, shift, doubled, silencers)


def _falls_text(survey: Survey, promise: Property, rule: Rule, fact: int, before: int) -> Text:
    about = survey.rulebook.facts[promise.grows]
    start = survey.regions.facts[fact].starts[before]
    days = [Text(say_value(about, day, "zh-CN"), say_value(about, day, "en")) for day in (start - 1, start)]
    urgency = phrases.URGENCY[rule.urgency]
    return filled(
        URGENCY_FALLS,
        title=promise.title,
        rule=rule.id,
        urgency=urgency,
        fact=about.label,
        before=days[0],
        after=days[1],
    )


def _rank(rule: Rule) -> int:
    return rule.urgency.rank
