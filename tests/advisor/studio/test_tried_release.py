"""A draft is tried out by the reference alone, and its answers are those of a release."""

from __future__ import annotations

from datetime import date

import pytest

from services.advisor.studio.tried_release import tried_release
from services.casebook.settings import starter_rules
from services.rulebook.advice import advise
from services.rulebook.load import read_folder
from services.rulebook.problems import RulebookError
from services.rulebook.release import Release
from services.rulebook.situation import read_situation

DAY = date(2026, 11, 24)


def test_every_case_is_answered_as_by_a_release(release: Release) -> None:
    tried = tried_release(read_folder(starter_rules()))
    for case in release.rulebook.cases:
        situation = read_situation(release.rulebook, case.given)
        assert advise(tried, situation, DAY) == advise(release, situation, DAY), case.name


def test_the_same_files_are_made_ready_once() -> None:
    assert tried_release(read_folder(starter_rules())) is tried_release(read_folder(starter_rules()))


def test_files_that_cannot_be_read_are_refused_with_their_problems() -> None:
    files = read_folder(starter_rules())
    with pytest.raises(RulebookError) as refused:
        tried_release({**files, "topics/pay.yaml": "topic: pay\nrules: 1\n"})
    assert any(problem.place.file == "topics/pay.yaml" for problem in refused.value.problems)
