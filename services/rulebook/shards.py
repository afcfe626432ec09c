"""Divides compiled rules into small rulesets ("shards") and says for each value which shards it can still concern."""

from __future__ import annotations

from dataclasses import dataclass

from services.rulebook.compile import CompiledRules, Conjunction

MOST_CONJUNCTIONS = 59
"""durable_rules keeps at most 64 alpha nodes pending and fails beyond (error 303, measured); with the warm-up rule
that makes 60 in one ruleset, so that even "everything is true" stays below the limit."""

Test = tuple[int, tuple[int, ...]]
"""A condition as compiled: index of the fact, cells that satisfy it."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Rules that one ruleset holds. `rules[i]` is the mask of the rulebook's rules that ask `asks[i]`."""

    asks: tuple[tuple[Test, ...], ...]
    rules: tuple[int, ...]

    @property
    def tests(self) -> tuple[Test, ...]:
        """Every test once, in a stable order."""
        return tuple(sorted({test for asked in self.asks for test in asked}))


def plan_shards(compiled: CompiledRules) -> tuple[Shard, ...]:
    """Every rule that can apply at all is in exactly one shard; rules that ask the same are one entry."""
    by_tests: dict[tuple[Test, ...], int] = {}
    for conjunction in compiled.conjunctions:
        if all(cells for _, cells in conjunction.tests):
            asked = _tests_of(compiled, conjunction)
            by_tests[asked] = by_tests.get(asked, 0) | 1 << conjunction.rule
    entries = sorted(by_tests.items())
    return tuple(
        Shard(tuple(asked for asked, _ in part), tuple(mask for _, mask in part))
        for part in (entries[at : at + MOST_CONJUNCTIONS] for at in range(0, len(entries), MOST_CONJUNCTIONS))
    )


def _tests_of(compiled: CompiledRules, conjunction: Conjunction) -> tuple[Test, ...]:
    """The tests that can fail: one that every cell satisfies, "unknown" included, is left out."""
    return tuple(test for test in conjunction.tests if len(test[1]) < len(compiled.facts[test[0]].cells))
