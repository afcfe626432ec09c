"""What a draft does to people, said for its author: the worst first, each with the person in whom it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.advisor.parts import parts
from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.draft_desk import OpenDraft
from services.advisor.studio.example_people import ExamplePerson, Examples
from services.casebook.recorded import recorded_situations
from services.rulebook.apart import ApartError
from services.rulebook.impact import Impact, StepChange
from services.rulebook.model import Text
from services.rulebook.preview import RecordedImpact
from services.rulebook.problems import RulebookError

MOST_CASES = 100
"""So many recorded cases are listed, those that lose something first."""


@dataclass(frozen=True, slots=True)
class ShownChange:
    step: StepChange
    person: ExamplePerson
    is_worse: bool


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A recorded case by its id, and which steps change for it; nothing about the person."""

    key: str
    changes: tuple[tuple[str, tuple[Text, ...]], ...]
    is_worse: bool


@dataclass(frozen=True, slots=True)
class ImpactShown:
    """`refused` says why it could not be worked out; then there is nothing else."""

    impact: Impact | None = None
    recorded: RecordedImpact | None = None
    changes: tuple[ShownChange, ...] = ()
    cases: tuple[ShownCase, ...] = ()
    reworded: tuple[tuple[str, Text], ...] = ()
    refused: str = ""

    @property
    def worse(self) -> tuple[ShownChange, ...]:
        return tuple(change for change in self.changes if change.is_worse)

    @property
    def changes_nothing(self) -> bool:
        return self.impact is not None and not self.impact.changes and not self.impact.undecided


def find_impact(draft: OpenDraft) -> ImpactShown:
    with parts().database.read() as session:
        recorded = recorded_situations(session)
    try:
        found = parts().proofs.preview(draft.base_files, draft.files, recorded)
    except RulebookError:
        return ImpactShown(refused="impact.unreadable")
    except ApartError:
        return ImpactShown(refused="impact.gave_up")
    examples = Examples.of(draft.row.id, draft.files, draft.base_files, parts().today())
    return ImpactShown(
        impact=found.impact,
        recorded=found.recorded,
        changes=tuple(ShownChange(step, examples.person(step.example), step.is_worse) for step in found.impact.changes),
        cases=tuple(_cases(draft, found.recorded)),
        reworded=tuple(_titles(draft, found.impact.reworded)),
    )


def _cases(draft: OpenDraft, recorded: RecordedImpact) -> Iterator[ShownCase]:
    new, old = book_of(draft.files).rulebook, book_of(draft.base_files).rulebook
    actions = {**(old.actions if old else {}), **(new.actions if new else {})}
    for item in recorded.changed[:MOST_CASES]:
        by_change = (
            ("lost", item.lost), ("less_urgent", item.less_urgent), ("gained", item.gained),
            ("more_urgent", item.more_urgent), ("other_rule", item.other),
        )  # fmt: skip
        said = tuple(
            (change, tuple(actions[name].title if name in actions else Text(name, name) for name in names))
            for change, names in by_change
            if names
        )
        yield ShownCase(item.key, said, bool(item.lost or item.less_urgent))


def _titles(draft: OpenDraft, rules: tuple[str, ...]) -> Iterator[tuple[str, Text]]:
    book = book_of(draft.files)
    for name in rules:
        yield name, book.rules[name].title if name in book.rules else Text(name, name)
