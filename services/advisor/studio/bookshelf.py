"""The rules that a page of the studio shows: those in force, or those of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from flask import current_app, g

from services.advisor.parts import parts
from services.advisor.studio.reading import Book, Bookshelf
from services.advisor.studio.rule_cards import Cards
from services.casebook.publications import publication_in_force
from services.casebook.rule_use import uses_since
from services.casebook.tables import PublicationRow, ReleaseRow

EXTENSION = "ashore studio books"
USES_OF = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class InForce:
    """The release in force, since when it is, and its book."""

    release: ReleaseRow
    publication: PublicationRow
    book: Book


@dataclass(frozen=True, slots=True)
class _Held:
    shelf: Bookshelf = field(default_factory=Bookshelf)


def book_of(files: Mapping[str, str]) -> Book:
    held: _Held = current_app.extensions.setdefault(EXTENSION, _Held())
    return held.shelf.read(files, parts().today())


def in_force() -> InForce:
    """Looked up once for every request."""
    if "studio_in_force" not in g:
        with parts().database.read() as session:
            publication = publication_in_force(session, parts().clock())
            assert publication is not None, "the first start publishes a release"
            release = session.get_one(ReleaseRow, publication.release)
            g.studio_in_force = InForce(release, publication, book_of(release.files))
    found: InForce = g.studio_in_force
    return found


def cards_of(book: Book) -> Cards | None:
    """The cards of a book, with how often its rules spoke lately; None if nothing of it can be read."""
    if book.rulebook is None:
        return None
    with parts().database.read() as session:
        uses = uses_since(session, parts().today() - USES_OF)
    return Cards(book.rulebook, uses, parts().today())
