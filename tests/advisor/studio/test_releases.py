"""Releases: who published what and why, what is planned, and the way back in one step."""

from __future__ import annotations

from datetime import timedelta

from services.casebook.model import Role
from tests.advisor.studio.proving import REWORDED, SOONER, Studio
from tests.advisor.studio.test_steps import in_force


def planned(studio: Studio) -> None:
    publish = f"/studio/drafts/{studio.approved(REWORDED)}/publish"
    studio.publisher.open(publish).send(publish, when="later", day="2026-11-30", time="09:00")


def test_the_first_release_is_in_force_and_says_so_in_the_language_of_the_page(shared: Studio) -> None:
    said = shared.editor.open("/studio/releases").text
    assert "Release 1 is in force" in said
    assert "The rules that the first start loaded." in said


def test_the_time_line_says_who_what_why_and_when(staged: Studio) -> None:
    staged.published(REWORDED)
    said = staged.publisher.open("/studio/releases").text
    assert "Release 2 is in force" in said
    assert "Days of grace: It was misread." in said
    assert "From 2026-11-24 12:00 Published by the.publisher" in said
    assert "Release 1 Replaced" in said


def test_a_release_shows_what_it_changed_against_the_one_before(staged: Studio) -> None:
    staged.published(REWORDED)
    page = staged.publisher.open("/studio/releases/2")
    assert "Compared with release 1" in page.text
    assert "<ins>While the</ins> grace<ins> lasts</ins>" in page.html


def test_one_page_one_reason_one_button_lead_back(staged: Studio) -> None:
    staged.published(REWORDED)
    back = "/studio/releases/1/rollback"
    staged.now += timedelta(minutes=5)
    staged.publisher.open("/studio/releases/1").send(back, why="The title confuses people.")
    said = staged.publisher.text
    assert in_force(staged) == 1
    assert "This release is in force again from now on." in said
    assert "The title confuses people." in said
    assert "What was advised while release 2 was in force 0 decisions 2026-11-24 12:00 to 2026-11-24 12:05" in said


def test_going_back_wants_a_reason(staged: Studio) -> None:
    staged.published(REWORDED)
    answer = staged.publisher.open("/studio/releases/1").send("/studio/releases/1/rollback", why="  ")
    assert answer.status == 422
    assert "Please say why in a sentence" in answer.text
    assert in_force(staged) == 2


def test_the_release_in_force_offers_the_way_back_itself(staged: Studio) -> None:
    staged.published(REWORDED)
    page = staged.publisher.open("/studio/releases/2")
    assert "Is something wrong?" in page.text
    page.send("/studio/releases/1/rollback", why="Wrong.")
    assert in_force(staged) == 1


def test_going_back_withdraws_what_is_planned(staged: Studio) -> None:
    staged.published(SOONER)
    planned(staged)
    staged.publisher.open("/studio/releases/1").send("/studio/releases/1/rollback", why="All of it was wrong.")
    staged.wait(timedelta(days=30))
    assert in_force(staged) == 1
    assert "Release 3 Withdrawn" in staged.publisher.open("/studio/releases").text


def test_a_planned_release_is_marked_and_can_be_withdrawn(staged: Studio) -> None:
    planned(staged)
    page = staged.publisher.open("/studio/releases")
    assert "Release 2 Planned" in page.text
    assert "Begins 2026-11-30 09:00" in page.text
    page.send("/studio/releases/planned/2/withdraw", why="Not yet.")
    assert "The plan was withdrawn" in page.text
    staged.wait(timedelta(days=30))
    assert in_force(staged) == 1


def test_what_has_begun_is_not_withdrawn(staged: Studio) -> None:
    planned(staged)
    staged.wait(timedelta(days=6))
    page = staged.publisher.open("/studio/releases")
    page.send("/studio/releases/planned/2/withdraw", form=page.form("/studio/sign-out"))
    assert "It has begun already" in staged.publisher.text
    assert in_force(staged) == 2


def test_who_only_edits_sees_releases_and_no_way_to_change_them(staged: Studio) -> None:
    staged.published(REWORDED)
    page = staged.editor.open("/studio/releases/1")
    assert "Put release 1 in force again" not in page.text
    page.send("/studio/releases/1/rollback", form=page.form("/studio/sign-out"), why="I want to.")
    assert page.status == 403
    assert in_force(staged) == 2


def test_a_release_that_never_was_is_a_calm_page(shared: Studio) -> None:
    assert shared.editor.open("/studio/releases/99").status == 404
    assert shared.editor.open("/studio/releases/99999999999999999999999").status == 404


def test_the_audit_reads_like_sentences_and_is_verified_with_a_button(staged: Studio) -> None:
    staged.published(REWORDED)
    admin = staged.person(Role.ADMIN)
    said = admin.open("/studio/audit").text
    assert "the.publisher account:2 put a release in force" in said
    assert "the.editor account:1 handed in a draft Draft 1" in said
    assert "entries are intact" in admin.open("/studio/audit?verify=1").text


def test_a_mark_that_was_noted_and_is_gone_is_an_alarm(staged: Studio) -> None:
    said = staged.person(Role.ADMIN).open(f"/studio/audit?verify=1&head={'a' * 64}").text
    assert "The chain does not fit" in said
    assert "the entry aaaaaaaaaaaa that was noted is no longer there" in said


def test_the_audit_is_for_admins(shared: Studio) -> None:
    assert shared.publisher.open("/studio/audit").status == 403
