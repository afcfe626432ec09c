"""Reads facts that were told under other rules: what the rules of today have no words for is unknown to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from services.rulebook.model import Rulebook, Situation
from services.rulebook.problems import SituationError
from services.rulebook.situation import read_situation

MOST_REPAIRS = 8
_FACT_IN_POINTER = re.compile(r"^/facts/([^/]+)")


def read_what_fits(rulebook: Rulebook, raw: Mapping[str, object], declined: Iterable[str] = ()) -> Situation:
    """Facts were checked when they were told; only a later release can make one of them unreadable."""
    facts = {fact: value for fact, value in raw.items() if fact in rulebook.facts}
    refused = [fact for fact in declined if fact in rulebook.facts and fact not in facts]
    for _ in range(MOST_REPAIRS):
        try:
            return read_situation(rulebook, facts, refused)
        except SituationError as error:
            unreadable = set(_facts_named_by(error)) & set(facts)
            if not unreadable:
                raise
            facts = {fact: value for fact, value in facts.items() if fact not in unreadable}
    return read_situation(rulebook, {}, refused)


def _facts_named_by(error: SituationError) -> Iterator[str]:
    for problem in error.problems:
        found = _FACT_IN_POINTER.match(problem.pointer)
        if found:
            yield found[1].replace("~1", "/").replace("~0", "~")
