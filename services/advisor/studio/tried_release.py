"""A draft's rulebook at work before it was proved: it is decided by the reference alone, which cannot hang or crash."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import cast

from services.rulebook.compile import compile_rules
from services.rulebook.decide import Decision, Voices
from services.rulebook.load import load_rulebook
from services.rulebook.matcher import Matcher
from services.rulebook.model import Rulebook, Situation
from services.rulebook.reference import Reference
from services.rulebook.release import Release

KEPT = 4


class TriedRelease(Release):
    """Answers as a release does, without the engine that is only let near rules that were proved."""

    @classmethod
    def build(cls, rulebook: Rulebook) -> TriedRelease:
        compiled = compile_rules(rulebook)
        no_matcher = cast(Matcher, None)
        return cls(rulebook, compiled, no_matcher, Reference(compiled), Voices.of(rulebook))

    def decide(self, situation: Situation, as_of: date) -> Decision:
        return self.decide_by_reference(situation, as_of)

    def close(self) -> None:
        """There is nothing to give back."""


def tried_release(files: Mapping[str, str]) -> TriedRelease:
    """The files of a draft, ready to be tried; the last few are kept. Raises RulebookError if they cannot be read."""
    return _tried(tuple(sorted(files.items())))


@lru_cache(maxsize=KEPT)
def _tried(files: tuple[tuple[str, str], ...]) -> TriedRelease:
    return TriedRelease.build(load_rulebook(dict(files), prefix=""))
