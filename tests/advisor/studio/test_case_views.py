"""The cases beside the rules: what came of each, what none would notice, and one click that mends it."""

from __future__ import annotations

import re

from services.casebook.model import Role
from tests.advisor.studio.proving import GRACE, Studio


def page_of(studio: Studio, number: int) -> str:
    return studio.editor.open(f"/studio/drafts/{number}/tests?now=1").text


def marks(html: str) -> list[str]:
    return re.findall(r'name="case" value="([^"]*)"', html)


def test_all_cases_are_listed_with_what_they_expect(shared: Studio) -> None:
    said = page_of(shared, shared.draft())
    assert "All 4 cases are answered as expected" in said
    assert "on the eighth day, after a threat days overdue 8 days, conduct a threat first: Call for help" in said


def test_a_case_that_fails_stands_first_with_what_came_instead(shared: Studio) -> None:
    said = page_of(shared, shared.draft(("when: {days_overdue: 1..7}", "when: {days_overdue: 4..7}")))
    assert "1 case is not answered as expected" in said
    assert said.index("on the third day") < said.index("Small changes that no case would notice")
    assert "`wait` should be advised; what is advised: talk." in said


def test_it_is_said_which_rules_and_bounds_the_cases_try(shared: Studio) -> None:
    said = page_of(shared, shared.draft())
    assert "5 rules are tried by a case of 6" in said
    assert "bounds have a case on either side of 2" in said


def test_a_small_change_that_no_case_would_notice_comes_with_a_case_that_would(shared: Studio) -> None:
    said = page_of(shared, shared.draft())
    assert "“title of grace”: if “days overdue: 1 to 7 days” became “1 to 6 days”, no case would notice." in said
    assert "days overdue 7 days nothing else is known “title of grace” should speak here." in said


def test_a_case_on_offer_is_added_with_one_button_and_the_change_is_noticed_from_then_on(shared: Studio) -> None:
    number = shared.draft()
    before = marks(shared.editor.open(f"/studio/drafts/{number}/tests?now=1").html)
    shared.editor.send(f"/studio/drafts/{number}/tests", case=before[0])
    assert "The case was added." in shared.editor.text
    assert before[0] not in marks(shared.editor.html)
    assert shared.files(number)["cases/days.yaml"].count("- name:") == 5


def test_a_case_that_is_no_longer_missing_is_not_added_twice(shared: Studio) -> None:
    number = shared.draft()
    mark = marks(shared.editor.open(f"/studio/drafts/{number}/tests?now=1").html)[0]
    shared.editor.send(f"/studio/drafts/{number}/tests", case=mark)
    answer = shared.editor.send(f"/studio/drafts/{number}/tests", case=mark)
    assert answer.status == 409
    assert "This case is no longer needed" in answer.text


def test_who_only_reads_is_offered_nothing_to_add(shared: Studio) -> None:
    reader = shared.person(Role.VIEWER)
    assert not marks(reader.open(f"/studio/drafts/{shared.draft()}/tests?now=1").html)


def test_files_that_cannot_be_read_have_no_cases_to_run(shared: Studio) -> None:
    said = page_of(shared, shared.draft(GRACE, ("urgency: this_month", "urgency: soonish")))
    assert "The rule files cannot be read at present" in said
