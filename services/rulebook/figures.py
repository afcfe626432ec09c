"""The figures of a text (numbers, days, dates, times) in a form that two languages have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from services.rulebook.model import Text

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_EN_WORDS = {word: number for number, word in enumerate(_ONES)} | _TENS | {"once": 1, "twice": 2, "hundred": 100}
_ZH_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ZH_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "万": 10**4, "亿": 10**8}
_WIDE = str.maketrans("０１２３４５６７８９．：％", "0123456789.:%")

_DIGIT = re.compile("[0-9０-９]")
_THOUSANDS = re.compile(r"(?<![0-9,.])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
_SCALED = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?(thousand|million|billion|万|亿)", re.IGNORECASE)
_MONTH_NAME = re.compile(rf"(?<=[0-9])(?:st|nd|rd|th)? ({'|'.join(MONTHS)})\b|\b({'|'.join(MONTHS)}) (?=[0-9])")
_EN_CLOCK = re.compile(r"\b([0-9]{1,2})(?::([0-9]{2}))? ?([ap])\.?m\b", re.IGNORECASE)
_ZH_EVENING = re.compile(r"(?:晚上?|下午|傍晚|夜里) ?([0-9]{1,2}) ?(?=[点:])")
_FULL_HOUR = re.compile(r"\b([0-9]{1,2}):00\b")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_EN_NUMERAL = re.compile(rf"\b(?:({'|'.join(_TENS)})[- ])?({'|'.join(_EN_WORDS)})\b", re.IGNORECASE)
_ZH_NUMERAL = re.compile(r"[〇零一二两三四五六七八九十百千]{1,9}")
_ZH_DATE = re.compile(r"[0-9]{1,2} ?月 ?[0-9]{1,2} ?[日号]")
_UNITS = (
    (re.compile(r"工作 ?[天日]|[天日](?!期)|(?:working |business |calendar )?days?\b", re.IGNORECASE), 1, 1),
    (re.compile(r"周|星期|weeks?\b", re.IGNORECASE), 7, 1),
    (re.compile(r"小时|hours?\b", re.IGNORECASE), 1, 24),
)
_BEFORE_UNIT = re.compile(r"([0-9]{1,4})(?: ?(?:-|–|~|～|到|至|或|to|or) ?([0-9]{1,4}))?[ -]?(?:个 ?)?$")
LONGEST_RANGE = 20
"""Characters before a unit in which its number stands."""


def differing_figures(text: Text) -> tuple[frozenset[str], frozenset[str]]:
    """Figures that stand in Chinese only, and in English only. A number word counts where the other side has digits."""
    if not _DIGIT.search(text.zh) and not _DIGIT.search(text.en):
        return frozenset(), frozenset()
    zh, en = _plain(text.zh), _plain(text.en)
    zh_figures, en_figures = _figures(zh), _figures(en)
    only_zh = zh_figures - en_figures
    only_en = en_figures - zh_figures
    if not only_zh and not only_en:
        return only_zh, only_en
    return only_zh - _named(en, _EN_NUMERAL, _en_number), only_en - _named(zh, _ZH_NUMERAL, _zh_number)


def days_in(text: str) -> frozenset[int]:
    """The numbers of days that a text speaks of, in digits or words; 24 hours are one, a week is seven."""
    written = _ZH_DATE.sub("", _plain(text))
    written = _ZH_NUMERAL.sub(lambda found: _several(_zh_number(found)) or found[0], written)
    written = _EN_NUMERAL.sub(lambda found: _several(_en_number(found)) or found[0], written)
    days: set[int] = set()
    for unit, times, divided in _UNITS:
        for found in unit.finditer(written):
            before = _BEFORE_UNIT.search(written, max(0, found.start() - LONGEST_RANGE), found.start())
            numbers = [int(number) for number in before.groups() if number] if before else []
            days.update(number * times // divided for number in numbers if number * times % divided == 0)
    return frozenset(days)


def _plain(text: str) -> str:
    """Dates, times and large numbers as plain digits: `10 p.m.` and `晚上 10 点` hold a 22, `5 万` a 50000."""
    plain = text.translate(_WIDE)
    plain = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), plain)
    plain = _SCALED.sub(lambda found: f"{Decimal(found[1]) * _SCALES[found[2].lower()]:f} ", plain)
    plain = _MONTH_NAME.sub(lambda found: f" {MONTHS.index(found[1] or found[2]) + 1} ", plain)
    plain = _EN_CLOCK.sub(_en_hour, plain)
    plain = _ZH_EVENING.sub(lambda found: f"{int(found[1]) % 12 + 12}", plain)
    return _FULL_HOUR.sub(r"\1", plain)


def _en_hour(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3] in "pP" else 0)
    return f"{hour}:{found[2]}" if found[2] else f"{hour}"


def _figures(plain: str) -> frozenset[str]:
    return frozenset(_shortest(number) for number in _NUMBER.findall(plain))


def _shortest(number: str) -> str:
    """Without the zeros that change nothing: `08` is `8`, `1.50` is `1.5`."""
    whole, _, fraction = number.partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def _named(plain: str, pattern: re.Pattern[str], number: Callable[[re.Match[str]], str]) -> frozenset[str]:
    """Numbers that are written as words."""
    return frozenset(number(found) for found in pattern.finditer(plain))


def _several(number: str) -> str:
    """The number, except one: `哪一天` and `one day` are no time limits."""
    return "" if number == "1" else number


def _en_number(found: re.Match[str]) -> str:
    tens = _TENS[found[1].lower()] if found[1] else 0
    return str(tens + _EN_WORDS[found[2].lower()])


def _zh_number(found: re.Match[str]) -> str:
    """`二十一` as `21`; empty for signs that make no number."""
    total, last = 0, None
    for sign in found[0]:
        if sign in _ZH_TENS:
            total += (1 if last is None else last) * _ZH_TENS[sign]
            last = None
        elif last not in (None, 0):
            return ""
        else:
            last = _ZH_DIGITS[sign]
    return str(total + (last or 0))
