"""Letters and occasions for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from services.casebook.links import LinkSigner
from services.casebook.model import FollowUpKind
from services.notifier.channels.letter import Button, Letter
from services.notifier.messages import Occasion, Writer
from services.notifier.texts import read_texts
from services.rulebook.model import Choice, Fact, Kind, Text

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
BASE_URL = "https://ashore.example.org"
SIGNER = LinkSigner("k" * 32, BASE_URL)
WRITER = Writer(read_texts(), SIGNER)

NEGOTIATION = Fact(
    id="negotiation",
    kind=Kind.ONE_OF,
    label=Text("协商", "talks"),
    question=Text("和平台谈到哪一步了？", "How far have your talks with the lender come?"),
    why_asked=Text("", ""),
    choices=tuple(Choice(word, Text(word, word)) for word in ("not_started", "waiting", "refused", "agreed")),
)


def a_letter(key: str = "delivery-1", language: str = "en") -> Letter:
    return Letter(
        key=key,
        language=language,
        subject="Ashore：请抽两分钟看一下",
        lines=("This is the look we planned for today.",),
        question="Have they answered?",
        buttons=(Button("Yes", f"{BASE_URL}/m/yes"),),
        footer=(Button("No more messages", f"{BASE_URL}/m/stop"),),
        stop_url=f"{BASE_URL}/m/stop",
    )


def an_occasion(kind: FollowUpKind = FollowUpKind.CHECK_IN, language: str = "en", **more: object) -> Occasion:
    values: dict[str, object] = {"fact": NEGOTIATION, "today": TODAY, "planned_for": TODAY, **more}
    return Occasion(kind=kind, key="delivery-1", follow_up_id=17, channel_id=3, language=language, **values)  # type: ignore[arg-type]
