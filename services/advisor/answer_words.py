"""Sentences and moments as answers about the rules hold them."""

from __future__ import annotations

from datetime import datetime

from services.rulebook.model import Text


def both(text: Text) -> dict[str, str]:
    """A sentence in both languages: those who write rules work in both."""
    return {"zh": text.zh, "en": text.en}


def both_or_none(text: Text | None) -> dict[str, str] | None:
    return None if text is None else both(text)


def moment_said(moment: datetime) -> str:
    """RFC 3339, in UTC."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def moment_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else moment_said(moment)
