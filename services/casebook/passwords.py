"""Passwords: what will do as one, and how it is kept and compared."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from services.casebook.accounts import AccountError
from services.rulebook.model import Text

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher()
"""argon2id with the parameters that RFC 9106 recommends for servers with little memory."""
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$bvq7SmUMp2Rhz1kPhaLFT3FFiLCFl2sCmnNiU6p3dkE"
"""What a password is compared with where there is no such account, so that it takes as long."""


def check_password(password: str, name: str) -> None:
    """Length is what counts; a password that holds the name, or repeats one sign, is none."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError("bad_password", BAD_PASSWORD)
    if name in password.lower() or len(set(password)) < SHORTEST // 3:
        raise AccountError("weak_password", WEAK_PASSWORD)


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Takes as long where there is nothing to compare with, and is False then."""
    try:
        _HASHER.verify(password_hash or _NOBODY, password[: LONGEST + 1].encode("utf-8", "replace"))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


BAD_PASSWORD = Text("密码要有 12 到 200 个字。", "A password has 12 to 200 characters.")
WEAK_PASSWORD = Text(
    "密码太容易猜：不要含自己的名字，也不要只用几个字反复。",
    "The password is easy to guess: leave your name out, and do not repeat a few characters.",
)
