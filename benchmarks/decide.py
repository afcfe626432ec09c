"""Deciding one situation, side by side with zen-engine, CLIPS, Python ifs and JSON; every answer is checked first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from benchmarks.rivals import with_clips, with_ifs, with_three_valued_ifs, with_zen
from benchmarks.rulebooks import RULES_IN_A_TOPIC, in_topics, make_situations, scattered
from services.rulebook.compile import bits_of, compile_rules
from services.rulebook.matcher import Matcher
from services.rulebook.model import Rulebook, Value
from services.rulebook.reference import Match, Reference

SIZES = (20, 100, 1000)
SHAPES = {"in topics": in_topics, "scattered": scattered}
ROUNDS, SITUATIONS = 9, 400
"""Every round asks about situations that no round has asked about before."""

ZEN, CLIPS, IFS = "zen-engine", "CLIPS", "Python ifs"
REQUEST, BATCH, LIVE = "request: both engines", "batch: match_many", "durable_rules, asked anew each time"
GOALS = ((REQUEST, ZEN, 5), (REQUEST, CLIPS, 2), (BATCH, IFS, 1), (LIVE, ZEN, 5), (LIVE, CLIPS, 2))

Situations = Sequence[Mapping[str, Value]]
Contestant = Callable[[Situations], object]


@dataclass(frozen=True, slots=True)
class Measured:
    """One rulebook: microseconds a decision, one for each round."""

    title: str
    times: Mapping[str, list[float]]

    def middle(self, name: str) -> float:
        return median(self.times[name])


def measure() -> list[str]:
    """The report, as lines of Markdown."""
    measured = [
        measure_one(f"{size} rules {shape}", make(size, seed=size)) for shape, make in SHAPES.items() for size in SIZES
    ]
    return [*_introduction(), *_table(measured), "", *_goals(measured)]


def measure_one(title: str, rulebook: Rulebook) -> Measured:
    compiled = compile_rules(rulebook)
    matcher, live, reference = Matcher(compiled), Matcher(compiled, remember=False), Reference(compiled)
    matcher.learn()
    _check_answers(rulebook, (matcher, live), reference)
    contestants = _contestants(rulebook, matcher, live, reference)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(ROUNDS):
        situations = make_situations(rulebook, SITUATIONS, seed=number)
        for name, contestant in contestants.items():
            start = perf_counter()
            contestant(situations)
            times[name].append((perf_counter() - start) / len(situations) * 1e6)
    matcher.close()
    live.close()
    return Measured(title, times)


def _contestants(rulebook: Rulebook, matcher: Matcher, live: Matcher, reference: Reference) -> dict[str, Contestant]:
    def as_a_request(values: Mapping[str, Value]) -> Match:
        match = reference.match(values)
        assert matcher.match(values) == match.applies
        return match

    return {
        REQUEST: _each(as_a_request),
        "durable_rules, answers remembered": _each(matcher.match),
        LIVE: _each(live.match),
        "reference": _each(reference.match),
        BATCH: reference.match_many,
        ZEN: _each(with_zen(rulebook)),
        CLIPS: _each(with_clips(rulebook)),
        IFS: _each(with_ifs(rulebook)),
        "Python ifs, three-valued": _each(with_three_valued_ifs(rulebook)),
        "json.loads + json.dumps": _each(lambda values: json.loads(json.dumps(values))),
    }


def _each(decide: Callable[[Mapping[str, Value]], object]) -> Contestant:
    def all_of(situations: Situations) -> None:
        for values in situations:
            decide(values)

    return all_of


def _check_answers(rulebook: Rulebook, matchers: Sequence[Matcher], reference: Reference) -> None:
    """Everybody must say what the reference says, or there is nothing to compare."""
    rivals = {name: make(rulebook) for name, make in ((ZEN, with_zen), (CLIPS, with_clips), (IFS, with_ifs))}
    three_valued = with_three_valued_ifs(rulebook)
    situations = make_situations(rulebook, SITUATIONS, seed=10_000)
    for values, match in zip(situations, reference.match_many(situations), strict=True):
        assert {matcher.match(values) for matcher in matchers} == {match.applies}
        applies, undecided = list(bits_of(match.applies)), list(bits_of(match.undecided))
        for name, decide in rivals.items():
            assert sorted(decide(values)) == applies, (name, values)
        assert three_valued(values) == (applies, undecided)


def _introduction() -> list[str]:
    return [
        f"30 facts, 70 % of them known; rules of 2 to 4 conditions, {RULES_IN_A_TOPIC} at a time over the same few "
        "facts (in topics) or each over any (scattered). Microseconds for one decision: the median of "
        f"{ROUNDS} rounds of {SITUATIONS} situations that nobody had seen before, contestants in turn. All answers "
        "were checked against the reference first.",
        "",
        "A request asks both engines: the reference says what applies and what is undecided, durable_rules what "
        "applies. The matcher has asked durable_rules about every region of the rules in advance (`learn`) and "
        "remembers the answers; another row shows what it costs to ask durable_rules anew each time. Goals in "
        "brackets: the quickest rounds instead of the medians.",
        "",
    ]


def _table(measured: Sequence[Measured]) -> list[str]:
    names = list(measured[0].times)
    head = [f"| | {' | '.join(one.title for one in measured)} |", f"|---|{'---|' * len(measured)}"]
    return head + [f"| {name} | {' | '.join(f'{one.middle(name):.1f}' for one in measured)} |" for name in names]


def _goals(measured: Sequence[Measured]) -> list[str]:
    """Ratios of the medians and, in brackets, of the quickest rounds: what else runs on the machine flatters nobody."""
    lines = [f"| goal | {' | '.join(one.title for one in measured)} |", f"|---|{'---|' * len(measured)}"]
    for ours, theirs, factor in GOALS:
        cells = []
        for one in measured:
            ratio, quickest = (of(one.times[theirs]) / of(one.times[ours]) for of in (median, min))
            cells.append(f"{ratio:.1f} ({quickest:.1f}){'' if min(ratio, quickest) >= factor else ' **missed**'}")
        lines.append(f"| {ours}: {theirs} / it >= {factor} | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    print("\n".join(measure()))
