"""The checks of a draft: one verdict, and every finding with its place, its person and the rule that used to answer."""

from __future__ import annotations

from services.casebook.model import DraftState, Role
from tests.advisor.studio.proving import DAYS, GRACE, LATER, REWORDED, SOONER, Studio


def checks(shared: Studio, number: int) -> str:
    return shared.editor.open(f"/studio/drafts/{number}/checks?now=1").text


def test_the_page_is_there_before_the_result_and_asks_for_it_itself_with_or_without_javascript(shared: Studio) -> None:
    page = shared.editor.open(f"/studio/drafts/{shared.draft(REWORDED)}/checks").html
    assert 'hx-get="?now=1" hx-trigger="load"' in page
    assert '<noscript><meta http-equiv="refresh" content="0; url=?now=1"></noscript>' in page


def test_a_sound_draft_may_be_handed_in_and_the_page_says_what_was_proved(shared: Studio) -> None:
    said = checks(shared, shared.draft(REWORDED))
    assert "This can be handed in" in said
    assert "situations, every one of them" in said
    assert "and both engines agree" in said
    assert "4 cases are answered as expected" in said


def test_a_draft_without_a_change_has_nothing_to_hand_in(shared: Studio) -> None:
    said = checks(shared, shared.draft())
    assert "nothing has changed yet" in said
    assert "Hand in for approval" not in said


def test_a_gap_is_shown_on_a_person_with_the_rule_that_answered_them_before(shared: Studio) -> None:
    said = checks(shared, shared.draft(GRACE))
    assert "1 thing has to be mended" in said
    assert "Somebody answered all core questions and gets only general advice" in said
    assert "days overdue 6 days" in said
    assert (
        "“title of grace” answers this; what it asks of “days overdue” went from “1 to 7 days” to “1 to 5 days”" in said
    )


def test_a_gap_says_what_the_person_got_before_and_gets_now(shared: Studio) -> None:
    said = checks(shared, shared.draft(GRACE))
    assert "Before the change they got Do not wait this week" in said
    assert "After the change they get only the general advice Talk" in said


def test_the_person_of_a_finding_can_be_tried(shared: Studio) -> None:
    number = shared.draft(GRACE)
    page = shared.editor.open(f"/studio/drafts/{number}/checks?now=1").html
    assert f'href="/studio/drafts/{number}/try?fact.days_overdue=6&amp;shown=days_overdue"' in page
    tried = shared.editor.open(f"/studio/drafts/{number}/try?fact.days_overdue=6&shown=days_overdue")
    assert "Do not wait" in tried.text


def test_the_rule_that_used_to_answer_is_one_click_away(shared: Studio) -> None:
    number = shared.draft(GRACE)
    page = shared.editor.open(f"/studio/drafts/{number}/checks?now=1").html
    assert f'href="/studio/drafts/{number}/edit/rules/grace"' in page


def test_a_rule_that_was_taken_out_is_named(shared: Studio) -> None:
    number = shared.draft(("valid: {from: 2026-01-01} # grace", "valid: {from: 2026-01-01, until: 2026-11-23}"))
    assert "by the draft it is not valid today" in checks(shared, number)


def test_files_that_cannot_be_read_say_where_and_what_would_be_right(shared: Studio) -> None:
    said = checks(shared, shared.draft(("urgency: this_month", "urgency: soonish")))
    assert "1 thing has to be mended" in said
    assert f"{DAYS}:" in said
    assert "this_week" in said
    assert "situations, every one of them" not in said


def test_one_mistake_in_several_places_is_one_finding(shared: Studio) -> None:
    said = checks(shared, shared.draft(("- id: grace", "- id: days-of-grace")))
    assert said.count("There is no rule called") == 1
    assert "Change it" in said


def test_a_case_that_fails_shows_its_person_and_whose_voice_is_missing(shared: Studio) -> None:
    said = checks(shared, shared.draft(("when: {days_overdue: 1..7}", "when: {days_overdue: 4..7}")))
    assert "A case is not answered as expected" in said
    assert "on the third day" in said
    assert "went from “1 to 7 days” to “4 to 7 days”" in said


def test_a_step_that_somebody_takes_later_has_to_be_confirmed_before_it_is_handed_in(shared: Studio) -> None:
    number = shared.draft(LATER)
    said = checks(shared, number)
    assert "one thing needs your yes" in said
    assert "days overdue 1 day" in said
    submit = f"/studio/drafts/{number}/submit"
    assert shared.editor.send(submit).status == 409
    assert "confirm it first" in shared.editor.text
    assert shared.row(number).state is DraftState.OPEN
    shared.editor.send(submit, confirmed="yes")
    assert shared.row(number).state is DraftState.SUBMITTED


def test_a_step_that_comes_sooner_needs_no_confirmation(shared: Studio) -> None:
    assert "needs your yes" not in checks(shared, shared.draft(SOONER))


def test_the_checks_are_said_in_chinese_as_well(shared: Studio) -> None:
    reader = shared.person(Role.VIEWER, "reads.chinese", "zh-CN")
    page = reader.open(f"/studio/drafts/{shared.draft(GRACE)}/checks?now=1").text
    assert "还有 1 处要改" in page
    assert "现行规则里由“标题二”回答" in page
