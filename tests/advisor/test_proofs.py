"""Proofs for pages and the API: made once for the same rules, apart from the service, and never kept if they failed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from services.advisor.proofs import Proofs, ProofsBusyError
from services.rulebook.problems import RulebookError
from services.rulebook.recorded import Recorded
from tests.rulebook.small_rulebook import changed, small_files

TODAY = date(2026, 11, 24)
UNREADABLE = changed("topics/pay.yaml", "advise: pay", "advise: pya")
WITHOUT_PAYING = changed("topics/pay.yaml", "days_overdue: 1..90", "days_overdue: 1..9")


@pytest.fixture
def proofs() -> Proofs:
    return Proofs(lambda: TODAY)


def test_the_same_rules_are_proved_once(proofs: Proofs) -> None:
    assert proofs.proof(small_files()) is proofs.proof(dict(reversed(small_files().items())))


def test_those_who_ask_meanwhile_get_the_same_proof() -> None:
    proofs = Proofs(lambda: TODAY, seats=4)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: proofs.proof(small_files()), range(4)))
    assert all(one is made[0] for one in made)


def test_another_day_is_another_proof() -> None:
    day = iter([TODAY, date(2027, 7, 1)])
    proofs = Proofs(lambda: next(day))
    assert proofs.proof(small_files()) is not proofs.proof(small_files())


def test_rules_that_cannot_be_read_are_a_proof_of_that(proofs: Proofs) -> None:
    proof = proofs.proof(UNREADABLE)
    assert not proof.may_be_published
    assert "'pya'" in proof.blocking[0].detail.en or "pya" in str(proof.blocking[0].read)


def test_what_failed_is_tried_anew(proofs: Proofs) -> None:
    for _ in range(2):
        with pytest.raises(RulebookError):
            proofs.unnoticed(UNREADABLE)


def test_who_would_lose_a_step_is_named_with_an_example(proofs: Proofs) -> None:
    (loss,) = proofs.losses(small_files(), WITHOUT_PAYING)
    assert (loss.action, loss.change.value) == ("pay", "lost")
    days = loss.example["days_overdue"]
    assert isinstance(days, int)
    assert 10 <= days <= 90


def test_nobody_loses_anything_when_nothing_changes(proofs: Proofs) -> None:
    assert proofs.losses(small_files(), small_files()) == ()


def test_recorded_situations_that_change_are_listed_by_key(proofs: Proofs) -> None:
    recorded = [
        Recorded("case_a", '{"days_overdue":40,"negotiation":"not_started"}'),
        Recorded("case_b", '{"days_overdue":3,"negotiation":"not_started"}'),
    ]
    found = proofs.preview(small_files(), WITHOUT_PAYING, recorded).recorded
    assert (found.total, [(one.key, one.lost) for one in found.changed]) == (2, [("case_a", ("pay",))])


def test_whoever_comes_when_all_seats_are_taken_is_asked_to_come_back() -> None:
    proofs = Proofs(lambda: TODAY, seats=1)
    with proofs.seat(), pytest.raises(ProofsBusyError):
        proofs.proof(small_files())
    assert proofs.proof(small_files()).report is not None


def test_what_is_known_already_needs_no_seat() -> None:
    proofs = Proofs(lambda: TODAY, seats=1)
    known = proofs.proof(small_files())
    with proofs.seat():
        assert proofs.proof(small_files()) is known
