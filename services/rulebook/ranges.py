"""Reads ranges of numbers: `1..90`, `31+`, `up to 7`, `0`; and says what somebody meant who wrote them otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.rulebook.model import Fact, Span, Text
from services.rulebook.problems import Problem, Problems, quoted
from services.rulebook.yaml_nodes import ScalarNode

_RANGE = re.compile(r"(-?[0-9]{1,15}) ?(?:\.\.|\.{3}) ?(-?[0-9]{1,15})")
_FROM = re.compile(r"(-?[0-9]{1,15}) ?\+")
_UP_TO = re.compile(r"up to (-?[0-9]{1,15})", re.IGNORECASE)
_ONE = re.compile(r"-?[0-9]{1,15}")
_OTHER_RANGE = re.compile(r"(-?[0-9]{1,15}) ?(?:-|–|—|~|to|至|到) ?(-?[0-9]{1,15})")
_COMPARED = re.compile(r"(>=|<=|≥|≤|>|<) ?(-?[0-9]{1,15})")
_AT_LEAST = re.compile(r"(?:至少|不少于|at least|from) ?(-?[0-9]{1,15})|(-?[0-9]{1,15}) ?(?:以上|起|or more|and more)")
_AT_MOST = re.compile(
    r"(?:最多|不超过|至多|at most|until) ?(-?[0-9]{1,15})|(-?[0-9]{1,15}) ?(?:以内|以下|or less|or fewer)"
)


def read_span(fact: Fact, word: ScalarNode, problems: Problems) -> Span | None:
    """One range within the bounds of the fact; None, with a problem, for anything else."""
    span = _parsed(fact, word.text)
    if span is None:
        problems.add(_no_range(word))
        return None
    if span.low > span.high:
        problems.add(_empty(word, Text(f"写成 `{span.high}..{span.low}`。", f"Write `{span.high}..{span.low}`.")))
        return None
    if span.low < fact.minimum or span.high > fact.maximum:
        problems.add(_outside(fact, word))
        return None
    return span


def joined_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted, and those that touch or overlap made one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.low):
        if joined and span.low <= joined[-1].high + 1:
            joined[-1] = Span(joined[-1].low, max(joined[-1].high, span.high))
        else:
            joined.append(span)
    return tuple(joined)


def remaining_spans(fact: Fact, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Everything within the bounds of the fact that the spans leave out."""
    rest, start = [], fact.minimum
    for span in spans:
        if start < span.low:
            rest.append(Span(start, span.low - 1))
        start = span.high + 1
    return (*rest, Span(start, fact.maximum)) if start <= fact.maximum else tuple(rest)


def _parsed(fact: Fact, text: str) -> Span | None:
    if found := _RANGE.fullmatch(text):
        return Span(int(found[1]), int(found[2]))
    if found := _FROM.fullmatch(text):
        return Span(int(found[1]), max(fact.maximum, int(found[1])))
    if found := _UP_TO.fullmatch(text):
        return Span(min(fact.minimum, int(found[1])), int(found[1]))
    return Span(int(text), int(text)) if _ONE.fullmatch(text) else None


def _no_range(word: ScalarNode) -> Problem:
    detail = Text(f"`{quoted(word.text)}` 不是数字范围。", f"`{quoted(word.text)}` is not a range of numbers.")
    suggestion = _better_range(word.text)
    return Problem("bad_range", detail, word.place, read=quoted(word.text), allowed=_RANGES, suggestion=suggestion)


def _better_range(text: str) -> Text | None:
    """What somebody who wrote a comparison or a dash meant."""
    if found := _OTHER_RANGE.fullmatch(text):
        better = f"{found[1]}..{found[2]}"
    elif found := _COMPARED.fullmatch(text):
        number = int(found[2])
        better = {
            ">": f"{number + 1}+", ">=": f"{number}+", "≥": f"{number}+",
            "<": f"up to {number - 1}", "<=": f"up to {number}", "≤": f"up to {number}",
        }[found[1]]  # fmt: skip
    elif found := _AT_LEAST.fullmatch(text):
        better = f"{found[1] or found[2]}+"
    elif found := _AT_MOST.fullmatch(text):
        better = f"up to {found[1] or found[2]}"
    else:
        return None
    return Text(f"请写 `{better}`。", f"Write `{better}`.")


def _empty(word: ScalarNode, suggestion: Text) -> Problem:
    detail = Text(f"`{quoted(word.text)}` 里没有任何数字。", f"`{quoted(word.text)}` holds no number at all.")
    return Problem("empty_range", detail, word.place, read=quoted(word.text), suggestion=suggestion)


def _outside(fact: Fact, word: ScalarNode) -> Problem:
    bounds = f"{fact.minimum}..{fact.maximum}"
    detail = Text(
        f"`{fact.id}` 只能是 {bounds}，`{quoted(word.text)}` 超出了。",
        f"`{fact.id}` lies in {bounds}; `{quoted(word.text)}` goes beyond it.",
    )
    return Problem("out_of_bounds", detail, word.place, read=quoted(word.text), allowed=(bounds,))


_RANGES = ("1..90", "31+", "up to 7", "0", "unknown", "known")
