"""What a draft changes and whom it affects: in sentences, old beside new, the worst first."""

from __future__ import annotations

from tests.advisor.studio.proving import DAYS, GRACE, LATER, REWORDED, SOONER, Studio

QUESTION = ("advise: look", "advise: pay")


def changes(studio: Studio, *edits: tuple[str, str]) -> str:
    return studio.editor.open(f"/studio/drafts/{studio.draft(*edits)}/changes").html


def impact(studio: Studio, *edits: tuple[str, str]) -> str:
    return studio.editor.open(f"/studio/drafts/{studio.draft(*edits)}/impact?now=1").text


def test_a_change_is_a_sentence_with_the_old_beside_the_new(shared: Studio) -> None:
    page = changes(shared, GRACE)
    assert "condition “days overdue”" in page
    assert "1 to <del>7</del> days" in page
    assert "1 to <ins>5</ins> days" in page


def test_what_differs_only_in_the_other_language_is_shown_in_it(shared: Studio) -> None:
    page = changes(shared, ("zh: 标题二", "zh: 宽限期"))
    assert "title · Chinese" in page
    assert "<ins>宽限期</ins>" in page


def test_the_files_line_by_line_are_folded_below(shared: Studio) -> None:
    page = changes(shared, REWORDED)
    assert f'<h3 class="id">{DAYS}</h3>' in page
    assert "<del>-  title: {zh: 标题二, en: title of grace}</del>" in page
    assert "<ins>+  title: {zh: 标题二, en: While the grace lasts}</ins>" in page


def test_a_rule_that_is_gone_is_marked_as_removed(shared: Studio) -> None:
    number = shared.draft()
    text = shared.files(number)[DAYS]
    whole = text[text.index("- id: threat") : text.index("- id: nothing")]
    assert "removed" in changes(shared, (whole, ""))


def test_a_draft_without_a_change_says_so(shared: Studio) -> None:
    assert "The draft is the same as the release it began from." in changes(shared)


def test_an_impact_that_takes_something_away_is_said_first(shared: Studio) -> None:
    said = impact(shared, LATER)
    assert said.index("Somebody loses a step, or takes it later") < said.index("What changes")
    assert "“Do not wait” becomes less urgent" in said
    assert "Before the change they got Do not wait this week" in said
    assert "After the change they get Do not wait this month" in said


def test_an_impact_that_takes_nothing_away_says_that_first(shared: Studio) -> None:
    said = impact(shared, SOONER)
    assert "Nobody loses a step or takes it later" in said
    assert "“Do not wait” becomes more urgent" in said


def test_only_words_change_nobodys_steps(shared: Studio) -> None:
    said = impact(shared, REWORDED)
    assert "Nobody's advice changes" in said.replace("&#39;", "'")
    assert "Rules that are reworded" in said
    assert "While the grace lasts grace" in said


def test_without_recorded_cases_the_page_says_there_are_none(shared: Studio) -> None:
    assert "There are no cases being followed at present." in impact(shared, SOONER)


def test_files_that_cannot_be_read_have_no_impact_and_the_page_says_where_to_look(shared: Studio) -> None:
    said = impact(shared, ("urgency: this_month", "urgency: soonish"))
    assert "See the checks first" in said


def test_recorded_cases_are_listed_by_their_id_with_what_changes_and_nothing_about_anybody(staged: Studio) -> None:
    asked = {"facts": {"days_overdue": 6}, "consent": {"store_case": True}, "language": "en", "retention_days": 30}
    opened = staged.app.test_client().post("/v1/cases", json=asked, headers={"Idempotency-Key": "the first case"})
    assert opened.status_code == 201, opened.text
    said = impact(staged, LATER)
    assert "1 recorded cases are affected of 1 that are still followed" in said
    assert f"{opened.get_json()['id']} less urgent Do not wait" in said
