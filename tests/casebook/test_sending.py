"""The journeys again, to the letter: what really goes out, when, and what does not, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from services.casebook.case_states import snooze, stop
from services.casebook.database import Database
from services.casebook.erasure import erase
from services.casebook.model import CaseState, ChannelRole
from services.casebook.releases import Shelf
from services.casebook.tables import CaseRow
from tests.casebook.posted_life import TRUSTED, Posted, PostedLife

DEBT = {
    "product": "jiebei",
    "days_overdue": 12,
    "ability_to_pay": "partial",
    "negotiation": "not_started",
    "income_outlook": "stable",
    "safety_state": "ok",
    "debt_status": "agreed",
    "records_kept": "complete",
}
AGREED = {
    **DEBT,
    "negotiation": "agreed",
    "agreement_written": True,
    "agreement_affordable": True,
    "promise_status": "on_track",
    "next_instalment_on": "2026-12-10",
}


@pytest.fixture
def life(casebook: Database, shelf: Shelf) -> Iterator[PostedLife]:
    life = PostedLife(casebook, shelf)
    yield life
    with casebook.write() as session:
        case = session.get(CaseRow, life.case_id)
        if case is not None:
            erase(session, case, life.now)


def opened(life: PostedLife, facts: dict[str, object]) -> PostedLife:
    life.open(facts)
    life.add_channel()
    life.letters.clear()
    return life


def days(letters: list[Posted]) -> list[str]:
    return [str(letter) for letter in letters]


def test_the_first_letter_carries_only_the_code(life: PostedLife) -> None:
    life.open(DEBT)
    life.add_channel()
    assert len(life.letters) == 1
    assert "jiebei" not in life.letters[0].letter.as_text()


def test_without_a_proved_channel_nothing_goes_out(life: PostedLife) -> None:
    life.open(DEBT)
    assert life.days(30) == []


def test_without_a_reply_the_reminder_goes_out_on_the_third_day(life: PostedLife) -> None:
    opened(life, DEBT).tell("offer.sent")
    assert "2026-11-27 10:00" in days(life.days(3))


def test_an_answer_takes_back_what_is_still_to_come(life: PostedLife) -> None:
    opened(life, {**DEBT, "negotiation": "waiting", "days_waiting": 0})
    life.days(3)
    life.tell("offer.accepted", agreement_written=True, agreement_affordable=True, next_instalment_on="2027-03-10")
    asked = [letter.letter.question for letter in life.days(5)]
    assert not [question for question in asked if "answer" in question.lower()]


def test_instalments_are_reminded_of_at_nine(life: PostedLife) -> None:
    opened(life, AGREED)
    went_out = days(life.days(17))
    assert {"2026-12-07 09:00", "2026-12-09 09:00"} <= set(went_out)


def test_the_evening_before_a_session(life: PostedLife) -> None:
    opened(life, {**DEBT, "negotiation": "refused", "mediation": "applied", "days_overdue": 45})
    life.tell("mediation.scheduled", session_on="2026-12-10")
    assert "2026-12-09 19:00" in days(life.days(16))


def test_silence_ends_in_a_smaller_try_a_last_word_and_quiet(life: PostedLife) -> None:
    opened(life, DEBT)
    letters = life.days(60)
    assert life.case().state is CaseState.QUIET
    assert str(letters[-1])[:10] == "2026-12-16"
    assert life.days(300) == []


def test_nobody_gets_more_than_one_letter_a_day_two_a_week_or_one_at_night(life: PostedLife) -> None:
    opened(life, {**DEBT, "conduct": ["insult", "threat"], "missed_calls_7d": 9, "agent": "approached"})
    letters = life.days(40)
    assert letters
    assert max(Counter(letter.at.date() for letter in letters).values()) == 1
    weeks = Counter(
        (first.at.date(), 0 <= (other.at.date() - first.at.date()).days < 7) for first in letters for other in letters
    )
    assert max(number for (_, is_within), number in weeks.items() if is_within) <= 2
    assert all("09:00" <= f"{letter.at:%H:%M}" <= "20:30" for letter in letters)


def test_four_hundred_days_without_a_word(life: PostedLife) -> None:
    life.open({"product": "jiebei", "days_until_due": 3, "ability_to_pay": "none", "negotiation": "not_started"})
    life.add_channel()
    letters = life.days(400)
    assert 3 <= len(letters) <= 10
    assert life.case().state is CaseState.QUIET


def test_after_a_sign_of_self_harm_only_care_goes_out_for_three_days(life: PostedLife) -> None:
    opened(life, {**AGREED, "next_instalment_on": "2026-11-27"})
    life.tell("safety.changed", safety_state="self_harm_risk")
    letters = life.days(3)
    assert days(letters) == ["2026-11-25 10:00", "2026-11-27 10:00"]
    assert all("12356" in letter.letter.as_text() for letter in letters)
    said = " ".join(" ".join((*letter.letter.lines, letter.letter.question)) for letter in letters).lower()
    assert not {"pay", "debt", "loan", "lender"} & set(said.replace(".", " ").split())


def test_meanwhile_a_court_date_goes_to_the_person_they_trust(life: PostedLife) -> None:
    opened(life, DEBT)
    life.add_channel(TRUSTED, ChannelRole.TRUSTED)
    life.letters.clear()
    life.tell("court_paper.received", kind="summons", hearing_on="2026-11-27", legal_doc_verified=True)
    life.tell("safety.changed", safety_state="self_harm_risk")
    assert TRUSTED in {letter.to for letter in life.days(3)}


def test_a_stopped_case_is_silent_at_once(life: PostedLife) -> None:
    opened(life, DEBT).do(stop)
    assert life.days(30) == []


def test_a_snoozed_case_is_silent_until_then(life: PostedLife) -> None:
    opened(life, DEBT).tell("offer.sent")
    until = life.now.replace(day=30)
    life.do(snooze, until)
    letters = life.days(10)
    assert letters
    assert min(letter.at for letter in letters) >= until


def test_an_erased_case_gets_nothing(life: PostedLife) -> None:
    opened(life, DEBT)
    life.do(lambda desk, case: erase(desk.session, case, desk.now))
    life.now = life.now.replace(day=30)
    life._send()
    assert life.letters == []
