"""A studio over the staged rulebook, with people who write, approve and publish; a test may move its clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

from services.advisor.app import Advisor, create_app
from services.advisor.parts import NAME
from services.advisor.proofs import Proofs
from services.casebook import drafts
from services.casebook.accounts import add_account, find_account
from services.casebook.authors import STARTER, Author, author_of_account
from services.casebook.database import Database
from services.casebook.draft_versions import files_of
from services.casebook.drafts import Edit, find_draft
from services.casebook.model import Role
from services.casebook.rule_tables import DraftRow
from services.casebook.settings import Settings
from services.casebook.signing_in import start_session
from tests.advisor.conftest import NOON
from tests.advisor.studio.admin import Admin
from tests.rulebook.staged_rulebook import staged_files

DAYS = "topics/days.yaml"
GRACE = ("when: {days_overdue: 1..7}", "when: {days_overdue: 1..5}")
"""Narrows the advice for the days of grace, so that nobody speaks for the sixth and seventh day but the fallback."""
REWORDED = ("en: title of grace", "en: While the grace lasts")
SOONER = ("advise: wait\n  urgency: this_week", "advise: wait\n  urgency: today")
LATER = ("advise: wait\n  urgency: this_week", "advise: wait\n  urgency: this_month")


@dataclass
class Studio:
    """One installation. `person` is the same one each time for a name."""

    app: Advisor
    now: datetime = NOON
    people: dict[str, Admin] = field(default_factory=dict)
    authors: dict[str, Author] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions[NAME].database
        return database

    def person(self, role: Role, name: str = "", language: str = "en") -> Admin:
        name = name or f"the.{role}"
        if name not in self.people:
            with self.database.write() as session:
                row, _ = add_account(session, name, role, STARTER, self.now)
                self.authors[name] = author_of_account(row)
                admin = Admin(self.app, language)
                admin.carry(start_session(session, row, self.now))
            self.people[name] = admin
        return self.people[name]

    def wait(self, passed: timedelta) -> None:
        """Time goes by; everybody signs in again."""
        self.now += passed
        with self.database.write() as session:
            for name, admin in self.people.items():
                account = find_account(session, name)
                assert account is not None
                admin.carry(start_session(session, account, self.now))

    @property
    def editor(self) -> Admin:
        return self.person(Role.EDITOR)

    @property
    def publisher(self) -> Admin:
        return self.person(Role.PUBLISHER)

    def draft(self, *edits: tuple[str, str], title: str = "Days of grace", why: str = "It was misread.") -> int:
        """A draft of the editor with these replacements in the file of the rules."""
        self.person(Role.EDITOR)
        author = self.authors["the.editor"]
        with self.database.write() as session:
            row = drafts.create_draft(session, author, title, why, self.now)
            if edits:
                files = edited(files_of(session, row), *edits)
                drafts.change_draft(session, row, Edit(row.version, files, "by hand"), author, self.now)
            return row.id

    def change(self, number: int, *edits: tuple[str, str], name: str = "a.colleague") -> None:
        """Somebody else saves this in the draft."""
        self.person(Role.EDITOR, name)
        with self.database.write() as session:
            row = find_draft(session, number, to_change=True)
            assert row is not None
            files = edited(files_of(session, row), *edits)
            drafts.change_draft(session, row, Edit(row.version, files, "meanwhile"), self.authors[name], self.now)

    def row(self, number: int) -> DraftRow:
        with self.database.read() as session:
            found = find_draft(session, number)
            assert found is not None
            return found

    def files(self, number: int) -> dict[str, str]:
        with self.database.read() as session:
            return files_of(session, session.get_one(DraftRow, number))

    def approved(self, *edits: tuple[str, str]) -> int:
        """A draft that only waits for its publication."""
        number = self.draft(*edits)
        base = f"/studio/drafts/{number}"
        self.editor.open(f"{base}/checks?now=1").send(f"{base}/submit")
        self.publisher.open(f"{base}/changes").send(f"{base}/approve")
        return number

    def published(self, *edits: tuple[str, str]) -> int:
        number = self.approved(*edits)
        self.publisher.open(f"/studio/drafts/{number}/publish").send(f"/studio/drafts/{number}/publish")
        return number


def edited(files: Mapping[str, str], *edits: tuple[str, str]) -> dict[str, str]:
    text = files[DAYS]
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {DAYS}"
        text = text.replace(old, new)
    return {**files, DAYS: text}


def make_studio(settings: Settings, folder: Path, proofs: Proofs | None = None) -> Studio:
    """The studio after its first start, which loads the staged rulebook. With `proofs` it knows what others proved."""
    rules = folder / "rules"
    for name, text in staged_files().items():
        (rules / name).parent.mkdir(parents=True, exist_ok=True)
        (rules / name).write_text(text, encoding="utf-8")
    own = replace(settings, rules=rules, data=folder, database_url=f"sqlite:///{folder / 'ashore.db'}")
    held: list[Studio] = []
    app = create_app(own, clock=lambda: held[0].now if held else NOON, log_to=StringIO())
    if proofs is not None:
        app.extensions[NAME] = replace(app.extensions[NAME], proofs=proofs)
    held.append(Studio(app))
    return held[0]
