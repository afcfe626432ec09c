"""Signing in to the rule studio: one-time links, passwords, browsers, and what slows down whoever guesses."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.casebook.access import hash_of
from services.casebook.accounts import LONGEST_NAME, RandomText, about_account, find_account, sign_out_everywhere
from services.casebook.audit import record
from services.casebook.authors import author_of_account
from services.casebook.passwords import check_password, hash_password, is_password
from services.casebook.rule_tables import AccountRow, SignInAttemptRow, SignInRow
from services.rulebook.model import Text

SIGNED_IN_FOR, AT_MOST = timedelta(hours=12), timedelta(days=7)
"""A browser is signed out after so long without a request, and in any case after so long altogether."""
WINDOW = timedelta(minutes=15)
MOST_FAILURES = {"name and origin": 5, "origin": 30, "name": 50}
"""Sign-ins that may fail within the window: of one name from one place, from one place, of one name."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A token for the browser, or why there is none. Commit the session in either case: failures are counted."""

    token: str = ""
    refused: Text | None = None
    wait: timedelta | None = None


def find_by_link(session: Session, token: str, now: datetime) -> AccountRow | None:
    """The account that a one-time link opens, if it was not used and has not expired."""
    query = select(AccountRow).where(AccountRow.link_hash == hash_of(token), AccountRow.link_until > now)
    return session.scalar(query.where(AccountRow.disabled_at.is_(None)))


def set_password(session: Session, token: str, password: str, now: datetime) -> AccountRow | None:
    """Use a one-time link up; None if it does not open anything. Raises AccountError for a weak password."""
    row = find_by_link(session, token, now)
    if row is None:
        return None
    check_password(password, row.name)
    row.password_hash, row.link_hash, row.link_until = hash_password(password), None, None
    sign_out_everywhere(session, row)
    record(session, author_of_account(row), "account.password_set", about_account(row), {}, now)
    return row


def sign_in(
    session: Session,
    name: str,
    password: str,
    origin: str,
    now: datetime,
    random: RandomText = secrets.token_urlsafe,
) -> SignIn:
    """Check a name and password. `origin` is the address that asks; only its hash is kept, for a quarter of an hour."""
    counted = _counted(name.strip().lower()[:LONGEST_NAME], origin)
    wait = _has_to_wait(session, counted, now)
    if wait is not None:
        return SignIn(refused=TOO_MANY, wait=wait)
    row = find_account(session, name)
    is_right = is_password(password, row.password_hash if row else None)
    if row is None or row.disabled_at is not None or not is_right:
        session.add_all(SignInAttemptRow(about=about, at=now) for about in counted.values())
        return SignIn(refused=WRONG)
    session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.about == counted["name and origin"]))
    return SignIn(start_session(session, row, now, random))


def start_session(session: Session, row: AccountRow, now: datetime, random: RandomText = secrets.token_urlsafe) -> str:
    """A token for the browser of somebody who has proved who they are."""
    session.execute(delete(SignInRow).where(SignInRow.seen_at < now - SIGNED_IN_FOR))
    session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.at < now - WINDOW))
    token = random(32)
    session.add(SignInRow(token_hash=hash_of(token), account_id=row.id, created_at=now, seen_at=now))
    record(session, author_of_account(row), "account.signed_in", about_account(row), {}, now)
    return token


def find_signed_in(session: Session, token: str, now: datetime) -> AccountRow | None:
    """Whose browser this is, unless too long has passed or the account was locked."""
    query = select(AccountRow).join(SignInRow, SignInRow.account_id == AccountRow.id)
    return session.scalar(
        query.where(
            SignInRow.token_hash == hash_of(token),
            SignInRow.seen_at > now - SIGNED_IN_FOR,
            SignInRow.created_at > now - AT_MOST,
            AccountRow.disabled_at.is_(None),
        )
    )


def keep_signed_in(session: Session, token: str, now: datetime) -> None:
    """Note that the browser was here; once every few minutes is enough."""
    row = session.get(SignInRow, hash_of(token))
    if row is not None:
        row.seen_at = max(row.seen_at, now)


def sign_out(session: Session, token: str) -> None:
    session.execute(delete(SignInRow).where(SignInRow.token_hash == hash_of(token)))


def _counted(name: str, origin: str) -> dict[str, str]:
    said = {"name and origin": f"{name}\n{origin}", "origin": f"\n{origin}", "name": f"{name}\n"}
    return {what: hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for what, text in said.items()}


def _has_to_wait(session: Session, counted: dict[str, str], now: datetime) -> timedelta | None:
    """How long until the oldest failure that counts no longer does; None if nobody failed too often."""
    waits = []
    for what, about in counted.items():
        query = select(func.count(), func.min(SignInAttemptRow.at)).where(
            SignInAttemptRow.about == about, SignInAttemptRow.at > now - WINDOW
        )
        failures, oldest = session.execute(query).one()
        if failures >= MOST_FAILURES[what]:
            waits.append(oldest + WINDOW - now)
    return max(waits, default=None)


WRONG = Text("名字或密码不对。", "The name or the password is wrong.")
TOO_MANY = Text("试错太多次了，请过一会儿再试。", "There were too many wrong tries; please wait a while.")
