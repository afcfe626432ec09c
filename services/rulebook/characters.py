"""Characters that have no place in rule files, and full-width signs that mean the same as the plain ones."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from services.rulebook.model import Text

_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ufffd\ud800-\udfff]"
)
_UNDECODED = range(0xDC80, 0xDD00)
"""Bytes that are not UTF-8 arrive as these (Python's `surrogateescape`)."""
_PLAIN_SIGNS = str.maketrans(
    {"。": ".", "、": ",", "‥": "..", "…": "...", "【": "[", "】": "]", "〔": "[", "〕": "]", "\u3000": " "}
)


class BadCharacter(NamedTuple):
    """The first character that is refused, the line it stands on (from 1) and why."""

    line: int
    detail: Text


def find_bad_character(text: str) -> BadCharacter | None:
    match = _BAD.search(text)
    if match is None:
        return None
    line = text.count("\n", 0, match.start()) + 1
    code = ord(match.group())
    if code in _UNDECODED or code == 0xFFFD:
        return BadCharacter(line, _NOT_UTF8)
    name = f"U+{code:04X}"
    detail = Text(
        f"这里有一个看不见或不允许的字符（{name}），请删去后重新输入。",
        f"There is an invisible or forbidden character here ({name}). Delete it and type the text again.",
    )
    return BadCharacter(line, detail)


def normalised(written: str) -> str:
    """Full-width digits, letters and punctuation as plain ones, single spaces: `１．．９０` becomes `1..90`."""
    plain = unicodedata.normalize("NFKC", written.translate(_PLAIN_SIGNS))
    return " ".join(plain.split())


def plain_lines(text: str) -> str:
    """The text with one kind of line end and without a byte order mark at its start."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


_NOT_UTF8 = Text(
    "这里的内容不是 UTF-8 编码。请在编辑器里选择“另存为”，编码选 UTF-8。",
    "This is not UTF-8. Save the file again with the encoding UTF-8.",
)
