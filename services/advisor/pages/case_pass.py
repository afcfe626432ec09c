"""The pass to a saved case: kept encrypted in the person's browser; and secrets that a repeated form finds again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken

from services.casebook.access import RandomBytes


@dataclass(frozen=True, slots=True)
class CasePass:
    """Opens one case."""

    case_id: str
    token: str


class PassKeeper:
    """Turns passes into tokens for the browser, and back."""

    def __init__(self, secret_key: str) -> None:
        self._secret = secret_key.encode()
        digest = hashlib.sha256(b"ashore case pass " + self._secret).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def seal(self, case_pass: CasePass) -> str:
        return self._fernet.encrypt(json.dumps([case_pass.case_id, case_pass.token]).encode()).decode()

    def open(self, token: str) -> CasePass | None:
        try:
            case_id, case_token = json.loads(self._fernet.decrypt(token.encode()))
        except (InvalidToken, ValueError):
            return None
        return CasePass(case_id, case_token)

    def random_for(self, form_id: str) -> RandomBytes:
        """Bytes that only this installation can work out, the same ones for the same form: sent twice, opened once."""
        drawn = 0

        def draw(count: int) -> bytes:
            nonlocal drawn
            drawn += 1
            message = f"case form {form_id} {drawn}".encode()
            return hmac.new(self._secret, message, hashlib.sha512).digest()[:count]

        return draw
