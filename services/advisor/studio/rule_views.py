"""The rules in force, read as sentences: by topic, one by one, and since when each is as it is."""

from __future__ import annotations

from flask import Response, abort, request

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import cards_of, in_force
from services.advisor.studio.draft_lists import open_drafts
from services.advisor.studio.reading import Book
from services.advisor.studio.rendering import studio_page
from services.advisor.studio.rule_cards import Cards
from services.advisor.studio.rule_history import history_of
from services.advisor.studio.topic_lists import cards_in, found_rules, topic_lines
from services.rulebook.rule_sentences import say_rule

MOST_FOUND = 60


@blueprint.get("/rules")
def rules() -> Response:
    """All topics; with `topic` its rules; with `q` every rule in which the words occur."""
    book, cards = _book_in_force()
    topic, asked = request.args.get("topic", ""), request.args.get("q", "").strip()[:200]
    if topic and topic not in cards.rulebook.topics:
        abort(404)
    found = list(found_rules(book.rules, cards, asked)) if asked else []
    return studio_page(
        "rules.html", section="rules", release=in_force().release, publication=in_force().publication,
        topics=topic_lines(book, cards), topic=cards.rulebook.topics.get(topic), total=len(book.rules),
        cards=cards_in(book, cards, topic) if topic else found[:MOST_FOUND], asked=asked, found=len(found),
    )  # fmt: skip


@blueprint.get("/rules/<rule_id>")
def rule(rule_id: str) -> Response:
    book, cards = _book_in_force()
    if rule_id not in book.rules:
        abort(404)
    card = cards.card(book.rules[rule_id])
    with parts().database.read() as session:
        history, drafts = history_of(session, rule_id, parts().clock()), open_drafts(session)
    return studio_page(
        "rule.html", section="rules", card=card, topic=cards.rulebook.topics[card.rule.topic], history=history,
        drafts=drafts, cases=[case for case in cards.rulebook.cases if rule_id in (*case.fires, *case.silent)],
        said_rule=say_rule(cards.rulebook, card.rule),
    )  # fmt: skip


def _book_in_force() -> tuple[Book, Cards]:
    book = in_force().book
    cards = cards_of(book)
    assert cards is not None, "what is in force was read before it was published"
    return book, cards
