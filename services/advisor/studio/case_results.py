"""The cases of a draft with what came of them, and the small changes of the rules that none of them would notice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.advisor.parts import parts
from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.draft_desk import OpenDraft
from services.advisor.studio.rendering import said, way
from services.rulebook.apart import ApartError
from services.rulebook.missing_cases import MissingCase
from services.rulebook.model import LANGUAGES, Case, Rulebook, Text
from services.rulebook.mutation import MutationReport
from services.rulebook.problems import RulebookError, SituationError
from services.rulebook.proof import Proof
from services.rulebook.situation import read_situation
from services.rulebook.wording import say_value

MOST_TITLES = 3
"""Cases may name dozens of rules; so many are said, and how many there are."""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case. `expects`: what is expected (a key of the catalogue), with the titles it names."""

    name: str
    file: str
    given: tuple[tuple[Text, Text], ...]
    expects: tuple[tuple[str, tuple[str, ...]], ...]
    failures: tuple[Text, ...]
    address: str | None


@dataclass(frozen=True, slots=True)
class CaseResults:
    """`mutation` is None where it could not be worked out."""

    is_readable: bool
    lines: tuple[CaseLine, ...] = ()
    rules: int = 0
    fired: int = 0
    just_missed: int = 0
    edges: int = 0
    edges_tried: int = 0
    mutation: MutationReport | None = None

    @property
    def failed(self) -> tuple[CaseLine, ...]:
        return tuple(line for line in self.lines if line.failures)

    @property
    def passed(self) -> tuple[CaseLine, ...]:
        return tuple(line for line in self.lines if not line.failures)

    @property
    def is_right(self) -> bool:
        return self.is_readable and bool(self.lines) and not self.failed


def find_results(draft: OpenDraft) -> CaseResults:
    proof, book = parts().proofs.proof(draft.files), book_of(draft.files).rulebook
    if proof.report is None or book is None:
        return CaseResults(is_readable=False)
    coverage = proof.report.coverage
    return CaseResults(
        is_readable=True, lines=tuple(_lines(draft, book, proof)), rules=len(book.rules),
        fired=coverage.fired.bit_count(), just_missed=coverage.just_missed.bit_count(),
        edges=coverage.edges, edges_tried=coverage.edges_tried, mutation=find_mutation(draft.files),
    )  # fmt: skip


def find_mutation(files: Mapping[str, str]) -> MutationReport | None:
    try:
        return parts().proofs.unnoticed(files)
    except (ApartError, RulebookError):
        return None


def case_mark(case: MissingCase) -> str:
    """Names a case on offer in a form; the case itself is worked out again when the form comes back."""
    return hashlib.sha256(case.written.encode()).hexdigest()[:16]


def file_for_case(files: Mapping[str, str], topic: str) -> str:
    """Beside the other cases of the topic."""
    return f"cases/{topic}.yaml" if f"cases/{topic}.yaml" in files else _first_of(files, topic)


def _first_of(files: Mapping[str, str], topic: str) -> str:
    return next((name for name in sorted(files) if name.startswith("cases/")), f"cases/{topic}.yaml")


def _lines(draft: OpenDraft, book: Rulebook, proof: Proof) -> Iterator[CaseLine]:
    titles = _Titles.of(book)
    failures: dict[str, list[Text]] = {}
    for problem in proof.failures:
        sentence = Text(*(problem.sentence(language) for language in LANGUAGES))
        failures.setdefault(problem.rule, []).append(sentence)
    for case in book.cases:
        address = None if "/" in case.name else way("edit", number=draft.row.id, kind="cases", entry_id=case.name)
        yield CaseLine(
            case.name, case.place.file.removeprefix("rules/"), tuple(_given(book, case)), tuple(titles.expected(case)),
            tuple(failures.get(case.name, ())), address,
        )  # fmt: skip


def _given(book: Rulebook, case: Case) -> Iterator[tuple[Text, Text]]:
    try:
        values = read_situation(book, dict(case.given)).values
    except SituationError:
        return
    for name, value in values.items():
        fact = book.facts[name]
        yield fact.label, Text(*(say_value(fact, value, language) for language in LANGUAGES))


@dataclass(frozen=True, slots=True)
class _Titles:
    actions: Mapping[str, str]
    rules: Mapping[str, str]
    facts: Mapping[str, str]

    @classmethod
    def of(cls, book: Rulebook) -> _Titles:
        return cls(
            {name: said(action.title) for name, action in book.actions.items()},
            {rule.id: said(rule.title) for rule in book.rules},
            {name: said(fact.label) for name, fact in book.facts.items()},
        )

    def expected(self, case: Case) -> Iterator[tuple[str, tuple[str, ...]]]:
        named: tuple[tuple[str, Sequence[str], Mapping[str, str]], ...] = (
            ("advised", case.expect, self.actions), ("never", case.never, self.actions),
            ("first", case.first, self.actions), ("asks", (case.ask,) if case.ask else (), self.facts),
            ("fires", case.fires, self.rules), ("silent", case.silent, self.rules),
        )  # fmt: skip
        for key, names, titles in named:
            if names:
                yield key, _shortened([titles.get(name, name) for name in names])


def _shortened(titles: list[str]) -> tuple[str, ...]:
    if len(titles) <= MOST_TITLES:
        return tuple(titles)
    return (*titles[:MOST_TITLES], f"… ({len(titles)})")
