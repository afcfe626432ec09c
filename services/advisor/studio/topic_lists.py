"""The rules of a book by topic, the ones that cannot be read at present among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from services.advisor.studio.reading import Book
from services.advisor.studio.rule_cards import Cards, RuleCard
from services.rulebook.editing.blocks import Block, EditError, find_blocks
from services.rulebook.model import Rule, Text


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One topic in a list of them."""

    id: str
    title: Text
    count: int
    has_errors: bool
    reviews_due: int


def topic_lines(book: Book, cards: Cards) -> tuple[TopicLine, ...]:
    broken = {problem.place.file for problem in book.errors}
    return tuple(
        TopicLine(
            topic.id,
            topic.title,
            len(topic.rules),
            topic.place.file in broken,
            sum(book.rules[rule].review_by < cards.today for rule in topic.rules if rule in book.rules),
        )  # fmt: skip
        for topic in cards.rulebook.topics.values()
    )


def cards_in(book: Book, cards: Cards, topic_id: str) -> tuple[RuleCard, ...]:
    topic = cards.rulebook.topics[topic_id]
    return tuple(cards.card(book.rules[rule]) for rule in topic.rules if rule in book.rules)


def unreadable_rules(book: Book, cards: Cards, topic_id: str) -> tuple[Block, ...]:
    """Rules of the topic that are written so that they cannot be understood."""
    file = cards.rulebook.topics[topic_id].place.file.removeprefix("rules/")
    with suppress(EditError):
        return tuple(
            block for block in find_blocks({file: book.files[file]}, "rules").values() if block.id not in book.rules
        )
    return ()


def found_rules(rules: Mapping[str, Rule], cards: Cards, asked: str) -> Iterator[RuleCard]:
    """Rules in which every word that was asked for occurs: in the id, a text, the action, a fact or a source."""
    words = asked.casefold().split()
    for rule in rules.values():
        card = cards.card(rule)
        held = _everything_said(card).casefold()
        if all(word in held for word in words):
            yield card


def _everything_said(card: RuleCard) -> str:
    rule = card.rule
    texts = [rule.title, rule.text, rule.because, card.action, *(ground.title for ground in card.grounds)]
    texts += [text for condition in card.conditions for text in (condition.fact, *condition.values)]
    ids = [rule.id, rule.advise, rule.topic, rule.owner, *(condition.fact for condition in rule.when)]
    return " ".join([*ids, *(ground.id for ground in card.grounds), *(f"{text.zh} {text.en}" for text in texts)])
