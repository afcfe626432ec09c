"""Where rule files mention facts, words, actions, sources, rules, topics and points by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from services.rulebook.characters import normalised
from services.rulebook.conditions import KNOWN_WORD
from services.rulebook.editing.lines import BYTE_ORDER_MARK
from services.rulebook.editing.nodes import Items, Node, Pairs, Scalar, read_file
from services.rulebook.model import UNKNOWN_WORD

FACT, WORD, ACTION, SOURCE, PART, RULE, TOPIC, POINT = (
    "fact", "word", "action", "source", "part", "rule", "topic", "point",
)  # fmt: skip
SORTS = {"facts": FACT, "actions": ACTION, "sources": SOURCE, "rules": RULE, "topics": TOPIC, "points": POINT}
"""What an entry of each kind is called where others mention it. Contacts, properties and cases are never mentioned."""


_WORDS = re.compile(r"[a-z][a-z0-9_]*")
_GRAMMAR = frozenset({"not", KNOWN_WORD, UNKNOWN_WORD})
"""Words of a condition that are no answers."""


class Mention(NamedTuple):
    """A text that mentions something: all of it is the name, or a word in it (`3 days before hearing_on`).

    `names` are what it mentions; `owner` is the fact of a word, or the source of a part. `position` says which of the
    words in a sentence is meant, 0 for the first and -1 for the last, since a fact may be called `days`.
    """

    sort: str
    node: Scalar
    names: tuple[str, ...]
    owner: str = ""
    position: int | None = None


def mentions_in(file: str, text: str) -> Iterator[Mention]:
    """All mentions in one file; none if it cannot be read."""
    root = read_file(text.removeprefix(BYTE_ORDER_MARK))
    if not isinstance(root, Pairs):
        return
    if file.startswith("topics/"):
        yield from _topic(root)
        return
    for key, value in root.pairs:
        for item in _each(value):
            if isinstance(item, Pairs):
                yield from _READERS.get(key.text, _nothing)(item)


def _topic(root: Pairs) -> Iterator[Mention]:
    yield from _named(root, "topic", TOPIC)
    yield from _yields(root)
    for rule in _each(root.find("rules")):
        if isinstance(rule, Pairs):
            yield from _rule(rule)


def _rule(rule: Pairs) -> Iterator[Mention]:
    yield from _named(rule, "id", RULE)
    yield from _conditions(rule.find("when"))
    yield from _named(rule, "advise", ACTION)
    yield from _named(rule, "covers", POINT)
    yield from _yields(rule)
    for source in _each(rule.find("sources")):
        yield from _source_ref(source)
    for key in ("deadline", "follow_up"):
        for moment in _each(rule.find(key)):
            if isinstance(moment, Pairs):
                yield from _in_sentence(moment, "when", 0)
                yield from _in_sentence(moment, "at", -1)
                yield from _named(moment, "ask", FACT)


def _yields(entry: Pairs) -> Iterator[Mention]:
    for word in _words(entry.find("yields_to")):
        first, _, rest = word.text.partition(" ")
        if first == "topic":
            yield Mention(TOPIC, word, (rest.strip(),))
        elif first != "everything":
            yield Mention(RULE, word, (word.text,))


def _fact(fact: Pairs) -> Iterator[Mention]:
    yield from _named(fact, "id", FACT)
    yield from _named(fact, "turns_into", FACT)
    name = fact.find("id")
    for choice in _each(fact.find("choices")):
        if isinstance(choice, Pairs) and isinstance(name, Scalar):
            yield from _named(choice, "word", WORD, name.text)


def _together(entry: Pairs) -> Iterator[Mention]:
    """Facts that cannot be true together, or actions that contradict each other."""
    yield from _conditions(entry.find("when"))
    yield from _named(entry, "action", ACTION)
    yield from _named(entry, "with", ACTION)


def _action(action: Pairs) -> Iterator[Mention]:
    yield from _named(action, "id", ACTION)


def _source(source: Pairs) -> Iterator[Mention]:
    yield from _named(source, "id", SOURCE)
    name, parts = source.find("id"), source.find("parts")
    if isinstance(name, Scalar) and isinstance(parts, Pairs):
        yield from (Mention(PART, key, (key.text,), name.text) for key, _ in parts.pairs)


def _contact(contact: Pairs) -> Iterator[Mention]:
    yield from _source_ref(contact.find("source"))


def _point(point: Pairs) -> Iterator[Mention]:
    yield from _named(point, "id", POINT)


def _property(entry: Pairs) -> Iterator[Mention]:
    yield from _conditions(entry.find("when"))
    yield from _in_sentence(entry, "as", 0)
    for key in ("must", "must_one_of", "must_not", "first_one_of", "only"):
        yield from _named(entry, key, ACTION)
    yield from _named(entry, "fires_one_of", RULE)


def _case(case: Pairs) -> Iterator[Mention]:
    yield from _conditions(case.find("given"))
    yield from _named(case, "ask", FACT)
    for key, sort in (("expect", ACTION), ("not", ACTION), ("first", ACTION), ("fires", RULE), ("silent", RULE)):
        yield from _named(case, key, sort)


def _nothing(_entry: Pairs) -> Iterator[Mention]:
    yield from ()


_READERS = {
    "facts": _fact, "never_together": _together, "actions": _action, "sources": _source, "contacts": _contact,
    "points": _point, "properties": _property, "cases": _case,
}  # fmt: skip


def _conditions(node: Node | None) -> Iterator[Mention]:
    """A fact on the left of every line, and what it is compared with on the right."""
    for key, value in node.pairs if isinstance(node, Pairs) else ():
        yield Mention(FACT, key, (key.text,))
        for written in _words(value):
            words = _WORDS.findall(normalised(written.text))
            yield Mention(WORD, written, tuple(word for word in words if word not in _GRAMMAR), key.text)


def _source_ref(node: Node | None) -> Iterator[Mention]:
    if isinstance(node, Pairs):
        yield from _named(node, "id", SOURCE)
        name = node.find("id")
        if isinstance(name, Scalar):
            yield from _named(node, "part", PART, name.text)


def _named(entry: Pairs, key: str, sort: str, owner: str = "") -> Iterator[Mention]:
    for word in _words(entry.find(key)):
        yield Mention(sort, word, (word.text,), owner)


def _in_sentence(entry: Pairs, key: str, position: int) -> Iterator[Mention]:
    """A fact in `days_overdue reaches 91` (the first word) or `3 days before hearing_on` (the last)."""
    for sentence in _words(entry.find(key)):
        words = normalised(sentence.text).split()
        if words:
            yield Mention(FACT, sentence, (words[position],), position=position)


def _words(node: Node | None) -> Iterator[Scalar]:
    yield from (item for item in _each(node) if isinstance(item, Scalar))


def _each(node: Node | None) -> tuple[Node, ...]:
    """The items of a list, or the one thing that stands in its place."""
    if isinstance(node, Items):
        return node.items
    return () if node is None else (node,)
