"""Reads what a rule asks of one fact: ranges, words, lists, `not`, `known` and `unknown`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from services.rulebook.characters import normalised
from services.rulebook.model import UNKNOWN_WORD, Condition, Fact, Kind, Place, Text
from services.rulebook.problems import Problem, Problems, did_you_mean, quoted
from services.rulebook.ranges import joined_spans, read_span, remaining_spans
from services.rulebook.values import SAME_WORDS
from services.rulebook.yaml_nodes import ListNode, Node, ScalarNode

KNOWN_WORD, NONE_WORD = "known", "none"
YES_NO_WORDS = ("yes", "no")
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
    if written is None or _says_twice(written, problems):
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


def _says_twice(written: _Written, problems: Problems) -> bool:
    texts = [part.text for part in written.parts]
    twice = next((part for place, part in enumerate(written.parts) if part.text in texts[:place]), None)
    if twice is not None:
        detail = Text(f"`{quoted(twice.text)}` 写了两次。", f"`{quoted(twice.text)}` is written twice.")
        problems.add(Problem("written_twice", detail, twice.place, read=quoted(twice.text)))
    return twice is not None


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
    spans = [read_span(fact, word, problems) for word in words]
    if None in spans:
        return None
    joined = joined_spans(span for span in spans if span is not None)
    if written.is_negated:
        joined = remaining_spans(fact, joined)
        if not joined:
            problems.add(Problem("empty_range", _NEVER, written.place, read=quoted(written.text)))
            return None
    return replace(condition, spans=joined)


def _of_words(
    condition: Condition, fact: Fact, words: list[ScalarNode], written: _Written, problems: Problems
) -> Condition | None:
    if fact.kind is Kind.SOME_OF and [word.text for word in words] == [NONE_WORD]:
        every = frozenset(fact.words)
        return replace(condition, includes=every) if written.is_negated else replace(condition, excludes=every)
    allowed = words_of(fact)
    if fact.kind is Kind.SOME_OF and NONE_WORD in [word.text for word in words]:
        problems.add(Problem("condition_mixed", _NONE_ALONE, written.place, read=quoted(written.text)))
        return None
    unknown = [word for word in words if word.text not in allowed]
    for word in unknown:
        problems.add(_unknown_word(fact, word))
    if unknown:
        return None
    named = frozenset(word.text for word in words)
    if fact.kind is Kind.SOME_OF:
        return replace(condition, excludes=named) if written.is_negated else replace(condition, includes=named)
    chosen = frozenset(allowed) - named - {UNKNOWN_WORD} if written.is_negated else named
    if not chosen:
        problems.add(Problem("empty_range", _NEVER, written.place, read=quoted(written.text)))
        return None
    return replace(condition, words=chosen)


def _unknown_word(fact: Fact, word: ScalarNode) -> Problem:
    read, allowed = quoted(word.text), (*words_of(fact), *_EXTRA_WORDS[fact.kind])
    detail = Text(f"`{fact.id}` 没有 `{read}` 这个值。", f"`{fact.id}` cannot be `{read}`.")
    suggestion = did_you_mean(SAME_WORDS.get(word.text.casefold(), word.text), allowed)
    return Problem("unknown_word", detail, word.place, read=read, allowed=allowed, suggestion=suggestion)


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
_NONE_ALONE = Text(
    "`none`（一个也没有）不能和别的词写在一起，请分成两条规则。",
    "`none` (none of these) cannot stand beside other words. Write two rules.",
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
