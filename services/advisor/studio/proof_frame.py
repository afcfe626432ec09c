"""What the templates of the pages that prove a change may ask for, beside what every page of the studio may."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.change_groups import title_in
from services.advisor.studio.counts_said import say_count, say_number, say_share
from services.advisor.studio.rendering import said, studio_parts, words
from services.casebook.authors import STARTER
from services.casebook.releases import FIRST_WHY
from services.rulebook.sentences import AS_LABELLED, SEPARATOR
from services.rulebook.walk import Count

QUOTED = re.compile(r"`([^`]*)`")


@blueprint.context_processor
def proof_frame() -> dict[str, object]:
    return {
        "has_text": has_text, "say_number": say_number, "say_share": say_share, "say_count": _say_count,
        "entry_title": entry_title, "coded": coded, "box_parts": box_parts,
        "why_said": why_said, "name_said": name_said,
    }  # fmt: skip


def entry_title(files: Mapping[str, str], kind: str, entry: str) -> str:
    """What an entry of these files is called; nothing if it has no title, or is not there."""
    return said(title_in(book_of(files).rulebook, kind, entry))


def has_text(key: str) -> bool:
    return key in studio_parts().catalogue


def _say_count(count: Count) -> str:
    return say_count(count, words()("number.between", low="{low}", high="{high}"))


def coded(sentence: str, titles: Mapping[str, str] | None = None) -> Markup:
    """What stands between backticks as code; ids that have a title by their title."""
    known, pieces = titles or {}, QUOTED.split(sentence)
    return Markup().join(_named(piece, known) if place % 2 else escape(piece) for place, piece in enumerate(pieces))


def _named(word: str, titles: Mapping[str, str]) -> Markup:
    return Markup("“{}”").format(titles[word]) if word in titles else Markup("<code>{}</code>").format(word)


def box_parts(sentence: str) -> list[tuple[str, str]]:
    """The clauses of a sentence about a set of situations, each with its label; the last one may have none."""
    language = words().language
    colon = AS_LABELLED.in_language(language).format(label="", said="")
    clauses = (clause.partition(colon) for clause in sentence.split(SEPARATOR.in_language(language)))
    return [(label, value) if sign else ("", label) for label, sign, value in clauses]


def why_said(why: str) -> str:
    """Why something was published; what the first start wrote is said in the language of the page."""
    return words()("releases.first_why") if why == FIRST_WHY else why


def name_said(name: str) -> str:
    return words()("releases.starter") if name == STARTER.name else name
