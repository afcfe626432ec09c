"""Accounts of the rule studio: who may do what with the rules, and the one-time links that let people in first."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.casebook.access import hash_of
from services.casebook.audit import one_at_a_time, record
from services.casebook.authors import STARTER, Author
from services.casebook.model import Role
from services.casebook.rule_tables import AccountRow, SignInRow
from services.rulebook.model import Text

RandomText = Callable[[int], str]
LONGEST_NAME = 60
LINK_LASTS = timedelta(days=7)
FIRST_ADMIN = "admin"
WELCOME = "/studio/welcome/"
"""Where a one-time link leads."""


class AccountError(Exception):
    """An account cannot be made or changed like this; the text says what to do."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


def add_account(
    session: Session, name: str, role: Role, author: Author, now: datetime, random: RandomText = secrets.token_urlsafe
) -> tuple[AccountRow, str]:
    """A new account, and the text of its one-time link, which is shown once."""
    author.need(Role.ADMIN)
    wanted = check_name(name)
    if find_account(session, wanted) is not None:
        raise AccountError("name_taken", NAME_TAKEN)
    row = AccountRow(name=wanted, role=role, created_at=now)
    session.add(row)
    session.flush()
    record(session, author, "account.added", about_account(row), {"name": wanted, "role": role.value}, now)
    return row, _new_link(row, now, random)


def first_link(session: Session, now: datetime, random: RandomText = secrets.token_urlsafe) -> str | None:
    """A one-time link for the account `admin`, made if need be, until somebody has set a password; then None.

    There is no default password: whoever can read what the first start prints is let in first.
    """
    one_at_a_time(session, AccountRow.__tablename__)
    if session.scalar(select(AccountRow.id).where(AccountRow.password_hash.is_not(None)).limit(1)) is not None:
        return None
    row = find_account(session, FIRST_ADMIN)
    if row is None:
        return add_account(session, FIRST_ADMIN, Role.ADMIN, STARTER, now, random)[1]
    return renew_link(session, row, STARTER, now, random)


def renew_link(
    session: Session, row: AccountRow, author: Author, now: datetime, random: RandomText = secrets.token_urlsafe
) -> str:
    """Another one-time link, for somebody who lost theirs or their password; the old password ends when it is used."""
    author.need(Role.ADMIN)
    record(session, author, "account.link_renewed", about_account(row), {}, now)
    return _new_link(row, now, random)


def change_account(
    session: Session, row: AccountRow, author: Author, now: datetime, *, role: Role, is_disabled: bool
) -> None:
    """Give another role, lock out or let in again. The last admin who can sign in stays one."""
    author.need(Role.ADMIN)
    stays_admin = role is Role.ADMIN and not is_disabled
    if row.role is Role.ADMIN and row.disabled_at is None and not stays_admin and _is_last_admin(session, row):
        raise AccountError("last_admin", LAST_ADMIN)
    row.role = role
    row.disabled_at = (row.disabled_at or now) if is_disabled else None
    if is_disabled:
        sign_out_everywhere(session, row)
    record(
        session, author, "account.changed", about_account(row), {"role": role.value, "is_disabled": is_disabled}, now
    )


def accounts(session: Session) -> Sequence[AccountRow]:
    return session.scalars(select(AccountRow).order_by(AccountRow.name)).all()


def find_account(session: Session, name: str) -> AccountRow | None:
    """The account of this name, however it is typed. What cannot be a name is not looked up."""
    wanted = name.strip().lower()
    return session.scalar(select(AccountRow).where(AccountRow.name == wanted)) if _is_name(wanted) else None


def check_name(name: str) -> str:
    """The name as it is kept: small letters, digits, dots, hyphens; any script."""
    wanted = name.strip().lower()
    if not _is_name(wanted):
        raise AccountError("bad_name", BAD_NAME)
    return wanted


def _is_name(name: str) -> bool:
    return 1 <= len(name) <= LONGEST_NAME and all(sign.isalnum() or sign in "._-@" for sign in name)


def _new_link(row: AccountRow, now: datetime, random: RandomText) -> str:
    token = random(32)
    row.link_hash, row.link_until = hash_of(token), now + LINK_LASTS
    return token


def _is_last_admin(session: Session, row: AccountRow) -> bool:
    others = select(func.count()).where(
        AccountRow.role == Role.ADMIN,
        AccountRow.disabled_at.is_(None),
        AccountRow.password_hash.is_not(None),
        AccountRow.id != row.id,
    )
    return not session.scalar(others)


def sign_out_everywhere(session: Session, row: AccountRow) -> None:
    session.execute(delete(SignInRow).where(SignInRow.account_id == row.id))


def about_account(row: AccountRow) -> str:
    return f"account:{row.id}"


NAME_TAKEN = Text("这个名字已经有人用了。", "This name is taken.")
BAD_NAME = Text(
    "名字用字母、数字、点和连字符，最多 60 个字。", "A name has letters, digits, dots and hyphens, at most 60 of them."
)
LAST_ADMIN = Text("至少要留一位能登录的管理员。", "At least one admin who can sign in has to stay.")
