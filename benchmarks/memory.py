"""Memory of one process over a million decisions, and over a thousand releases that come and go."""

from __future__ import annotations

import gc
from pathlib import Path

from benchmarks.rulebooks import in_topics, make_situations
from services.rulebook.compile import compile_rules
from services.rulebook.matcher import Matcher
from services.rulebook.reference import Reference

DECISIONS = 1_000_000
VERSIONS = 1_000
RULES = 100
SITUATIONS = 20_000


def measure() -> list[str]:
    """The report, as lines of Markdown."""
    rows = [_over_decisions(learned=True), _over_decisions(learned=False), _over_versions()]
    head = [f"{RULES} rules over 30 facts; resident memory of the process, MB.", ""]
    return [*head, "| what | before | after |", "|---|---|---|", *rows]


def _over_decisions(learned: bool) -> str:
    """`learned`: as after publication. Otherwise the matcher starts empty and fills itself in the first rounds."""
    rulebook = in_topics(RULES, seed=1)
    compiled = compile_rules(rulebook)
    matcher, reference = Matcher(compiled), Reference(compiled)
    situations = make_situations(rulebook, SITUATIONS, seed=2)
    if learned:
        matcher.learn()
    for values in situations:
        matcher.match(values)
        reference.match(values)
    before = _resident()
    for _ in range(DECISIONS // SITUATIONS):
        for values in situations:
            matcher.match(values)
            reference.match(values)
    after = _resident()
    matcher.close()
    how = "all regions known" if learned else "regions learned on the way"
    return f"| {DECISIONS:,} decisions by both engines, {how} | {before:.1f} | {after:.1f} |"


def _over_versions() -> str:
    compiled = compile_rules(in_topics(RULES, seed=1))
    situations = make_situations(in_topics(RULES, seed=1), 20, seed=3)

    def come_and_go(times: int) -> float:
        for _ in range(times):
            matcher = Matcher(compiled)
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
