"""Two people in one place: nothing that was typed is lost, and the choice is saved without JavaScript."""

from __future__ import annotations

import re

from services.casebook.rule_tables import DraftRow
from tests.advisor.studio.admin import Admin, Values
from tests.advisor.studio.proving import DAYS, REWORDED, SOONER, Studio

THEIRS, MINE = ("en: title of grace", "en: Theirs"), ("en: title of grace", "en: Mine")


def in_the_text(studio: Studio, number: int, *edits: tuple[str, str]) -> Admin:
    """The editor has the text open while a colleague saves `edits`."""
    studio.editor.open(f"/studio/drafts/{number}/text/{DAYS}")
    form = studio.editor.form(f"/studio/drafts/{number}/text/{DAYS}")
    studio.change(number, *edits)
    return send_text(studio, number, form, MINE)


def send_text(studio: Studio, number: int, form: Values, edit: tuple[str, str]) -> Admin:
    typed = form["text"][0].replace(*edit)
    assert typed != form["text"][0]
    return studio.editor.send(f"/studio/drafts/{number}/text/{DAYS}", form=form, text=typed)


def choices(page: Admin) -> list[str]:
    return list(dict.fromkeys(re.findall(r'type="radio" name="([^"]*)"', page.html.replace("&#34;", "'"))))


def settle(studio: Studio, number: int, side: str | None, form: Values | None = None) -> Admin:
    """Chooses one side everywhere and saves."""
    address = f"/studio/drafts/{number}/settle"
    sent = form or studio.editor.form(address)
    for name in choices(studio.editor):
        sent = {**sent, name.replace("'", '"'): [side]} if side else sent
    return studio.editor.send(address, form=sent)


def test_both_wordings_stand_side_by_side_with_the_one_before_and_who_saved_what(shared: Studio) -> None:
    page = in_the_text(shared, shared.draft(), THEIRS)
    assert page.status == 409
    assert "You and a colleague changed the same place" in page.text
    assert "Before {zh: 标题二, en: title of grace}" in page.text
    assert "<ins>Theirs</ins>" in page.html
    assert "<ins>Mine</ins>" in page.html
    assert "a.colleague saved at 2026-11-24 12:00: meanwhile" in page.text


def test_mine_is_kept_when_it_is_chosen_and_everything_else_of_theirs_stays(shared: Studio) -> None:
    number = shared.draft()
    in_the_text(shared, number, THEIRS, SOONER)
    settle(shared, number, "mine")
    assert "en: Mine" in shared.files(number)[DAYS]
    assert "advise: wait\n  urgency: today" in shared.files(number)[DAYS]


def test_theirs_is_kept_when_it_is_chosen(shared: Studio) -> None:
    number = shared.draft()
    in_the_text(shared, number, THEIRS)
    settle(shared, number, "theirs")
    assert "en: Theirs" in shared.files(number)[DAYS]
    assert "en: Mine" not in shared.files(number)[DAYS]


def test_afterwards_the_page_goes_on_to_where_it_would_have(shared: Studio) -> None:
    number = shared.draft()
    in_the_text(shared, number, THEIRS)
    settle(shared, number, "mine")
    assert shared.editor.path == f"/studio/drafts/{number}/text/{DAYS}"


def test_without_a_choice_nothing_is_saved_and_what_was_typed_is_still_there(shared: Studio) -> None:
    number = shared.draft()
    in_the_text(shared, number, THEIRS)
    page = settle(shared, number, None)
    assert page.status == 422
    assert "Some places are not chosen yet" in page.text
    assert "<ins>Mine</ins>" in page.html
    assert "en: Mine" not in shared.files(number)[DAYS]


def test_changes_of_different_places_are_put_together_and_only_have_to_be_saved(shared: Studio) -> None:
    number = shared.draft()
    page = in_the_text(shared, number, SOONER)
    assert "Both changes were put together without a conflict" in page.text
    settle(shared, number, None)
    assert "en: Mine" in shared.files(number)[DAYS]
    assert "advise: wait\n  urgency: today" in shared.files(number)[DAYS]


def test_somebody_who_saves_the_same_place_once_more_is_asked_about_again(shared: Studio) -> None:
    number = shared.draft()
    in_the_text(shared, number, SOONER)
    form = shared.editor.form(f"/studio/drafts/{number}/settle")
    shared.change(number, THEIRS)
    page = settle(shared, number, None, form)
    assert page.status == 422
    assert "<ins>Theirs</ins>" in page.html


def test_a_form_whose_load_was_tampered_with_is_refused(shared: Studio) -> None:
    number = shared.draft()
    in_the_text(shared, number, THEIRS)
    assert shared.editor.send(f"/studio/drafts/{number}/settle", mine="not packed").status == 400


def test_following_leads_nowhere_but_into_the_draft(shared: Studio) -> None:
    number = shared.draft()
    in_the_text(shared, number, SOONER)
    shared.editor.send(f"/studio/drafts/{number}/settle", following="https://elsewhere.example/")
    assert shared.editor.path == f"/studio/drafts/{number}"


def test_a_newer_release_that_changed_something_else_is_taken_over_at_once(staged: Studio) -> None:
    number = staged.draft(REWORDED)
    staged.published(SOONER)
    base = f"/studio/drafts/{number}"
    page = staged.editor.open(f"{base}/changes")
    assert "A newer release has come meanwhile." in page.text
    page.send(f"{base}/take-over")
    assert "Brought onto the newest release." in page.text
    assert "urgency: today" in staged.files(number)[DAYS].split("id: grace")[1].split("id: late")[0]
    assert "While the grace lasts" in staged.files(number)[DAYS]


def test_a_newer_release_that_changed_the_same_place_asks_which_to_keep(staged: Studio) -> None:
    number = staged.draft(MINE)
    staged.published(THEIRS)
    base = f"/studio/drafts/{number}"
    page = staged.editor.open(f"{base}/changes").send(f"{base}/take-over")
    assert page.status == 409
    assert "Release 2 and your draft changed the same place" in page.text
    finish = f"{base}/finish-take-over"
    assert page.send(finish).status == 422
    (name,) = choices(page)
    page.send(finish, form={**page.form(finish), name.replace("'", '"'): ["theirs"]})
    assert page.path == f"{base}/changes"
    assert "en: Theirs" in staged.files(number)[DAYS]
    with staged.database.read() as session:
        assert session.get_one(DraftRow, number).base != session.get_one(DraftRow, number).begun_from
