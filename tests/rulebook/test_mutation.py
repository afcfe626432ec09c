"""Which small changes of the rules no case would notice, held against building every changed rulebook anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.cases import find_failures
from services.rulebook.compile import compile_rules
from services.rulebook.load import load_rulebook
from services.rulebook.model import Case, Condition, Rulebook
from services.rulebook.mutants import Mutant, mutants_of
from services.rulebook.mutation import MutationReport, find_unnoticed, unnoticed_in
from services.rulebook.problems import RulebookError
from services.rulebook.release import Release
from tests.rulebook.making import TODAY, among, between, holding, number, one_of, rule, rulebook, some_of
from tests.rulebook.small_rulebook import changed, small_files
from tests.rulebook.small_rulebooks import every_situation, small_rulebooks, speaking_ids
from tests.rulebook.starter import starter_files

DAYS, STAGE = number("days", 0, 90), one_of("stage", "new", "waiting", "refused")
CONDUCT = some_of("conduct", "threat", "leak", "shout")


def with_change(book: Rulebook, mutant: Mutant) -> Rulebook:
    """The rulebook as it is after the change."""

    def changed_rule(old: tuple[Condition, ...]) -> tuple[Condition, ...]:
        put = {mutant.before: mutant.after}
        return tuple(after for after in (put.get(condition, condition) for condition in old) if after is not None)

    rules = tuple(replace(r, when=changed_rule(r.when)) if r.id == mutant.rule else r for r in book.rules)
    return replace(book, rules=rules)


def failing(book: Rulebook) -> set[str]:
    release = Release.build(book)
    try:
        return {problem.rule for problem in find_failures(release, TODAY)}
    finally:
        release.close()


def changes(*conditions: Condition) -> list[tuple[str, str]]:
    """What is changed in a rule with these conditions, before and after, in short."""
    book = rulebook([DAYS, STAGE, CONDUCT], [rule("r", *conditions), rule("else", is_fallback=True)])
    return [(short(mutant.before), short(mutant.after)) for mutant in mutants_of(book, book.rules[0])]


def short(condition: Condition | None) -> str:
    if condition is None:
        return "-"
    spans = ",".join(f"{span.low}..{span.high}" for span in condition.spans)
    words = "|".join(sorted(condition.words | condition.includes | condition.excludes))
    return f"{spans}{words}{'?' if condition.or_unknown else ''}"


def test_every_bound_moves_by_one_and_every_condition_is_left_out() -> None:
    assert changes(between("days", 8, 30)) == [
        ("8..30", "7..30"), ("8..30", "9..30"), ("8..30", "8..31"), ("8..30", "8..29"), ("8..30", "-"),
    ]  # fmt: skip


def test_a_bound_at_the_end_of_all_numbers_does_not_move() -> None:
    assert changes(between("days", 0, 90)) == [("0..90", "-")]
    assert changes(between("days", 0, 0)) == [("0..0", "0..1"), ("0..0", "-")]


def test_every_word_is_left_out_but_not_the_last() -> None:
    assert changes(among("stage", "new", "waiting")) == [
        ("new|waiting", "waiting"), ("new|waiting", "new"), ("new|waiting", "-"),
    ]  # fmt: skip
    assert changes(among("stage", "new")) == [("new", "-")]
    assert changes(holding("conduct", "threat", "leak")) == [
        ("leak|threat", "threat"), ("leak|threat", "leak"), ("leak|threat", "-"),
    ]  # fmt: skip


def test_or_unknown_is_left_out() -> None:
    assert ("new?", "new") in changes(among("stage", "new", or_unknown=True))


@st.composite
def tried_rulebooks(draw: st.DrawFn) -> Rulebook:
    """A small rulebook with some cases that it passes, and sometimes one that it does not."""
    book = draw(small_rulebooks(most_rules=4))
    compiled = compile_rules(book)
    everybody = list(every_situation(compiled, book))
    cases = []
    for index in draw(st.lists(st.integers(0, max(len(everybody) - 1, 0)), max_size=6)):
        values = everybody[index]
        speaking = sorted(speaking_ids(compiled, book, values))
        silent = sorted({r.id for r in book.rules} - set(speaking))
        plain = {fact: sorted(value) if isinstance(value, frozenset) else value for fact, value in values.items()}
        shown = draw(st.sampled_from(["fires", "silent", "both", "wrong"]))
        fires = tuple(silent[:1] if shown == "wrong" else speaking if shown != "silent" else ())
        cases.append(Case(f"case {len(cases)}", plain, fires=fires, silent=tuple(silent) if shown != "fires" else ()))
    return replace(book, cases=tuple(cases))


@settings(max_examples=40, deadline=None)
@given(tried_rulebooks())
def test_what_is_noticed_is_what_trying_everything_finds(book: Rulebook) -> None:
    before, wrong = compile_rules(book), failing(book)
    tried, unnoticed = 0, []
    for mutant in (mutant for each in book.rules for mutant in mutants_of(book, each)):
        after = with_change(book, mutant)
        both = compile_rules(replace(after, rules=(*after.rules, *book.rules)))
        if all(
            speaking_ids(before, book, values) == speaking_ids(compile_rules(after), after, values)
            for values in every_situation(both, book)
        ):
            continue
        tried += 1
        if not failing(after) - wrong:
            unnoticed.append((mutant.rule, mutant.before.fact))
    report = unnoticed_in(book, TODAY)
    assert report.tried == tried
    assert [(one.rule, one.fact) for one in report.unnoticed] == unnoticed


@settings(max_examples=40, deadline=None)
@given(small_rulebooks(most_rules=4))
def test_every_case_that_is_offered_passes_now_and_would_fail_after_the_change(book: Rulebook) -> None:
    report = unnoticed_in(book, TODAY)
    offered = [one.case for one in report.unnoticed if one.case is not None]
    assert len(offered) == len(report.unnoticed)
    cases = [
        Case(
            f"case {index}",
            {fact: sorted(v) if isinstance(v, frozenset) else v for fact, v in case.given.items()},
            fires=(case.rule,) if case.speaks else (),
            silent=() if case.speaks else (case.rule,),
        )
        for index, case in enumerate(offered)
    ]
    full = replace(book, cases=tuple(cases))
    assert failing(full) == set()
    assert unnoticed_in(full, TODAY).unnoticed == ()


def starter_without(file: str) -> dict[str, str]:
    return {name: text for name, text in starter_files().items() if name != file}


@pytest.fixture(scope="module")
def without_cases_on_talks() -> MutationReport:
    return find_unnoticed(starter_without("cases/negotiate.yaml"), TODAY)


def test_the_cases_of_the_starter_rulebook_notice_every_small_change() -> None:
    report = find_unnoticed(starter_files(), TODAY)
    assert report.unnoticed == ()
    assert report.score == 1.0
    assert report.tried > 1000


def test_cases_that_are_missing_are_missed(without_cases_on_talks: MutationReport) -> None:
    assert 0.5 < without_cases_on_talks.score < 1.0
    assert without_cases_on_talks.noticed + len(without_cases_on_talks.unnoticed) == without_cases_on_talks.tried


def test_the_cases_that_are_offered_can_be_put_into_a_file_and_close_the_gap(
    without_cases_on_talks: MutationReport,
) -> None:
    written = {one.case.written for one in without_cases_on_talks.unnoticed if one.case is not None}
    files = starter_without("cases/negotiate.yaml") | {"cases/offered.yaml": "cases:\n" + "".join(sorted(written))}
    assert failing(load_rulebook(files)) == set()
    assert find_unnoticed(files, TODAY).unnoticed == ()


def test_a_change_is_said_in_both_languages() -> None:
    (first, *_) = find_unnoticed(small_files(), TODAY).unnoticed
    assert first.text.en == "“Pay today”: if “days overdue: 1 to 90 days” became “up to 90 days”, no case would notice."
    assert first.text.zh == "“今天还”：如果把“逾期天数：1 到 90 天”写成“不超过 90 天”，没有案例会发现。"


def test_a_case_that_fails_anyway_notices_nothing() -> None:
    wrong = changed("cases/pay.yaml", "expect: [pay]", "expect: [hold]")
    assert find_unnoticed(wrong, TODAY).noticed < find_unnoticed(small_files(), TODAY).noticed


def test_a_rule_that_is_not_in_force_is_not_tried() -> None:
    assert find_unnoticed(small_files(), date(2025, 1, 1)).tried == 0


def test_files_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(RulebookError):
        find_unnoticed(changed("topics/pay.yaml", "advise: pay", "advise: pya"), TODAY)
