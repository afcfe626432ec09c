"""Texts held against each other and against their rule: figures, deadlines, both languages really written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.rulebook.figures import days_in, differing_figures
from services.rulebook.model import Place, Rule, Text
from services.rulebook.problems import Problem, quoted

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’]"
_GAP = re.compile(rf"(?<={_WIDE}) +(?={_WIDE})")
LONGEST_NAME = 12
"""Characters of a text that may be the same in both languages: `LPR`, `12378`, `%`."""


def lint_text(text: Text, place: Place) -> Iterator[Problem]:
    """Figures that stand in one language only, and a language that was copied instead of written."""
    only_zh, only_en = differing_figures(text)
    if only_zh or only_en:
        yield _figures_differ(only_zh, only_en, place)
    language = _not_translated(text)
    if language:
        detail = _NOT_TRANSLATED[language]
        yield Problem("missing_translation", detail, place, read=language)


def lint_deadline(rule: Rule) -> Iterator[Problem]:
    """A legal deadline (`when: days_since_doc reaches 15`) that the rule's own text contradicts.

    `in: 3 days` is only how soon to act; a text may well name the longer time that somebody else has for an answer.
    """
    limits = {moment.reaches for moment in rule.deadline} - {None, 0}
    said = days_in(rule.text.zh) | days_in(rule.text.en)
    if not limits or not said:
        return
    also = (days_in(part) for text in (rule.title, rule.because) for part in text)
    if limits & said.union(*also):
        return
    wanted, read = ", ".join(map(str, sorted(filter(None, limits)))), ", ".join(map(str, sorted(said)))
    detail = Text(
        f"期限（`deadline`）是 {wanted} 天，文字里却只写了 {read} 天。",
        f"The `deadline` is {wanted} days, but the text only speaks of {read} days.",
    )
    place = next((moment.place for moment in rule.deadline), rule.place)
    yield Problem("deadline_not_in_text", detail, place, rule=rule.id, read=read)


def joined_without_gaps(text: str) -> str:
    """Chinese text that YAML joined from several lines, without the spaces it put between them."""
    return _GAP.sub("", text)


def _figures_differ(only_zh: frozenset[str], only_en: frozenset[str], place: Place) -> Problem:
    zh, en = _listed(only_zh), _listed(only_en)
    detail = Text(
        f"中英文里的数字不一致：只在中文里的有 {zh or '（无）'}，只在英文里的有 {en or '（无）'}。",
        f"The numbers differ: only in Chinese {zh or '(none)'}, only in English {en or '(none)'}.",
    )
    return Problem("numbers_differ", detail, place, read=_listed(only_zh | only_en), suggestion=_SAME_DIGITS)


def _listed(figures: frozenset[str]) -> str:
    return quoted(", ".join(sorted(figures)))


def _not_translated(text: Text) -> str:
    """The language that holds the other one's text, if one does."""
    if len(_HAN.findall(text.en)) > len(text.en) // 2:
        return "en"
    is_latin = not _HAN.search(text.zh) and _LATIN.search(text.zh)
    return "zh" if is_latin and len(text.zh) > LONGEST_NAME else ""


_SAME_DIGITS = Text("请在两种语言里写相同的数字。", "Write the same digits in both languages.")
_NOT_TRANSLATED = {
    "zh": Text("`zh:` 里不是中文。", "The text under `zh:` is not Chinese."),
    "en": Text("`en:` 里是中文。", "The text under `en:` is Chinese."),
}
