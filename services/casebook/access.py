"""Who may see a case: its bearer token, its retrieval code, or the key of the organisation that accompanies it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.casebook.model import Role
from services.casebook.tables import CaseRow, OrganisationKeyRow

RandomBytes = Callable[[int], bytes]
CASE_TOKEN, ORGANISATION_KEY, CASE_ID = "ash_case_", "ash_org_", "case_"
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs that nobody mixes up when writing them down: no 0 and O, no 1 and I."""
CODE_SIGNS, CODE_GROUP = 20, 5
_CASE_ID = re.compile(rf"{CASE_ID}[a-z0-9]{{1,35}}", re.ASCII)


def new_case_id(random: RandomBytes = secrets.token_bytes) -> str:
    return CASE_ID + _word(random(16))


def is_case_id(text: str) -> bool:
    """Whether a case could have this id; nothing else is looked up."""
    return _CASE_ID.fullmatch(text) is not None


def new_token(random: RandomBytes = secrets.token_bytes) -> str:
    """256 bits, shown once; only its hash is kept."""
    return CASE_TOKEN + _word(random(32))


def new_retrieval_code(random: RandomBytes = secrets.token_bytes) -> str:
    """100 bits in four groups that can be written down: `7KQ2M-…`."""
    signs = "".join(SIGNS[byte % len(SIGNS)] for byte in random(CODE_SIGNS))
    return "-".join(signs[start : start + CODE_GROUP] for start in range(0, CODE_SIGNS, CODE_GROUP))


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def code_hash(code: str) -> str:
    """The hash of a retrieval code however it was typed: small letters, spaces and dashes do not matter."""
    return hash_of("".join(sign for sign in code.upper() if sign in SIGNS))


def find_case(session: Session, case_id: str, secret: str, *, to_change: bool = False) -> CaseRow | None:
    """The case, if this token or organisation key opens it. With `to_change` others have to wait for us."""
    if not is_case_id(case_id):
        return None
    case = session.get(CaseRow, case_id, with_for_update=to_change or None)
    if case is None:
        return None
    if is_own(case, secret):
        return case
    organisation = find_organisation(session, secret)
    is_theirs = organisation is not None and organisation.id == case.organisation_key_id
    return case if is_theirs else None


def is_own(case: CaseRow, secret: str) -> bool:
    """Whether the person's own token was used, and not an organisation's key."""
    return hmac.compare_digest(case.token_hash, hash_of(secret))


def find_by_code(session: Session, code: str) -> CaseRow | None:
    return session.scalar(select(CaseRow).where(CaseRow.retrieval_hash == code_hash(code)).with_for_update())


def find_organisation(session: Session, secret: str) -> OrganisationKeyRow | None:
    """The organisation whose key this is, unless it was revoked."""
    if not secret.startswith(ORGANISATION_KEY):
        return None
    return session.scalar(
        select(OrganisationKeyRow).where(
            OrganisationKeyRow.key_hash == hash_of(secret), OrganisationKeyRow.revoked_at.is_(None)
        )
    )


def add_organisation(
    session: Session,
    name: str,
    now: datetime,
    rules_role: Role | None = None,
    random: RandomBytes = secrets.token_bytes,
) -> tuple[OrganisationKeyRow, str]:
    """A new key, and its text, which is shown once. With a role it may also work on the rules."""
    key = ORGANISATION_KEY + _word(random(32))
    row = OrganisationKeyRow(name=name, key_hash=hash_of(key), rules_role=rules_role, created_at=now, revoked_at=None)
    session.add(row)
    session.flush()
    return row, key


def renew_token(case: CaseRow, random: RandomBytes = secrets.token_bytes) -> str:
    """A new token in place of the old one, for somebody who came back with the retrieval code."""
    token = new_token(random)
    case.token_hash = hash_of(token)
    return token


def _word(data: bytes) -> str:
    """Bytes as small letters and digits, without signs that a line break or a chat would spoil."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    number, signs = int.from_bytes(data, "big"), []
    for _ in range(-(-len(data) * 8 // 5)):
        number, rest = divmod(number, len(alphabet))
        signs.append(alphabet[rest])
    return "".join(signs)
