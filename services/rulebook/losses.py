"""Who would be worse off: the steps that a change of the rules takes away from somebody or puts off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.rulebook.impact import StepChange, impact
from services.rulebook.load import load_rulebook


def find_losses(old_files: Mapping[str, str], new_files: Mapping[str, str], today: date) -> tuple[StepChange, ...]:
    """Over all situations, each with an example person. Raises RulebookError for files that are no rulebook."""
    found = impact(load_rulebook(old_files), load_rulebook(new_files), today)
    return tuple(change for change in found.changes if change.is_worse)
