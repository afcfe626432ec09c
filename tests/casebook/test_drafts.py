"""Drafts: saved in versions, handed in, approved by somebody else, published, and never lost to a colleague's save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.audit import verify
from services.casebook.authors import Author, NotAllowedError
from services.casebook.database import Database
from services.casebook.draft_errors import DraftError, StaleDraftError
from services.casebook.draft_versions import base_files, files_of, revisions_of
from services.casebook.drafts import (
    Edit,
    approve,
    change_draft,
    create_draft,
    discard,
    find_draft,
    finish_take_over,
    is_behind,
    publish_draft,
    send_back,
    submit,
    take_over,
)
from services.casebook.model import DraftState, Role
from services.casebook.publications import scheduled_publications
from services.casebook.releases import Load, ensure_first_release, fingerprint_in_force, roll_back, withdraw
from services.casebook.rule_tables import AuditRow, DraftRow
from services.casebook.tables import PublicationRow, ReleaseRow
from services.rulebook.problems import RulebookError
from tests.casebook.life import START

PAY, TALK = "topics/pay.yaml", "topics/negotiate.yaml"
LIN = Author("account:1", "lin", Role.EDITOR)
WU = Author("account:2", "wu", Role.PUBLISHER)
HE = Author("account:3", "he", Role.VIEWER)
LATER = START + timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Desk:
    """A database with a first release, and a draft in it."""

    database: Database
    load: Load
    number: int

    @contextmanager
    def at_work(self) -> Iterator[tuple[Session, DraftRow]]:
        with self.database.write() as session:
            draft = find_draft(session, self.number, to_change=True)
            assert draft is not None
            yield session, draft

    def edit(self, file: str, old: str, new: str, author: Author = LIN, version: int | None = None) -> None:
        """Replace some words in a file, as seen at a version."""
        with self.at_work() as (session, draft):
            seen = draft.version if version is None else version
            files = files_of(session, draft, seen)
            assert old in files[file]
            changed = {**files, file: files[file].replace(old, new, 1)}
            change_draft(session, draft, Edit(seen, changed, f"words in {file}"), author, START)

    def hand_in(self, author: Author = LIN) -> None:
        with self.at_work() as (session, draft):
            submit(session, draft, author, START)

    def approve(self, author: Author = WU, own_allowed: bool = False) -> None:
        with self.at_work() as (session, draft):
            approve(session, draft, author, START, own_allowed)

    def publish(self, at: datetime | None = None) -> PublicationRow:
        with self.at_work() as (session, draft):
            return publish_draft(session, draft, WU, START, at, self.load)

    def in_force(self, now: datetime = START) -> str:
        with self.database.read() as session:
            return fingerprint_in_force(session, now)

    @property
    def state(self) -> DraftState:
        with self.at_work() as (_, draft):
            return draft.state

    @property
    def files(self) -> dict[str, str]:
        with self.at_work() as (session, draft):
            return files_of(session, draft)


def another(desk: Desk) -> Desk:
    with desk.database.write() as session:
        draft = create_draft(session, LIN, "another", "", START)
        return Desk(desk.database, desk.load, draft.id)


@pytest.fixture
def desk(database: Database, rule_files: Mapping[str, str], load: Load) -> Desk:
    with database.write() as session:
        ensure_first_release(session, lambda: rule_files, START, load)
        draft = create_draft(session, LIN, "Plainer words", "people asked", START)
        return Desk(database, load, draft.id)


def test_a_draft_begins_as_the_release_in_force(desk: Desk, rule_files: Mapping[str, str]) -> None:
    assert desk.files == rule_files


def test_a_draft_can_begin_with_files_of_its_own(desk: Desk, rule_files: Mapping[str, str]) -> None:
    with desk.database.write() as session:
        draft = create_draft(session, LIN, "from a folder", "", START, {PAY: "topic: pay\n"})
        assert files_of(session, draft) == {PAY: "topic: pay\n"}
        assert base_files(session, draft) == rule_files


def test_every_version_can_be_read_again(desk: Desk) -> None:
    desk.edit(PAY, "Paying", "Paying back")
    desk.edit(PAY, "Paying back", "Repaying")
    with desk.at_work() as (session, draft):
        texts = [files_of(session, draft, version)[PAY] for version in (1, 2, 3)]
        told = [(row.version, row.author_name, row.what) for row in revisions_of(session, draft)]
    assert ["Paying back" in text for text in texts] == [False, True, False]
    assert told == [(1, "lin", "begun"), (2, "lin", f"words in {PAY}"), (3, "lin", f"words in {PAY}")]


def test_saving_what_is_there_already_makes_no_version(desk: Desk) -> None:
    desk.edit(PAY, "Paying", "Paying")
    with desk.at_work() as (_, draft):
        assert draft.version == 1


def test_rules_that_cannot_be_read_are_kept_too(desk: Desk) -> None:
    desk.edit(PAY, "rules:", "rules: [")
    assert "rules: [" in desk.files[PAY]


def test_a_file_can_be_added_and_taken_out(desk: Desk, rule_files: Mapping[str, str]) -> None:
    for files in ({**rule_files, "topics/new.yaml": "topic: new\n"}, dict(rule_files)):
        with desk.at_work() as (session, draft):
            change_draft(session, draft, Edit(draft.version, files, "x"), LIN, START)
        assert desk.files == files


def test_saving_over_a_colleague_is_refused_with_who_changed_what(desk: Desk) -> None:
    desk.edit(PAY, "advise: pay_in_full", "advise: pay_part")
    with pytest.raises(StaleDraftError) as stale:
        desk.edit(TALK, "urgency: this_week", "urgency: today", WU, version=1)
    assert stale.value.version == 2
    assert not stale.value.merge.conflicts
    assert {entry.kind for entry in stale.value.merge.entries} == {"rules"}
    assert "urgency: today" not in desk.files[TALK].split("propose-what-you-can-keep", 1)[1][:800]


def test_the_same_words_changed_twice_are_a_conflict(desk: Desk) -> None:
    desk.edit(PAY, "advise: pay_in_full", "advise: pay_part")
    with pytest.raises(StaleDraftError) as stale:
        desk.edit(PAY, "advise: pay_in_full", "advise: keep_records", WU, version=1)
    (conflict,) = stale.value.merge.conflicts
    assert conflict.id == "pay-what-is-overdue"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"../evil.yaml": ""}, "bad_file_name"),
        ({"/etc/x.yaml": ""}, "bad_file_name"),
        ({"a.txt": ""}, "bad_file_name"),
        ({"规则.yaml": ""}, "bad_file_name"),
        ({"\ud800.yaml": ""}, "bad_file_name"),
        ({"a.yaml": "a\0b"}, "unreadable_text"),
        ({"a.yaml": "\ud800"}, "unreadable_text"),
        ({"a.yaml": "x" * 9_000_000}, "too_large"),
        ({f"a{n}.yaml": "" for n in range(501)}, "too_large"),
    ],
    ids=["up", "root", "txt", "script", "surrogate name", "nul", "surrogate", "large", "many"],
)
def test_what_no_database_can_keep_is_refused(desk: Desk, files: dict[str, str], code: str) -> None:
    with desk.at_work() as (session, draft), pytest.raises(DraftError) as refused:
        change_draft(session, draft, Edit(1, files, "x"), LIN, START)
    assert refused.value.code == code


def test_a_change_is_handed_in_approved_and_published(desk: Desk) -> None:
    before = desk.in_force()
    desk.edit(PAY, "Paying", "Repaying")
    desk.hand_in()
    desk.approve()
    publication = desk.publish()
    assert (desk.state, desk.in_force()) == (DraftState.PUBLISHED, publication.release)
    assert publication.release != before
    with desk.database.read() as session:
        release = session.get_one(ReleaseRow, publication.release)
        assert (release.number, release.created_by, release.why) == (2, "wu", "Plainer words: people asked")
        assert verify(session).faults == ()


def test_nobody_approves_what_they_wrote_or_handed_in(desk: Desk) -> None:
    desk.edit(PAY, "Paying", "Repaying", WU)
    desk.hand_in()
    with pytest.raises(DraftError) as refused:
        desk.approve(WU)
    assert refused.value.code == "own_draft"
    desk.approve(Author("account:4", "xu", Role.PUBLISHER))


def test_one_person_alone_may_be_allowed_to(desk: Desk) -> None:
    desk.edit(PAY, "Paying", "Repaying", WU)
    desk.hand_in(WU)
    desk.approve(WU, own_allowed=True)
    assert desk.state is DraftState.APPROVED


def test_an_edit_after_the_approval_opens_the_draft_again(desk: Desk) -> None:
    desk.edit(PAY, "Paying", "Repaying")
    desk.hand_in()
    desk.approve()
    desk.edit(PAY, "Repaying", "Paying it back")
    assert desk.state is DraftState.OPEN
    with pytest.raises(DraftError) as refused:
        desk.publish()
    assert refused.value.code == "is_open"


def test_a_draft_that_is_sent_back_says_why_until_it_is_handed_in_again(desk: Desk) -> None:
    desk.edit(PAY, "Paying", "Repaying")
    desk.hand_in()
    with desk.at_work() as (session, draft):
        send_back(session, draft, WU, "please ask a lawyer", START)
        assert (draft.state, draft.sent_back_because) == (DraftState.OPEN, "please ask a lawyer")
        submit(session, draft, LIN, START)
        assert draft.sent_back_because is None


def test_nothing_changed_is_nothing_to_hand_in(desk: Desk) -> None:
    with pytest.raises(DraftError) as refused:
        desk.hand_in()
    assert refused.value.code == "nothing_changed"


def test_a_draft_that_is_over_no_longer_changes(desk: Desk) -> None:
    with desk.at_work() as (session, draft):
        discard(session, draft, LIN, START)
    with pytest.raises(DraftError) as refused:
        desk.edit(PAY, "Paying", "Repaying")
    assert refused.value.code == "is_discarded"


def test_rules_that_cannot_be_read_are_never_published(desk: Desk) -> None:
    before = desk.in_force()
    desk.edit(PAY, "rules:", "rules: [")
    desk.hand_in()
    desk.approve()
    with pytest.raises(RulebookError):
        desk.publish()
    assert (desk.in_force(), desk.state) == (before, DraftState.APPROVED)


def test_a_draft_that_fell_behind_takes_the_newer_release_over_first(desk: Desk) -> None:
    other = another(desk)
    other.edit(TALK, "Talks with the lender", "Talking to the lender")
    other.hand_in()
    other.approve()
    other.publish()
    desk.edit(PAY, "Paying", "Repaying")
    desk.hand_in()
    desk.approve()
    with pytest.raises(DraftError) as refused:
        desk.publish()
    assert refused.value.code == "behind"
    with desk.at_work() as (session, draft):
        assert not take_over(session, draft, LIN, START).conflicts
        assert not is_behind(session, draft)
    assert "Talking to the lender" in desk.files[TALK]
    assert "Repaying" in desk.files[PAY]
    desk.hand_in()
    desk.approve()
    desk.publish()
    assert desk.state is DraftState.PUBLISHED


def test_versions_from_before_a_take_over_can_still_be_read(desk: Desk) -> None:
    other = another(desk)
    other.edit(TALK, "Talks with the lender", "Talking to the lender")
    other.hand_in()
    other.approve()
    other.publish()
    desk.edit(PAY, "Paying", "Repaying")
    with desk.at_work() as (session, draft):
        take_over(session, draft, LIN, START)
        before, after = files_of(session, draft, 2), files_of(session, draft, 3)
    assert ("Talking" in before[TALK], "Talking" in after[TALK]) == (False, True)


def test_both_having_changed_one_rule_is_settled_by_a_person(desk: Desk) -> None:
    other = another(desk)
    other.edit(PAY, "advise: pay_in_full", "advise: pay_part")
    other.hand_in()
    other.approve()
    newest = other.publish().release
    desk.edit(PAY, "advise: pay_in_full", "advise: keep_records")
    with desk.at_work() as (session, draft):
        merged = take_over(session, draft, LIN, START)
        assert [entry.id for entry in merged.conflicts] == ["pay-what-is-overdue"]
        assert is_behind(session, draft)
        finish_take_over(session, draft, newest, merged.files, LIN, START)
        assert not is_behind(session, draft)
    assert "advise: keep_records" in desk.files[PAY]


def test_a_release_planned_for_later_begins_by_itself(desk: Desk) -> None:
    before = desk.in_force()
    desk.edit(PAY, "Paying", "Repaying")
    desk.hand_in()
    desk.approve()
    planned = desk.publish(at=LATER)
    assert desk.in_force(LATER - timedelta(seconds=1)) == before
    assert desk.in_force(LATER) == planned.release


def test_a_draft_cannot_slip_in_before_what_is_planned(desk: Desk) -> None:
    for each, word in ((desk, "Repaying"), (another(desk), "Paying back")):
        if each is not desk:
            with each.at_work() as (session, draft):
                take_over(session, draft, LIN, START)
        each.edit(PAY, "Paying" if each is desk else "Repaying", word)
        each.hand_in()
        each.approve()
        if each is desk:
            each.publish(at=LATER)
            continue
        with pytest.raises(DraftError) as refused:
            each.publish()
        assert refused.value.code == "another_is_planned"
        assert each.publish(at=LATER + timedelta(days=1)).begins_at == LATER + timedelta(days=1)


def test_what_is_planned_can_be_withdrawn_before_it_begins(desk: Desk) -> None:
    before = desk.in_force()
    desk.edit(PAY, "Paying", "Repaying")
    desk.hand_in()
    desk.approve()
    planned = desk.publish(at=LATER)
    with desk.database.write() as session:
        row = session.get_one(PublicationRow, planned.id)
        assert withdraw(session, row, WU, "not yet", START)
        assert not withdraw(session, row, WU, "again", START)
        assert verify(session).faults == ()
    assert desk.in_force(LATER) == before


def test_a_rollback_is_not_undone_by_what_was_planned(desk: Desk) -> None:
    before = desk.in_force()
    desk.edit(PAY, "Paying", "Repaying")
    desk.hand_in()
    desk.approve()
    desk.publish(at=LATER)
    with desk.database.write() as session:
        roll_back(session, 1, WU, "to be safe", START)
        assert list(scheduled_publications(session, START)) == []
        assert verify(session).faults == ()
    assert desk.in_force(LATER) == before


@pytest.mark.parametrize("act", ["edit", "hand_in", "approve", "publish", "discard"])
def test_a_viewer_changes_nothing(desk: Desk, act: str) -> None:
    desk.edit(PAY, "Paying", "Repaying")
    with desk.at_work() as (session, draft):
        acts = {
            "edit": lambda: change_draft(session, draft, Edit(2, {}, "x"), HE, START),
            "hand_in": lambda: submit(session, draft, HE, START),
            "approve": lambda: approve(session, draft, HE, START),
            "publish": lambda: publish_draft(session, draft, HE, START),
            "discard": lambda: discard(session, draft, HE, START),
        }
        with pytest.raises(NotAllowedError):
            acts[act]()


@pytest.mark.parametrize("act", ["approve", "publish", "roll_back"])
def test_an_editor_does_not_put_anything_in_force(desk: Desk, act: str) -> None:
    desk.edit(PAY, "Paying", "Repaying")
    desk.hand_in()
    with desk.at_work() as (session, draft):
        acts = {
            "approve": lambda: approve(session, draft, LIN, START),
            "publish": lambda: publish_draft(session, draft, LIN, START),
            "roll_back": lambda: roll_back(session, 1, LIN, "x", START),
        }
        with pytest.raises(NotAllowedError):
            acts[act]()


def test_every_step_is_in_the_audit_with_who_took_it(desk: Desk) -> None:
    desk.edit(PAY, "Paying", "Repaying")
    desk.hand_in()
    desk.approve()
    desk.publish()
    with desk.database.read() as session:
        about = f"draft:{desk.number}"
        rows = session.scalars(select(AuditRow).where(AuditRow.about == about).order_by(AuditRow.number)).all()
    assert [(row.what, row.author) for row in rows] == [
        ("draft.created", "account:1"),
        ("draft.changed", "account:1"),
        ("draft.submitted", "account:1"),
        ("draft.approved", "account:2"),
        ("draft.published", "account:2"),
    ]
