"""One situation as it was recorded: whose it is, as an opaque key, and its facts."""

from __future__ import annotations

from typing import NamedTuple


class Recorded(NamedTuple):
    """`facts` is the canonical JSON of the stated facts, as a receipt is made of it."""

    key: str
    facts: str
