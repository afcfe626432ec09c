"""From a draft to a release: handed in, approved by somebody else, published now or later; and what is refused."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

from services.advisor.parts import NAME
from services.advisor.proofs import SEATS, Files, Proofs
from services.casebook.model import DraftState, Role
from services.casebook.releases import fingerprint_in_force
from services.casebook.tables import ReleaseRow
from services.rulebook.apart import ApartError
from services.rulebook.impact import StepChange
from services.rulebook.model import Text
from tests.advisor.studio.proving import GRACE, LATER, REWORDED, SOONER, Studio


def in_force(studio: Studio) -> int:
    with studio.database.read() as session:
        return session.get_one(ReleaseRow, fingerprint_in_force(session, studio.now)).number


def handed_in(studio: Studio, *edits: tuple[str, str]) -> str:
    number = studio.draft(*edits or (REWORDED,))
    studio.editor.open(f"/studio/drafts/{number}/checks?now=1").send(f"/studio/drafts/{number}/submit")
    return f"/studio/drafts/{number}"


def test_a_sound_draft_is_handed_in_with_one_button(shared: Studio) -> None:
    base = handed_in(shared)
    assert shared.editor.path == f"{base}/changes"
    assert "Handed in. A colleague can approve it now." in shared.editor.text


def test_a_draft_with_a_gap_is_not_handed_in_and_the_findings_say_why(shared: Studio) -> None:
    number = shared.draft(GRACE)
    submit = f"/studio/drafts/{number}/submit"
    shared.editor.open(f"/studio/drafts/{number}")
    answer = shared.editor.send(submit, form=shared.editor.form("/studio/sign-out"))
    assert answer.status == 409
    assert "This was not done: the checks do not pass." in answer.text
    assert "Somebody answered all core questions" in answer.text
    assert shared.row(number).state is DraftState.OPEN


def test_nobody_approves_their_own_draft_and_the_page_says_who_can(shared: Studio) -> None:
    writer = shared.person(Role.PUBLISHER, "writes.and.publishes")
    shared.person(Role.PUBLISHER)
    writer.open("/studio/drafts")
    writer.send("/studio/drafts", title="My own", why="")
    base = writer.path
    shared.change(int(base.rsplit("/", 1)[1]), REWORDED, name="writes.and.publishes")
    writer.open(f"{base}/checks?now=1").send(f"{base}/submit")
    assert "Some of this draft is yours, so a colleague approves it" in writer.text
    assert "the.publisher" in writer.text
    assert "Approve these changes" not in writer.text
    assert writer.send(f"{base}/approve", form=writer.form("/studio/sign-out")).status == 409


def test_an_editor_sees_that_approving_needs_a_role(shared: Studio) -> None:
    handed_in(shared)
    assert "Approving needs the role “publisher”." in shared.editor.text


def test_approval_leads_straight_to_the_last_look_before_publishing(shared: Studio) -> None:
    base = handed_in(shared)
    shared.publisher.open(f"{base}/changes").send(f"{base}/approve")
    assert shared.publisher.path == f"{base}/publish"
    assert "A last look before publishing" in shared.publisher.text
    assert "It was misread." in shared.publisher.text


def test_what_was_saved_after_the_page_was_opened_is_not_approved(shared: Studio) -> None:
    base = handed_in(shared)
    number = int(base.rsplit("/", 1)[1])
    form = shared.publisher.open(f"{base}/changes").form(f"{base}/approve")
    shared.change(number, SOONER)
    answer = shared.publisher.send(f"{base}/approve", form=form)
    assert answer.status == 409
    assert "Somebody saved while you were looking" in answer.text
    assert shared.row(number).approved_by is None


def test_a_draft_is_returned_with_a_reason_that_its_author_sees(shared: Studio) -> None:
    base = handed_in(shared)
    shared.publisher.open(f"{base}/changes").send(f"{base}/return", why="The English title is odd.")
    assert "Returned. Its author sees your reason." in shared.publisher.text
    assert "The English title is odd." in shared.editor.open(base).text


def test_its_author_takes_a_draft_back_without_a_reason(shared: Studio) -> None:
    base = handed_in(shared)
    shared.editor.send(f"{base}/return", form=shared.editor.form("/studio/sign-out"))
    assert "Taken back. It can be changed again." in shared.editor.text


def test_a_draft_that_is_put_away_can_still_be_read(shared: Studio) -> None:
    number = shared.draft(REWORDED)
    base = f"/studio/drafts/{number}"
    shared.editor.open(base).send(f"{base}/discard")
    assert shared.row(number).state is DraftState.DISCARDED
    assert "While the grace lasts" in shared.editor.open(f"{base}/changes").text


def test_publishing_now_puts_the_draft_in_force_and_shows_what_is(staged: Studio) -> None:
    staged.published(REWORDED)
    said = staged.publisher.text
    assert in_force(staged) == 2
    assert "Published. Advice follows it from now on." in said
    assert "Since 2026-11-24 12:00" in said
    assert "Published by the.publisher" in said


def test_publishing_later_takes_the_time_by_the_clock_on_the_wall_here(staged: Studio) -> None:
    number = staged.approved(REWORDED)
    publish = f"/studio/drafts/{number}/publish"
    staged.publisher.open(publish).send(publish, when="later", day="2026-11-25", time="08:30")
    assert "It comes into force by itself." in staged.publisher.text
    assert in_force(staged) == 1
    staged.now += timedelta(hours=20, minutes=29)
    assert in_force(staged) == 1
    staged.now += timedelta(minutes=1)
    assert in_force(staged) == 2


def test_a_time_that_has_passed_or_is_none_is_asked_for_again_with_what_was_typed(staged: Studio) -> None:
    number = staged.approved(REWORDED)
    publish = f"/studio/drafts/{number}/publish"
    past = staged.publisher.open(publish).send(publish, when="later", day="2026-11-23", time="08:30")
    assert past.status == 422
    assert "This time has passed" in past.text
    assert 'value="2026-11-23"' in past.html
    assert "Please choose a day and a time." in past.send(publish, when="later", day="", time="").text
    assert staged.row(number).state is DraftState.APPROVED


def test_only_a_publisher_sees_the_last_look(shared: Studio) -> None:
    number = shared.draft(REWORDED)
    assert shared.editor.open(f"/studio/drafts/{number}/publish").status == 403


def test_publishing_is_refused_until_somebody_has_approved(shared: Studio) -> None:
    number = shared.draft(REWORDED)
    publish = f"/studio/drafts/{number}/publish"
    page = shared.publisher.open(publish)
    assert "It has not been approved yet" in page.text
    answer = page.send(publish, form=page.form("/studio/sign-out"), when="now")
    assert answer.status == 409
    assert "has not been handed in or approved yet" in answer.text


def test_one_person_installations_may_approve_their_own(staged: Studio) -> None:
    held = staged.app.extensions["ashore"]
    staged.app.extensions["ashore"] = replace(held, settings=replace(held.settings, approve_own=True))
    writer = staged.person(Role.ADMIN)
    number = staged.draft()
    staged.change(number, REWORDED, name="the.admin")
    base = f"/studio/drafts/{number}"
    writer.open(f"{base}/checks?now=1").send(f"{base}/submit")
    writer.send(f"{base}/approve")
    assert staged.row(number).state is DraftState.APPROVED


def test_while_too_many_wait_for_proofs_the_page_goes_on_asking_by_itself(shared: Studio) -> None:
    number, proofs = shared.draft(REWORDED), shared.app.extensions["ashore"].proofs
    with ExitStack() as seats:
        for _ in range(SEATS):
            seats.enter_context(proofs.seat())
        page = shared.editor.open(f"/studio/drafts/{number}/impact?now=1")
    assert page.status == 503
    assert 'hx-trigger="load delay:3s"' in page.html
    assert 'content="3; url=?now=1"' in page.html
    assert "Nobody's advice changes" in page.open(f"/studio/drafts/{number}/impact?now=1").text.replace("&#39;", "'")


class TiredProofs(Proofs):
    """Everything is worked out but whom a draft takes something away from."""

    def losses(self, old: Files, new: Files) -> tuple[StepChange, ...]:  # noqa: ARG002
        raise ApartError(Text("没有算完。", "It was not worked out."))


def test_what_a_draft_takes_away_is_known_before_it_is_handed_in(staged: Studio) -> None:
    parts = staged.app.extensions[NAME]
    staged.app.extensions[NAME] = replace(parts, proofs=TiredProofs(staged.now.date))
    number = staged.draft(LATER)
    page = staged.editor.open(f"/studio/drafts/{number}/checks?now=1")
    assert "It was not worked out." in page.text
    assert staged.editor.send(f"/studio/drafts/{number}/submit").status == 409
    assert staged.row(number).state is DraftState.OPEN
