"""What the proof of a draft says to its author: one verdict, and below it every finding with where to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.draft_desk import OpenDraft
from services.advisor.studio.example_people import ExamplePerson, Examples
from services.advisor.studio.rendering import way
from services.rulebook.findings import Finding, Severity
from services.rulebook.model import LANGUAGES, NOWHERE, Place, Rulebook, Text
from services.rulebook.problems import Problem, SituationError
from services.rulebook.program_words import find_lost_words
from services.rulebook.proof import Proof
from services.rulebook.situation import read_situation

MOST_SHOWN = 40
"""So many findings of one weight are shown; who mends these sees the others next time."""

MOST_WORDS = 8


class Weight(StrEnum):
    """What a finding asks of the author of the draft."""

    MEND = "mend"
    LOOK = "look"
    KNOW = "know"


WEIGHTS = {Severity.ERROR: Weight.MEND, Severity.WARNING: Weight.LOOK, Severity.NOTE: Weight.KNOW}


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding. `about` is the entry it concerns; `address` leads to where that can be changed."""

    code: str
    weight: Weight
    sentences: tuple[Text, ...]
    about: str = ""
    title: Text | None = None
    place: str = ""
    address: str | None = None
    elsewhere: tuple[tuple[str, str | None], ...] = ()
    """Further places with the same mistake, and where they can be changed."""
    person: ExamplePerson | None = None
    where: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`refused` says why the proof did not come to its end, if it did not."""

    passed: bool
    found: tuple[Shown, ...]
    refused: Text | None
    cases: int = 0
    cases_failed: int = 0
    proof: Proof | None = field(default=None, repr=False)

    def of(self, weight: str) -> tuple[Shown, ...]:
        return tuple(shown for shown in self.found if shown.weight == weight)


def verdict_of(draft: OpenDraft, proof: Proof, examples: Examples) -> Verdict:
    book = book_of(draft.files).rulebook
    desk = _Desk(draft, book)
    findings = proof.report.findings if proof.report else ()
    found = [
        *desk.problems(proof.problems),
        *(desk.finding(finding, examples) for finding in findings),
        *desk.failures(proof.failures, examples),
        *desk.differences(proof),
        *desk.problems(tuple(_lost_words(draft, book))),
    ]
    return Verdict(
        passed=proof.may_be_published,
        found=tuple(found),
        refused=proof.refused,
        cases=len(book.cases) if book else 0,
        cases_failed=len({problem.rule for problem in proof.failures}),
        proof=proof,
    )


def _lost_words(draft: OpenDraft, book: Rulebook | None) -> Iterator[Problem]:
    base = book_of(draft.base_files).rulebook
    return find_lost_words(base, book) if base and book else iter(())


@dataclass(frozen=True, slots=True)
class _Desk:
    draft: OpenDraft
    book: Rulebook | None

    def problems(self, problems: tuple[Problem, ...]) -> Iterator[Shown]:
        """One for each mistake, however many places have it."""
        alike: dict[tuple[bool, str, Text], list[Shown]] = {}
        for problem in problems:
            weight = Weight.LOOK if problem.is_warning else Weight.MEND
            shown = self._at(Shown(problem.code, weight, (_said(problem),), problem.rule), problem.place)
            alike.setdefault((problem.is_warning, problem.rule, _said(problem)), []).append(shown)
        for first, *others in alike.values():
            yield replace(first, elsewhere=tuple((other.place, other.address) for other in others))

    def finding(self, finding: Finding, examples: Examples) -> Shown:
        person = None if finding.example is None else examples.person(finding.example)
        about = finding.rules[0] if finding.rules else ""
        weight = WEIGHTS[finding.severity]
        shown = Shown(finding.code, weight, (finding.text,), about, person=person, where=finding.where)
        return self._at(shown, finding.place)

    def failures(self, failures: tuple[Problem, ...], examples: Examples) -> Iterator[Shown]:
        """One for each case, however many of its expectations are not met."""
        by_case: dict[str, list[Problem]] = {}
        for problem in failures:
            by_case.setdefault(problem.rule, []).append(problem)
        for name, problems in by_case.items():
            sentences = tuple(_said(problem) for problem in problems)
            shown = Shown("case_failed", Weight.MEND, sentences, name, person=self._person_in(name, examples))
            yield self._at(shown, problems[0].place, "cases")

    def _person_in(self, name: str, examples: Examples) -> ExamplePerson | None:
        case = next((case for case in self.book.cases if case.name == name), None) if self.book else None
        if case is None or self.book is None:
            return None
        try:
            return examples.person(read_situation(self.book, dict(case.given)).values)
        except SituationError:
            return None

    def differences(self, proof: Proof) -> Iterator[Shown]:
        if proof.agreement is not None and not proof.agreement.agrees:
            rules = proof.agreement.differences[0].rules
            yield self._at(Shown("engines_differ", Weight.MEND, (), rules[0] if rules else ""), NOWHERE)

    def _at(self, shown: Shown, place: Place, kind: str = "rules") -> Shown:
        """With where it is, and what it is about is called."""
        about = shown.about
        address = self._address(kind, about, place)
        return replace(shown, title=self._titles.get(about), place=_place(place), address=address)

    @property
    def _titles(self) -> Mapping[str, Text]:
        return {rule.id: rule.title for rule in self.book.rules} if self.book else {}

    def _address(self, kind: str, about: str, place: Place) -> str | None:
        """The form of the rule or the case; else its line in the text."""
        number, file = self.draft.row.id, place.file.removeprefix("rules/")
        if about in self._titles:
            return way("edit", number=number, kind="rules", entry_id=about)
        if kind == "cases" and "/" not in about:
            return way("edit", number=number, kind="cases", entry_id=about)
        if file in self.draft.files:
            return way("text", number=number, file=file, _anchor=f"L{place.line}")
        return None


def _place(place: Place) -> str:
    return "" if place == NOWHERE else f"{place.file.removeprefix('rules/')}:{place.line}"


def _said(problem: Problem) -> Text:
    """With the words that would be right only if they are few: nobody reads a list of all rules."""
    few = problem if len(problem.allowed) <= MOST_WORDS else replace(problem, allowed=())
    return Text(*(few.sentence(language) for language in LANGUAGES))
