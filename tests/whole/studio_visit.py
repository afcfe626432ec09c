"""The rule studio as it runs, and people who are signed in to it in a real browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page
from sqlalchemy.orm import Session

from services.casebook.accounts import add_account
from services.casebook.authors import STARTER
from services.casebook.clock import utc_now
from services.casebook.database import Database, open_database
from services.casebook.drafts import Edit, change_draft, create_draft, files_of
from services.casebook.model import Role
from services.casebook.rule_tables import DraftRow
from tests.whole.advisor_server import run_advisor

TABLET = {"width": 820, "height": 1180}
PASSWORD = "seven boats at low tide"


@dataclass(slots=True)
class Studio:
    """A running installation, and its database from outside."""

    address: str
    database: Database
    accounts: list[str] = field(default_factory=list)

    def sign_in(self, context: BrowserContext, role: Role) -> Page:
        """A page of somebody with this role, who came by a one-time link."""
        self.accounts.append(f"{role}.{len(self.accounts)}")
        with self.database.write() as session:
            _, token = add_account(session, self.accounts[-1], role, STARTER, utc_now())
        page = context.new_page()
        page.goto(f"{self.address}/studio/welcome/{token}")
        for name in ("password", "again"):
            page.locator(f"input[name={name}]").fill(PASSWORD)
        page.locator("main form button").click()
        page.wait_for_url("**/studio/")
        return page

    def begin(self, changed: Mapping[str, str] | None = None) -> int:
        """The number of a new draft, with these files written otherwise."""
        with self.database.write() as session:
            draft = create_draft(session, STARTER, "宽限期的建议说得更早", "试用", utc_now())
            self._save(session, draft, changed or {})
            return draft.id

    def change(self, number: int, changed: Mapping[str, str]) -> None:
        """What a colleague saves meanwhile."""
        with self.database.write() as session:
            self._save(session, session.get_one(DraftRow, number), changed)

    def read(self, number: int) -> dict[str, str]:
        with self.database.read() as session:
            return files_of(session, session.get_one(DraftRow, number))

    @staticmethod
    def _save(session: Session, draft: DraftRow, changed: Mapping[str, str]) -> None:
        if changed:
            files = {**files_of(session, draft), **changed}
            change_draft(session, draft, Edit(draft.version, files, "changed"), STARTER, utc_now())


@contextmanager
def run_studio(data: Path) -> Iterator[Studio]:
    with run_advisor(data) as port:
        database = open_database(f"sqlite:///{data / 'ashore.db'}")
        yield Studio(f"http://127.0.0.1:{port}", database)
        database.close()
