"""Who may sign in to the rule studio, and what stops everybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.casebook.accounts import (
    LINK_LASTS,
    AccountError,
    add_account,
    change_account,
    find_account,
    first_link,
    renew_link,
)
from services.casebook.authors import Author, NotAllowedError, operator
from services.casebook.database import Database
from services.casebook.model import Role
from services.casebook.rule_tables import AccountRow, AuditRow, SignInAttemptRow, SignInRow
from services.casebook.signing_in import (
    AT_MOST,
    MOST_FAILURES,
    SIGNED_IN_FOR,
    WINDOW,
    SignIn,
    find_by_link,
    find_signed_in,
    keep_signed_in,
    set_password,
    sign_in,
    sign_out,
)
from tests.casebook.life import START

OPERATOR = operator("me")
PASSWORD = "correct horse battery"
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def lin(database: Database) -> Database:
    """An editor called Lin, who has set a password."""
    with database.write() as session:
        _, token = add_account(session, "Lin", Role.EDITOR, OPERATOR, START)
        assert set_password(session, token, PASSWORD, START) is not None
    return database


def enter(database: Database, name: str = "lin", password: str = PASSWORD, after: timedelta = timedelta()) -> SignIn:
    with database.write() as session:
        return sign_in(session, name, password, HERE, START + after)


def whose(database: Database, token: str, after: timedelta = timedelta()) -> str | None:
    with database.read() as session:
        row = find_signed_in(session, token, START + after)
    return row and row.name


def test_the_right_password_opens_and_says_who_it_is(lin: Database) -> None:
    assert whose(lin, enter(lin).token) == "lin"


@pytest.mark.parametrize("name", ["Lin", " lin ", "LIN"])
def test_a_name_is_known_however_it_is_typed(lin: Database, name: str) -> None:
    assert enter(lin, name).token


@pytest.mark.parametrize(
    ("name", "password"),
    [("lin", "wrong"), ("lin", ""), ("nobody", PASSWORD), ("", ""), ("lin", "x" * 10_000), ("\ud800", "\ud800")],
    ids=["wrong", "empty", "nobody", "nothing", "long", "surrogates"],
)
def test_anything_else_is_refused_with_the_same_words(lin: Database, name: str, password: str) -> None:
    entered = enter(lin, name, password)
    assert entered.token == ""
    assert entered.refused is not None
    assert entered.refused.en == "The name or the password is wrong."


def test_only_hashes_are_kept(lin: Database) -> None:
    token = enter(lin).token
    with lin.read() as session:
        account, browser = session.scalars(select(AccountRow)).one(), session.scalars(select(SignInRow)).one()
    assert str(account.password_hash).startswith("$argon2id$")
    assert PASSWORD not in str(account.password_hash)
    assert token not in browser.token_hash


def test_whoever_guesses_has_to_wait_even_with_the_right_password(lin: Database) -> None:
    for _ in range(MOST_FAILURES["name and origin"]):
        enter(lin, password="wrong")
    entered = enter(lin)
    assert (entered.token, entered.wait) == ("", WINDOW)
    assert enter(lin, after=WINDOW).token


def test_somebody_elsewhere_is_not_locked_out_by_it(lin: Database) -> None:
    for _ in range(MOST_FAILURES["name and origin"]):
        enter(lin, password="wrong")
    with lin.write() as session:
        assert sign_in(session, "lin", PASSWORD, ELSEWHERE, START).token


def test_one_place_cannot_try_many_names(lin: Database) -> None:
    for number in range(MOST_FAILURES["origin"]):
        enter(lin, f"name{number}", "wrong")
    assert enter(lin).wait is not None


def test_failures_are_forgotten_when_they_no_longer_count(lin: Database) -> None:
    enter(lin, password="wrong")
    enter(lin, after=WINDOW + timedelta(seconds=1))
    with lin.read() as session:
        assert session.scalars(select(SignInAttemptRow)).all() == []


def test_a_browser_is_signed_out_when_it_is_left_alone(lin: Database) -> None:
    token = enter(lin).token
    assert whose(lin, token, SIGNED_IN_FOR - timedelta(seconds=1)) == "lin"
    assert whose(lin, token, SIGNED_IN_FOR) is None


def test_a_browser_in_use_stays_signed_in_for_a_week_at_most(lin: Database) -> None:
    token, passed = enter(lin).token, timedelta()
    while passed < AT_MOST:
        assert whose(lin, token, passed) == "lin"
        with lin.write() as session:
            keep_signed_in(session, token, START + passed)
        passed += SIGNED_IN_FOR / 2
    assert whose(lin, token, passed) is None


def test_signing_out_ends_this_browser_alone(lin: Database) -> None:
    here, there = enter(lin).token, enter(lin).token
    with lin.write() as session:
        sign_out(session, here)
    assert (whose(lin, here), whose(lin, there)) == (None, "lin")


def test_a_locked_account_is_out_at_once(lin: Database) -> None:
    token = enter(lin).token
    with lin.write() as session:
        row = find_account(session, "lin")
        assert row is not None
        change_account(session, row, OPERATOR, START, role=Role.EDITOR, is_disabled=True)
    assert (whose(lin, token), enter(lin).token) == (None, "")


def test_a_link_works_once_and_not_for_ever(database: Database) -> None:
    with database.write() as session:
        _, token = add_account(session, "lin", Role.EDITOR, OPERATOR, START)
        assert find_by_link(session, token, START + LINK_LASTS) is None
        assert set_password(session, token, PASSWORD, START) is not None
        assert set_password(session, token, PASSWORD, START) is None


def test_a_new_link_ends_the_one_before_and_its_use_signs_out_everywhere(lin: Database) -> None:
    browser = enter(lin).token
    with lin.write() as session:
        row = find_account(session, "lin")
        assert row is not None
        first, second = renew_link(session, row, OPERATOR, START), renew_link(session, row, OPERATOR, START)
        assert find_by_link(session, first, START) is None
        set_password(session, second, "another long password", START)
    assert whose(lin, browser) is None


@pytest.mark.parametrize("password", ["short", "x" * 201, "aaaabbbbaaaabbbb", "lin-is-my-name", ""])
def test_a_weak_password_is_refused_and_the_link_still_works(database: Database, password: str) -> None:
    with database.write() as session:
        _, token = add_account(session, "lin", Role.EDITOR, OPERATOR, START)
        with pytest.raises(AccountError):
            set_password(session, token, password, START)
        assert find_by_link(session, token, START) is not None


@pytest.mark.parametrize("name", ["", "  ", "a b", "<script>", "x" * 61, "a\nb"])
def test_a_name_that_is_none_is_refused(database: Database, name: str) -> None:
    with database.write() as session, pytest.raises(AccountError, match="bad_name"):
        add_account(session, name, Role.VIEWER, OPERATOR, START)


def test_a_name_in_any_script_will_do_but_only_once(database: Database) -> None:
    with database.write() as session:
        add_account(session, "林律师", Role.VIEWER, OPERATOR, START)
        with pytest.raises(AccountError, match="name_taken"):
            add_account(session, "林律师", Role.VIEWER, OPERATOR, START)


def test_the_last_admin_stays_one(database: Database) -> None:
    with database.write() as session:
        token = first_link(session, START)
        assert token is not None
        row = set_password(session, token, PASSWORD, START)
        assert row is not None
        for role, is_disabled in ((Role.VIEWER, False), (Role.ADMIN, True)):
            with pytest.raises(AccountError, match="last_admin"):
                change_account(session, row, OPERATOR, START, role=role, is_disabled=is_disabled)


def test_the_first_link_is_offered_until_somebody_has_a_password(database: Database) -> None:
    with database.write() as session:
        first, second = first_link(session, START), first_link(session, START)
        assert first is not None
        assert second is not None
        assert find_by_link(session, first, START) is None
        set_password(session, second, PASSWORD, START)
        assert first_link(session, START) is None
        assert session.scalars(select(AccountRow.name)).all() == ["admin"]


def test_only_an_admin_makes_accounts(database: Database) -> None:
    publisher = Author("account:7", "p", Role.PUBLISHER)
    with database.write() as session, pytest.raises(NotAllowedError):
        add_account(session, "lin", Role.VIEWER, publisher, START)


def test_what_happens_to_accounts_is_in_the_audit_without_any_secret(lin: Database) -> None:
    enter(lin)
    with lin.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
    assert [row.what for row in rows] == ["account.added", "account.password_set", "account.signed_in"]
    assert PASSWORD not in str([row.detail for row in rows])


@pytest.mark.parametrize(
    ("role", "other", "includes"),
    [
        (Role.ADMIN, Role.PUBLISHER, True),
        (Role.PUBLISHER, Role.PUBLISHER, True),
        (Role.EDITOR, Role.PUBLISHER, False),
        (Role.VIEWER, Role.EDITOR, False),
        (Role.EDITOR, Role.VIEWER, True),
    ],
)
def test_a_role_includes_those_below_it(role: Role, other: Role, includes: bool) -> None:
    assert role.includes(other) is includes
