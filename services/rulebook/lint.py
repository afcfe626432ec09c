"""Texts in two languages held against each other: every number of one stands in the other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from services.rulebook.model import Place, Rule, Text
from services.rulebook.problems import Problem

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_DAYS = re.compile(r"(\d+)\s*(?:个?工作日|天|日|working days?|days?)")
_HOURS = re.compile(r"(\d+)\s*(?:个?小时|hours?)")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’]"
_GAP = re.compile(rf"(?<={_WIDE}) +(?={_WIDE})")
HOURS_A_DAY = 24


def lint_text(text: Text, place: Place) -> Iterator[Problem]:
    """Numbers, days, dates and telephone numbers that stand in one language only."""
    zh, en = numbers_in(text.zh), numbers_in(text.en)
    if zh == en:
        return
    only_zh, only_en = ", ".join(sorted(zh - en)), ", ".join(sorted(en - zh))
    detail = Text(
        f"中英文里的数字不一致：只在中文里的有 {only_zh or '（无）'}，只在英文里的有 {only_en or '（无）'}。",
        f"The numbers differ: only in Chinese {only_zh or '(none)'}, only in English {only_en or '(none)'}.",
    )
    yield Problem("numbers_differ", detail, place, read=", ".join(sorted(zh ^ en)), suggestion=_SAME_DIGITS)


def lint_deadline(rule: Rule) -> Iterator[Problem]:
    """A legal deadline (`when: days_since_doc reaches 15`) that the rule's own text contradicts."""
    limits = {moment.reaches for moment in rule.deadline} - {None, 0}
    said = days_in(rule.text.en) | days_in(rule.title.en) | days_in(rule.because.en)
    if not limits or not said or limits & said:
        return
    wanted, read = ", ".join(map(str, sorted(filter(None, limits)))), ", ".join(map(str, sorted(said)))
    detail = Text(
        f"期限（`deadline`）是 {wanted} 天，文字里却只写了 {read} 天。",
        f"The `deadline` is {wanted} days, but the text only speaks of {read} days.",
    )
    place = next((moment.place for moment in rule.deadline), rule.place)
    yield Problem("deadline_not_in_text", detail, place, rule=rule.id, read=read)


def numbers_in(text: str) -> frozenset[str]:
    """All numbers of a text as plain digits: `１０,０００` is `10000`."""
    plain = unicodedata.normalize("NFKC", text)
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(plain))


def days_in(text: str) -> frozenset[int]:
    """The numbers of days that a text speaks of; 24 hours are one."""
    hours = {int(hours) // HOURS_A_DAY for hours in _HOURS.findall(text) if int(hours) % HOURS_A_DAY == 0}
    return frozenset(hours | {int(days) for days in _DAYS.findall(text)})


def joined_without_gaps(text: str) -> str:
    """Chinese text that YAML joined from several lines, without the spaces it put between them."""
    return _GAP.sub("", text)


_SAME_DIGITS = Text("请在两种语言里写相同的数字。", "Write the same digits in both languages.")
