"""Drafts that tests begin with, made without the pages."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from services.advisor.parts import Parts
from services.casebook.authors import Author
from services.casebook.drafts import Edit, change_draft, create_draft, files_of
from services.casebook.model import Role
from services.casebook.rule_tables import DraftRow
from tests.advisor.conftest import NOON

SOMEBODY = Author("operator:test", "test", Role.ADMIN)


def begin(parts: Parts, changed: Mapping[str, str] | None = None) -> int:
    """The number of a new draft of the rules in force, with these files written otherwise."""
    with parts.database.write() as session:
        draft = create_draft(session, SOMEBODY, "a draft", "to try it", NOON)
        if changed:
            _save(session, draft, changed)
        return draft.id


def change(parts: Parts, number: int, changed: Mapping[str, str]) -> None:
    """What a colleague saves meanwhile."""
    with parts.database.write() as session:
        _save(session, session.get_one(DraftRow, number), changed)


def read(parts: Parts, number: int) -> dict[str, str]:
    with parts.database.read() as session:
        return files_of(session, session.get_one(DraftRow, number))


def version_of(parts: Parts, number: int) -> int:
    with parts.database.read() as session:
        return session.get_one(DraftRow, number).version


def _save(session: Session, draft: DraftRow, changed: Mapping[str, str]) -> None:
    files = {**files_of(session, draft), **changed}
    change_draft(session, draft, Edit(draft.version, files, "changed"), SOMEBODY, NOON)
