"""Memory of one process over a million decisions, and over a thousand releases that come and go."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.rulebooks import in_topics, make_situations
from services.rulebook.compile import compile_rules
from services.rulebook.matcher import Matcher
from services.rulebook.model import Value
from services.rulebook.reference import Reference

DECISIONS = 1_000_000
VERSIONS = 1_000
RULES = 100
SITUATIONS = 20_000


def measure() -> list[str]:
    """The report, as lines of Markdown."""
    rows = [_over_decisions(remember=True), _over_decisions(remember=False), _over_versions()]
    head = [f"{RULES} rules over 30 facts; resident memory of the process, MB.", ""]
    return [*head, "| what | before | after |", "|---|---|---|", *rows]


def _over_decisions(remember: bool) -> str:
    """With everything remembered, as in service after publication; or with durable_rules asked anew each time."""
    rulebook = in_topics(RULES, seed=1)
    compiled = compile_rules(rulebook)
    matcher, reference = Matcher(compiled, remember=remember), Reference(compiled)
    situations = make_situations(rulebook, SITUATIONS, seed=2)
    if remember:
        matcher.learn()
    before = _after_rounds(1, matcher, reference, situations)
    after = _after_rounds(DECISIONS // SITUATIONS, matcher, reference, situations)
    matcher.close()
    how = "answers remembered" if remember else "durable_rules asked anew each time"
    return f"| {DECISIONS:,} decisions by both engines, {how} | {before:.1f} | {after:.1f} |"


def _after_rounds(
    rounds: int, matcher: Matcher, reference: Reference, situations: Sequence[Mapping[str, Value]]
) -> float:
    for _ in range(rounds):
        for values in situations:
            assert matcher.match(values) == reference.match(values).applies
    return _resident()


def _over_versions() -> str:
    compiled = compile_rules(in_topics(RULES, seed=1))
    situations = make_situations(in_topics(RULES, seed=1), 20, seed=3)

    def come_and_go(times: int) -> float:
        for _ in range(times):
            matcher = Matcher(compiled, remember=False)
            for values in situations:
                matcher.match(values)
            matcher.close()
        return _resident()

    return f"| {VERSIONS:,} versions built, asked and closed | {come_and_go(100):.1f} | {come_and_go(VERSIONS):.1f} |"


def _resident() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    print("\n".join(measure()))
