"""What a person has answered so far: kept encrypted in their own browser, never on the server."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken

LIFETIME = timedelta(days=30)
LONGEST_TOKEN = 4_000
"""What browsers are sure to keep in one cookie."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Raw fact values as the API takes them, what was left open, and the order in which questions were answered."""

    facts: Mapping[str, object] = field(default_factory=dict)
    declined: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    before: Mapping[str, object] | None = None
    """The facts behind the list that was last shown, so that a changed answer can say what it changed."""
    seen: tuple[str, ...] = ()
    """Pages that are shown once: `safe`, `first`."""

    def with_answer(self, fact_id: str, value: object) -> Answers:
        """The answer added or replaced; an answer that is not new changes nothing."""
        return replace(
            self,
            facts={**self.facts, fact_id: value},
            declined=tuple(name for name in self.declined if name != fact_id),
            order=self._order_with(fact_id),
        )

    def without(self, fact_id: str, is_declined: bool = True) -> Answers:
        """The question left open: not asked again, and nothing is supposed about it."""
        facts = {name: value for name, value in self.facts.items() if name != fact_id}
        declined = tuple(name for name in self.declined if name != fact_id)
        if not is_declined:
            return replace(self, facts=facts, declined=declined, order=tuple(n for n in self.order if n != fact_id))
        return replace(self, facts=facts, declined=(*declined, fact_id), order=self._order_with(fact_id))

    def having_seen(self, page: str) -> Answers:
        return self if page in self.seen else replace(self, seen=(*self.seen, page))

    def _order_with(self, fact_id: str) -> tuple[str, ...]:
        return self.order if fact_id in self.order else (*self.order, fact_id)


class AnswerKeeper:
    """Turns answers into an encrypted token for the browser, and back."""

    def __init__(self, secret_key: str) -> None:
        digest = hashlib.sha256(b"ashore answers " + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def seal(self, answers: Answers) -> str:
        plain = json.dumps(
            [answers.facts, answers.declined, answers.order, answers.before, answers.seen],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        return self._fernet.encrypt(zlib.compress(plain.encode())).decode()

    def open(self, token: str) -> Answers | None:
        """The answers in a token; None if it is foreign, changed, too long or older than LIFETIME."""
        if not token or len(token) > LONGEST_TOKEN:
            return None
        try:
            plain = zlib.decompress(self._fernet.decrypt(token.encode(), ttl=int(LIFETIME.total_seconds())))
        except (InvalidToken, ValueError, zlib.error):
            return None
        facts, declined, order, before, seen = json.loads(plain)
        return Answers(facts, tuple(declined), tuple(order), before, tuple(seen))
