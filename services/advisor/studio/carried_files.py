"""Files that travel in a form: packed small, and letter by letter, as browsers change the line ends of plain fields."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping

LARGEST = 8 * 1024 * 1024
"""Bytes of all files together, as they are stored."""
Changed = Mapping[str, str | None]


class CarriedError(Exception):
    """What came back is not what was sent along."""


def pack(changed: Changed) -> str:
    """Path -> text, or None for a file that is gone, as one line of letters."""
    return base64.b64encode(zlib.compress(json.dumps(dict(changed)).encode())).decode()


def unpack(packed: str) -> dict[str, str | None]:
    """Raises CarriedError for anything that `pack` has not made."""
    try:
        unzipping = zlib.decompressobj()
        plain = unzipping.decompress(base64.b64decode(packed, validate=True), LARGEST)
        changed = json.loads(plain) if unzipping.eof else None
    except (binascii.Error, ValueError, zlib.error) as error:
        raise CarriedError from error
    if not isinstance(changed, dict) or not all(text is None or isinstance(text, str) for text in changed.values()):
        raise CarriedError
    return changed
