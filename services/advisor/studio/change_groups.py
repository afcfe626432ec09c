"""What differs between two versions of the rules, said entry by entry: old and new side by side, each word marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from markupsafe import Markup

from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.frame import field_name
from services.advisor.studio.marked_text import mark
from services.advisor.studio.rendering import said, words
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.comparing import EntryChange, FieldChange, entry_changes
from services.rulebook.editing.nodes import plain, read_nodes
from services.rulebook.entry_sentences import say_entry_change
from services.rulebook.model import LANGUAGES, Rulebook, Text
from services.rulebook.rule_sentences import SaidChange

ORDER = ("rules", "topics", "facts", "actions", "sources", "contacts", "points", "properties", "cases", "file")
"""Kinds in the order in which they matter to whoever reads the change."""
PROSE = 40
"""Letters of an English text from which it is prose that somebody wrote in both languages."""
Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One thing that differs. A side that is None is not there."""

    about: str
    old: Markup | None
    new: Markup | None


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """`lines` say it in sentences where there are any for this kind; `written` as it stands in the files."""

    kind: str
    id: str
    title: str
    change: str
    lines: tuple[ChangedLine, ...]
    written: tuple[ChangedLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    kind: str
    entries: tuple[ChangedEntry, ...]


def change_groups(old: Files, new: Files) -> tuple[ChangeGroup, ...]:
    changes: tuple[EntryChange, ...] = ()
    with suppress(EditError):
        changes = entry_changes(old, new)
    books = book_of(old).rulebook, book_of(new).rulebook
    entries = [_entry(change, *books) for change in changes]
    kinds = dict.fromkeys((*ORDER, *(entry.kind for entry in entries)))
    groups = (ChangeGroup(kind, tuple(entry for entry in entries if entry.kind == kind)) for kind in kinds)
    return tuple(group for group in groups if group.entries)


def _entry(change: EntryChange, old: Rulebook | None, new: Rulebook | None) -> ChangedEntry:
    title = title_in(new, change.kind, change.id) or title_in(old, change.kind, change.id)
    told: tuple[SaidChange, ...] = ()
    if old is not None and new is not None:
        told = say_entry_change(old, new, change.kind, change.id)
    written = tuple(line for field in change.fields for line in _written(field))
    sentences = tuple(line for item in told for line in _spoken(item))
    return ChangedEntry(change.kind, change.id, said(title), change.change, sentences, written)


def _written(field: FieldChange) -> Iterator[ChangedLine]:
    """A text in both languages is shown language by language, without the signs around it."""
    old, new = _by_language(field.old), _by_language(field.new)
    if not old and not new:
        yield _line(field_name(field.key), field.old, field.new)
        return
    for key in ("zh", "en"):
        if old.get(key) != new.get(key):
            yield _line(f"{field_name(field.key)} · {words()(f'language.{key}')}", old.get(key), new.get(key))


def _by_language(written: str | None) -> Mapping[str, str]:
    with suppress(EditError, ValueError):
        value = plain(read_nodes(written or ""))
        if isinstance(value, dict) and set(value) <= {"zh", "en"} and all(isinstance(v, str) for v in value.values()):
            return value
    return {}


def _line(about: str, old: str | None, new: str | None) -> ChangedLine:
    if old is None or new is None:
        return ChangedLine(about, *(None if text is None else Markup.escape(text) for text in (old, new)))
    return ChangedLine(about, *mark(old, new))


def _spoken(item: SaidChange) -> Iterator[ChangedLine]:
    """In the language of the page; prose in the other one as well, and whatever differs only there."""
    here = words().language
    for language in sorted(LANGUAGES, key=lambda language: language != here):
        old, new = (None if text is None else text.in_language(language) for text in (item.old, item.new))
        is_own = language == here
        is_needed = is_own or _is_prose(item) or _is_same_in(item, here)
        if old != new and is_needed:
            name = words()(f"language.{'en' if language == 'en' else 'zh'}")
            yield _line(said(item.about) if is_own else f"{said(item.about)} · {name}", old, new)


def _is_prose(item: SaidChange) -> bool:
    return max(len(text.en) for text in (item.old, item.new) if text is not None) >= PROSE


def _is_same_in(item: SaidChange, language: str) -> bool:
    return (
        item.old is not None
        and item.new is not None
        and (item.old.in_language(language) == item.new.in_language(language))
    )


def title_in(book: Rulebook | None, kind: str, entry: str) -> Text | None:
    """What an entry is called in this book."""
    if book is None:
        return None
    if kind == "rules":
        return next((rule.title for rule in book.rules if rule.id == entry), None)
    titles = {
        "facts": {name: fact.label for name, fact in book.facts.items()},
        "actions": {name: action.title for name, action in book.actions.items()},
        "sources": {name: source.title for name, source in book.sources.items()},
        "topics": {name: topic.title for name, topic in book.topics.items()},
    }
    return titles.get(kind, {}).get(entry)
