"""The tables of those who change the rules: accounts, drafts with all their versions, the audit, the use of rules."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.casebook.column_types import BIG_ID, words_of
from services.casebook.model import DraftState, Role
from services.casebook.tables import COUNTED, JsonObject, Table


class AccountRow(Table):
    """Somebody who may sign in to the rule studio. Without a password only a one-time link opens it."""

    __tablename__ = "account"
    __table_args__ = (COUNTED,)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    role: Mapped[Role] = mapped_column(words_of(Role))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The hash of the one-time link with which a password can be set, until it is."""
    link_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class SignInRow(Table):
    """One browser in which an account is signed in. Only the hash of the token is kept."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class SignInAttemptRow(Table):
    """A sign-in that failed. `about` is the hash of the name, of the origin or of both; nothing leads back."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_about_at", "about", "at"), COUNTED)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    about: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


class DraftRow(Table):
    """A change of the rules that is being worked on. `version` counts every save; it is the ETag.

    The people in it are author keys such as `account:3`; the names that went with them are in the audit.
    """

    __tablename__ = "draft"
    __table_args__ = (COUNTED,)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(Text)
    state: Mapped[DraftState] = mapped_column(words_of(DraftState), default=DraftState.OPEN)
    begun_from: Mapped[str] = mapped_column(ForeignKey("release.fingerprint"))
    """The release whose files version 1 started with; every version is these and the changes since."""
    base: Mapped[str] = mapped_column(ForeignKey("release.fingerprint"))
    """The release that it is compared with and will replace."""
    version: Mapped[int] = mapped_column(default=1)
    changes: Mapped[JsonObject]
    """All that its versions changed: file -> its text as it is now, null for a file that is gone."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(100))
    created_by_name: Mapped[str] = mapped_column(String(100))
    changed_at: Mapped[datetime]
    changed_by_name: Mapped[str] = mapped_column(String(100))
    submitted_by: Mapped[str | None] = mapped_column(String(100))
    submitted_by_name: Mapped[str | None] = mapped_column(String(100))
    approved_by: Mapped[str | None] = mapped_column(String(100))
    approved_by_name: Mapped[str | None] = mapped_column(String(100))
    sent_back_because: Mapped[str | None] = mapped_column(Text)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"))


class DraftRevisionRow(Table):
    """One save of a draft: the files that it changed, whole; a file that it removed is null."""

    __tablename__ = "draft_revision"

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    changed: Mapped[JsonObject]
    author: Mapped[str] = mapped_column(String(100))
    author_name: Mapped[str] = mapped_column(String(100))
    what: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]


class AuditRow(Table):
    """One act on the rules. Every row carries the hash of the one before it, so that no row can be changed unseen."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(100))
    author_name: Mapped[str] = mapped_column(String(100))
    what: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(120), index=True)
    detail: Mapped[JsonObject]
    hash_before: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class RuleUseRow(Table):
    """How often a rule spoke on one day, in all advice together; nothing about anybody."""

    __tablename__ = "rule_use"

    rule: Mapped[str] = mapped_column(String(120), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]
