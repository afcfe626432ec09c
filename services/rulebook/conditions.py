"""Reads what a rule asks of one fact: ranges, words, lists, `not`, `known` and `unknown`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.rulebook.characters import normalised
from services.rulebook.fields import SAME_WORDS
from services.rulebook.model import UNKNOWN_WORD, Condition, Fact, Kind, Place, Span, Text
from services.rulebook.problems import Problem, Problems, did_you_mean, quoted
from services.rulebook.yaml_nodes import ListNode, Node, ScalarNode

KNOWN_WORD, NONE_WORD = "known", "none"
YES_NO_WORDS = ("yes", "no")
_RANGE = re.compile(r"(-?\d{1,15}) ?(?:\.\.|\.{3}) ?(-?\d{1,15})")
_FROM = re.compile(r"(-?\d{1,15}) ?\+")
_UP_TO = re.compile(r"up to (-?\d{1,15})", re.IGNORECASE)
_ONE = re.compile(r"-?\d{1,15}")
_OTHER_RANGE = re.compile(r"(-?\d{1,15}) ?(?:-|–|—|~|to|至|到) ?(-?\d{1,15})")
_COMPARED = re.compile(r"(>=|<=|≥|≤|>|<) ?(-?\d{1,15})")
_LIST = re.compile(r"\[(.*)\]")


@dataclass(frozen=True, slots=True)
class _Written:
    """The parts of one condition: its words, and whether `not` stands before them."""

    parts: tuple[ScalarNode, ...]
    is_negated: bool
    text: str
    place: Place


def read_condition(fact: Fact, node: Node, problems: Problems) -> Condition | None:
    """The condition in its normal form; None, with a problem, if it cannot be understood or can never hold."""
    written = _take_apart(node, problems)
    if written is None:
        return None
    words = [part for part in written.parts if part.text not in (UNKNOWN_WORD, KNOWN_WORD)]
    condition = Condition(
        fact.id,
        known=any(part.text == KNOWN_WORD for part in written.parts),
        or_unknown=any(part.text == UNKNOWN_WORD for part in written.parts),
        written=written.text,
        place=written.place,
    )
    if not words:
        return _without_words(condition, written, problems)
    if condition.known or (written.is_negated and condition.or_unknown):
        problems.add(Problem("condition_mixed", _MIXED, written.place, read=quoted(written.text)))
        return None
    if fact.kind.is_number:
        return _of_number(condition, fact, words, written, problems)
    if fact.kind is Kind.DATE:
        problems.add(Problem("date_condition", _DATE, written.place, read=quoted(written.text), allowed=_ABOUT_DATES))
        return None
    return _of_words(condition, fact, words, written, problems)


def words_of(fact: Fact) -> tuple[str, ...]:
    """What a condition on this fact may name."""
    return YES_NO_WORDS if fact.kind is Kind.YES_NO else fact.words


def _take_apart(node: Node, problems: Problems) -> _Written | None:
    if isinstance(node, ListNode):
        parts = [item for item in node.items if isinstance(item, ScalarNode)]
        if len(parts) != len(node.items) or not parts:
            problems.add(Problem("bad_condition", _LIST_OF_WORDS, node.place))
            return None
        plain = tuple(ScalarNode(normalised(part.text), part.place) for part in parts)
        return _Written(plain, False, f"[{', '.join(part.text for part in plain)}]", node.place)
    if not isinstance(node, ScalarNode) or not node.text.strip():
        problems.add(Problem("bad_condition", _LIST_OF_WORDS, node.place))
        return None
    text = normalised(node.text)
    is_negated = text.lower().startswith("not ")
    rest = text[len("not ") :] if is_negated else text
    inner = _LIST.fullmatch(rest)
    names = [name.strip() for name in inner[1].split(",")] if inner else [rest]
    return _Written(tuple(ScalarNode(name, node.place) for name in names), is_negated, text, node.place)


def _without_words(condition: Condition, written: _Written, problems: Problems) -> Condition | None:
    """`unknown` and `known`; both together would ask nothing, and each is the other's `not`."""
    if condition.known and condition.or_unknown:
        problems.add(Problem("condition_asks_nothing", _ASKS_NOTHING, written.place, read=quoted(written.text)))
        return None
    if written.is_negated:
        return replace(condition, known=condition.or_unknown, or_unknown=condition.known)
    return condition


def _of_number(
    condition: Condition, fact: Fact, words: list[ScalarNode], written: _Written, problems: Problems
) -> Condition | None:
    spans = [_span(fact, word, problems) for word in words]
    if None in spans:
        return None
    joined = _joined(span for span in spans if span is not None)
    if written.is_negated:
        joined = _rest(fact, joined)
        if not joined:
            problems.add(Problem("empty_range", _NEVER, written.place, read=quoted(written.text)))
            return None
    return replace(condition, spans=joined)


def _span(fact: Fact, word: ScalarNode, problems: Problems) -> Span | None:
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


def _parsed(fact: Fact, text: str) -> Span | None:
    if found := _RANGE.fullmatch(text):
        return Span(int(found[1]), int(found[2]))
    if found := _FROM.fullmatch(text):
        return Span(int(found[1]), max(fact.maximum, int(found[1])))
    if found := _UP_TO.fullmatch(text):
        return Span(min(fact.minimum, int(found[1])), int(found[1]))
    return Span(int(text), int(text)) if _ONE.fullmatch(text) else None


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted, and those that touch or overlap made one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.low):
        if joined and span.low <= joined[-1].high + 1:
            joined[-1] = Span(joined[-1].low, max(joined[-1].high, span.high))
        else:
            joined.append(span)
    return tuple(joined)


def _rest(fact: Fact, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Everything within the bounds of the fact that the spans leave out."""
    rest, start = [], fact.minimum
    for span in spans:
        if start < span.low:
            rest.append(Span(start, span.low - 1))
        start = span.high + 1
    return (*rest, Span(start, fact.maximum)) if start <= fact.maximum else tuple(rest)


def _of_words(
    condition: Condition, fact: Fact, words: list[ScalarNode], written: _Written, problems: Problems
) -> Condition | None:
    if fact.kind is Kind.SOME_OF and [word.text for word in words] == [NONE_WORD]:
        every = frozenset(fact.words)
        return replace(condition, includes=every) if written.is_negated else replace(condition, excludes=every)
    allowed = words_of(fact)
    unknown = [word for word in words if word.text not in allowed]
    for word in unknown:
        problems.add(_unknown_word(fact, word))
    if unknown:
        return None
    named = frozenset(word.text for word in words)
    if fact.kind is Kind.SOME_OF:
        return replace(condition, excludes=named) if written.is_negated else replace(condition, includes=named)
    chosen = frozenset(allowed) - named if written.is_negated else named
    if not chosen:
        problems.add(Problem("empty_range", _NEVER, written.place, read=quoted(written.text)))
        return None
    return replace(condition, words=chosen - {UNKNOWN_WORD})


def _unknown_word(fact: Fact, word: ScalarNode) -> Problem:
    read, allowed = quoted(word.text), (*words_of(fact), *_EXTRA_WORDS[fact.kind])
    detail = Text(f"`{fact.id}` 没有 `{read}` 这个值。", f"`{fact.id}` cannot be `{read}`.")
    suggestion = did_you_mean(SAME_WORDS.get(word.text.casefold(), word.text), allowed)
    return Problem("unknown_word", detail, word.place, read=read, allowed=allowed, suggestion=suggestion)


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
_ABOUT_DATES = (KNOWN_WORD, UNKNOWN_WORD)
_EXTRA_WORDS = {
    Kind.SOME_OF: (NONE_WORD, UNKNOWN_WORD, KNOWN_WORD),
    Kind.ONE_OF: (UNKNOWN_WORD, KNOWN_WORD),
    Kind.YES_NO: (UNKNOWN_WORD, KNOWN_WORD),
}
_LIST_OF_WORDS = Text(
    "条件要写一个词、一个数字范围，或它们的列表。", "A condition is a word, a range of numbers, or a list of these."
)
_MIXED = Text(
    "`known` 不能和别的值写在一起；`not` 也不能和 `unknown` 写在一起。",
    "`known` cannot stand beside other values, nor `not` beside `unknown`.",
)
_ASKS_NOTHING = Text(
    "`known` 和 `unknown` 写在一起等于没有条件，请删去这一行。",
    "`known` together with `unknown` asks nothing. Remove the line.",
)
_NEVER = Text("没有任何值能满足这个条件。", "No value can ever satisfy this condition.")
_DATE = Text(
    "日期只能问知道或不知道；期限请写在 `deadline` 或 `follow_up`。",
    "A date can only be known or unknown; what hangs on it belongs to `deadline` or `follow_up`.",
)
