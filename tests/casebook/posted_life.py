"""A life whose messages are really written and handed over by the notifier, to a channel of paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from services.casebook.case_facts import situation_on
from services.casebook.channels import NewChannel, add_channel, code_of, verify
from services.casebook.links import LinkSigner
from services.casebook.model import ChannelRole
from services.casebook.tables import CaseRow, ChannelRow
from services.notifier.channels.letter import Letter, OnDoubt
from services.notifier.claims import claim_due
from services.notifier.jobs import PostOffice
from services.notifier.logs import make_logger
from services.notifier.messages import Writer
from services.notifier.taking import Taker
from services.notifier.texts import read_texts
from tests.casebook.life import Life

TEXTS = read_texts()
SECRET = "k" * 40
SIGNER = LinkSigner(SECRET, "https://ashore.example.org")
HERE = ZoneInfo("Asia/Shanghai")
MINE, TRUSTED = "https://mine.example.org/hook", "https://friend.example.org/hook"
_tokens = count(1)


@dataclass(frozen=True, slots=True)
class Posted:
    """One letter: when it went out, on the person's clock, and to whom."""

    at: datetime
    to: str
    letter: Letter

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


@dataclass(slots=True)
class PostedLife(Life):
    """Messages go through the notifier: looked at again, held to hours and caps, merged, written."""

    letters: list[Posted] = field(default_factory=list)
    on_doubt: OnDoubt = OnDoubt.RESEND

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:
        """We are the channel as well."""
        self.letters.append(Posted(self.now.astimezone(HERE), address["url"], letter))
        return "taken"

    def add_channel(self, url: str = MINE, role: ChannelRole = ChannelRole.SELF) -> None:
        """A channel of the person's own, proved by the code that was sent to it."""
        new = NewChannel("webhook", {"url": url, "secret": "whsec_" + "A" * 32}, "Asia/Shanghai", role)
        with self.database.write() as session:
            channel = add_channel(session, session.get_one(CaseRow, self.case_id), new, self.now)
        self._send()
        with self.database.write() as session:
            row = session.get_one(ChannelRow, channel.id)
            assert verify(session, row, code_of(row, SECRET), SECRET, self.now)

    def days(self, days: float) -> list[Posted]:
        """Let time pass; gives the letters that went out meanwhile."""
        before = len(self.letters)
        self.wait(days)
        return self.letters[before:]

    def _send(self) -> None:
        channels: Any = {"webhook": self}
        taker = Taker(
            Writer(TEXTS, SIGNER), channels, self.shelf.in_force, situation_on, lambda row: code_of(row, SECRET)
        )
        logger = make_logger("error", "plain")
        office = PostOffice(self.database, taker, channels, lambda: self.now, logger, lambda: 0.0)
        with self.database.write() as session:
            claims = claim_due(session, self.now, 1000, lambda: f"token-{next(_tokens)}")
        for claim in claims:
            office.deliver(claim.follow_up_ids, claim.token)
