"""What the proof of rule files lets through, and what it stops: with the place, the reason and an example person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.rulebook.agreement import Difference
from services.rulebook.findings import Severity
from services.rulebook.load import find_problems, fingerprint_of, load_rulebook, read_if_sound
from services.rulebook.problems import RulebookError
from services.rulebook.proof import Proof, prove, prove_apart
from tests.rulebook.small_rulebook import changed
from tests.rulebook.staged_rulebook import staged_files
from tests.rulebook.starter import starter_files

TODAY = date(2026, 11, 24)


def codes(proof: Proof) -> set[str]:
    return {problem.code for problem in proof.blocking}


def edited(old: str, new: str, file: str = "topics/days.yaml") -> Mapping[str, str]:
    files = staged_files()
    assert files[file].count(old) == 1, old
    return {**files, file: files[file].replace(old, new)}


def test_the_starter_rulebook_may_be_published() -> None:
    proof = prove_apart(starter_files(), TODAY)
    assert (proof.blocking, proof.refused) == ((), None)
    assert proof.may_be_published
    assert proof.fingerprint == fingerprint_of(starter_files())


def test_apart_and_here_prove_the_same() -> None:
    assert prove_apart(staged_files(), TODAY) == prove(staged_files(), TODAY)
    assert prove(staged_files(), TODAY).may_be_published


def test_advice_on_the_days_of_grace_that_ends_too_early_leaves_a_gap_with_an_example() -> None:
    proof = prove(edited("days_overdue: 1..7", "days_overdue: 1..5"), TODAY)
    (gap,) = proof.blocking
    assert not proof.may_be_published
    assert gap.line("en") == (
        "With all core questions answered, some situations still get the fallback advice alone. "
        "For example: days overdue: 6 days; nothing else is known."
    )
    assert proof.report is not None
    (where,) = proof.report.errors[0].where
    assert where.en.startswith("days overdue: 6 to 7 days; ")


def test_advice_on_the_days_of_grace_that_is_taken_away_leaves_a_gap() -> None:
    without = edited("valid: {from: 2026-01-01} # grace", "valid: {from: 2026-01-01, until: 2026-11-23}")
    assert {"gap", "rule_expired"} <= codes(prove(without, TODAY))


def starter_with_grace(days: str) -> Mapping[str, str]:
    files, file = starter_files(), "topics/learn.yaml"
    assert files[file].count("days_overdue: 1..7") == 1
    return {**files, file: files[file].replace("days_overdue: 1..7", f"days_overdue: {days}")}


@pytest.mark.parametrize(("days", "left_out"), [("1..5", 6), ("2..7", 1)])
def test_the_days_of_grace_of_the_starter_rulebook_cannot_be_narrowed_into_a_gap(days: str, left_out: int) -> None:
    proof = prove(starter_with_grace(days), TODAY)
    assert not proof.may_be_published
    assert proof.report is not None
    (finding,) = proof.report.errors
    assert finding.example == {"days_overdue": left_out}
    assert "On every day overdue" in finding.text.en
    assert finding.rules[0] == "do-not-count-on-grace"


def test_a_gap_that_is_closed_again_is_forgotten() -> None:
    moved = edited("days_overdue: 1..7", "days_overdue: 1..5")
    closed = {**moved, "topics/days.yaml": moved["topics/days.yaml"].replace("days_overdue: 8+", "days_overdue: 6+")}
    assert prove(closed, TODAY).may_be_published


def test_files_that_cannot_be_read_are_not_checked() -> None:
    proof = prove(changed("topics/pay.yaml", "days_overdue: 1..90", "days_overdo: 1..90"), TODAY)
    assert codes(proof) == {"unknown_fact"}
    assert (proof.report, proof.agreement, proof.may_be_published) == (None, None, False)


def test_a_case_that_fails_stops_the_rules() -> None:
    proof = prove(edited("expect: [wait]", "expect: [pay]", "cases/days.yaml"), TODAY)
    (failure,) = proof.blocking
    assert "`pay` should be advised; what is advised: wait" in failure.line("en")


def test_a_warning_stops_nothing() -> None:
    proof = prove(edited("  fires: [late, threat]\n", "", "cases/days.yaml"), TODAY)
    assert proof.report is not None
    assert Severity.WARNING in {finding.severity for finding in proof.report.findings}
    assert proof.may_be_published


def test_an_overdue_review_stops_the_rules_that_are_checked_all_the_same() -> None:
    proof = prove(staged_files(), date(2028, 1, 1))
    assert {"rule_review_overdue", "source_unreviewed"} == codes(proof)
    assert proof.report is not None


def test_what_takes_too_long_is_refused_and_the_caller_lives_on() -> None:
    proof = prove_apart(staged_files(), TODAY, within=timedelta(milliseconds=1))
    assert not proof.may_be_published
    (refused,) = proof.blocking
    assert refused.line("en") == (
        "The engine could not work with these rules: There was no answer within 0.001 s, so the work was stopped."
    )
    assert proof.fingerprint == fingerprint_of(staged_files())


def test_engines_that_differ_stop_the_rules() -> None:
    proof = prove(staged_files(), TODAY)
    assert proof.agreement is not None
    differing = replace(proof, agreement=replace(proof.agreement, differences=(Difference("{}", ("grace",)),)))
    assert codes(differing) == {"engines_differ"}
    assert not differing.may_be_published


def test_files_are_read_once_and_say_what_the_loader_says() -> None:
    rulebook, problems = read_if_sound(starter_files(), TODAY)
    assert rulebook is not None
    assert rulebook.fingerprint == load_rulebook(starter_files()).fingerprint
    assert problems == find_problems(starter_files(), TODAY)


def test_files_that_cannot_be_read_have_no_rulebook() -> None:
    broken = changed("topics/pay.yaml", "advise: pay", "advise: pey")
    with pytest.raises(RulebookError) as caught:
        load_rulebook(broken)
    assert read_if_sound(broken, TODAY) == (None, caught.value.problems)
