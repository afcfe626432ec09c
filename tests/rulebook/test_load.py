"""What a rule admin can get wrong in a file is named with its line, and how to mend it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.load import find_problems, fingerprint_of, load_rulebook, read_folder
from services.rulebook.model import Kind, Moment, Urgency
from services.rulebook.problems import Problem, RulebookError
from tests.rulebook.small_rulebook import changed, small_files

TODAY = date(2026, 11, 24)


def problems(files: dict[str, str]) -> list[Problem]:
    return list(find_problems(files))


def is_answered(files: dict[str, str]) -> bool:
    """Whether there is a rulebook, or a reason why not."""
    try:
        return bool(load_rulebook(files))
    except RulebookError as error:
        return bool(error.problems)


def line_of(files: dict[str, str], file: str, words: str) -> int:
    return next(number for number, line in enumerate(files[file].split("\n"), 1) if words in line)


def test_a_good_rulebook_has_no_problems_and_holds_what_was_written() -> None:
    rulebook = load_rulebook(small_files())
    rule = rulebook.rule("pay-today")
    assert (rule.advise, rule.urgency, rule.text.zh) == ("pay", Urgency.TODAY, "今天还清。")
    assert rule.follow_up[0].moment == Moment(in_days=7, place=rule.follow_up[0].moment.place)
    assert rulebook.facts["cash_fen"].kind is Kind.MONEY
    assert rulebook.rule("ask-somebody").is_fallback
    assert rulebook.never_together == {frozenset({"hold", "pay"})}
    assert rulebook.cases[0].given == {"days_overdue": 3, "negotiation": "not_started"}


def test_words_that_other_yaml_readers_turn_into_something_else_stay_words() -> None:
    files = changed("topics/pay.yaml", "days_overdue: 1..90", "days_overdue: 012")
    assert load_rulebook(files).rule("pay-today").when[0].spans[0].low == 12


TABLE = [
    ("an unknown fact", "topics/pay.yaml", "days_overdue: 1..90", "day_overdue: 1..90", "unknown_fact", "days_overdue"),
    ("an unknown action", "topics/pay.yaml", "advise: pay", "advise: pai", "unknown_action", "pay"),
    ("an unknown source", "topics/pay.yaml", "id: article, part", "id: artikel, part", "unknown_source", "article"),
    ("an unknown part", "topics/pay.yaml", "part: pay-soon", "part: pay-son", "unknown_part", "pay-soon"),
    ("an unknown word", "topics/pay.yaml", "not refused", "not refuse", "unknown_word", "refused"),
    ("an unknown urgency", "topics/pay.yaml", "urgency: today", "urgency: todai", "unknown_word", "today"),
    ("an unknown key", "topics/pay.yaml", "  owner: advice-team", "  ownr: advice-team", "unknown_key", "owner"),
    ("a range the wrong way round", "topics/pay.yaml", "1..90", "90..1", "empty_range", "1..90"),
    ("a range with a dash", "topics/pay.yaml", "1..90", "1-90", "bad_range", "1..90"),
    ("a comparison", "topics/pay.yaml", "1..90", '">= 31"', "bad_range", "31+"),
    ("a range beyond the fact", "topics/pay.yaml", "1..90", "1..9999", "out_of_bounds", ""),
    ("a missing translation", "topics/pay.yaml", "{zh: 问人, en: Ask}", "{zh: 问人}", "missing_translation", ""),
    ("numbers that differ", "topics/pay.yaml", "Pay it all today.", "Pay within 3 days.", "numbers_differ", ""),
    ("a key twice", "topics/pay.yaml", "  urgency: today", "  urgency: today\n  urgency: now", "duplicate_key", ""),
    ("no source", "topics/pay.yaml", "sources: [{id: article}]", "sources: []", "no_source", ""),
    ("no owner", "topics/pay.yaml", "  owner: advice-team\n", "", "missing_key", ""),
    ("an id in the wrong style", "topics/pay.yaml", "id: pay-today", "id: Pay Today", "bad_id", "pay-today"),
    ("a bad day", "topics/pay.yaml", "from: 2026-01-01", "from: 2026-02-30", "bad_day", ""),
    ("a bad moment", "topics/pay.yaml", "{in: 7 days,", "{in: a week,", "bad_moment", ""),
    ("a moment of a fact that stands still", "topics/pay.yaml", "{in: 7 days,", "{when: cash_fen reaches 5,",
     "bad_moment", ""),
    ("a question about an unknown fact", "topics/pay.yaml", "ask: negotiation", "ask: negotiations", "unknown_fact",
     "negotiation"),
    ("an unknown rule to yield to", "topics/pay.yaml", "yields_to: everything", "yields_to: pay-todai",
     "unknown_rule", "pay-today"),
    ("an anchor", "topics/pay.yaml", "title: {zh: 还款", "title: &a {zh: 还款", "yaml_anchor", ""),
    ("a tag", "topics/pay.yaml", "may_join: no", "may_join: !!python/object no", "yaml_tag", ""),
    ("a second document", "topics/pay.yaml", "rules:", "---\nrules:", "yaml_documents", ""),
    ("a line that is no YAML", "topics/pay.yaml", "may_join: no", "may_join: [no", "yaml_syntax", ""),
    ("a control character", "topics/pay.yaml", "Pay it all", "Pay\x00it all", "bad_character", ""),
    ("a lone surrogate", "topics/pay.yaml", "Pay it all", "Pay\ud800it all", "bad_character", ""),
    ("two facts of one name", "facts.yaml", "- id: written", "- id: conduct", "duplicate_id", ""),
    ("a fact that turns into one that does not grow", "facts.yaml", "turns_into: days_overdue", "turns_into: cash_fen",
     "bad_successor", ""),
    ("a case about an unknown fact", "cases/pay.yaml", "days_overdue: 3", "days_overdo: 3", "unknown_fact",
     "days_overdue"),
    ("a case beyond the range", "cases/pay.yaml", "days_overdue: 3", "days_overdue: 9999", "out_of_range", ""),
    ("a case that expects an unknown action", "cases/pay.yaml", "[pay]", "[pai]", "unknown_action", "pay"),
    ("a case of impossible facts", "cases/pay.yaml", "{days_overdue: 3,", "{written: yes,", "contradictory_facts", ""),
    ("a property of an unknown action", "always.yaml", "[hold]", "[hodl]", "unknown_action", "hold"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "meant"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_a_mistake_is_named_with_its_line_and_what_was_meant(
    file: str, old: str, new: str, code: str, meant: str
) -> None:
    files = changed(file, old, new)
    found = [problem for problem in problems(files) if problem.code == code]
    assert found, [str(problem) for problem in problems(files)]
    assert found[0].place.file == f"rules/{file}"
    assert found[0].place.line >= 1
    assert found[0].detail.zh
    assert found[0].detail.en
    if meant:
        assert found[0].suggestion
        assert meant in found[0].suggestion.en


def test_the_line_is_the_line_of_the_mistake() -> None:
    files = changed("topics/pay.yaml", "advise: pay", "advise: pai")
    (problem,) = problems(files)
    assert problem.place.line == line_of(files, "topics/pay.yaml", "advise: pai")
    assert problem.rule == "pay-today"
    assert str(problem).startswith(f"rules/topics/pay.yaml:{problem.place.line}: pay-today: There is no action")


def test_all_mistakes_are_reported_at_once() -> None:
    files = changed("topics/pay.yaml", "advise: pay", "advise: pai")
    files["topics/pay.yaml"] = files["topics/pay.yaml"].replace("urgency: today", "urgency: todai")
    files["cases/pay.yaml"] = files["cases/pay.yaml"].replace("[hold]", "[hodl]")
    assert [problem.code for problem in problems(files)] == ["unknown_action", "unknown_action", "unknown_word"]
    with pytest.raises(RulebookError) as caught:
        load_rulebook(files)
    assert len(caught.value.problems) == 3


def test_rules_that_step_aside_for_each_other_in_a_circle_are_refused() -> None:
    files = small_files()
    files["topics/pay.yaml"] = (
        files["topics/pay.yaml"]
        .replace("yields_to: everything", "yields_to: pay-today")
        .replace("  follow_up:", "  yields_to: ask-somebody\n  follow_up:", 1)
    )
    (problem,) = problems(files)
    assert problem.code == "yields_in_circle"
    assert "pay-today -> ask-somebody" in problem.read or "ask-somebody -> pay-today" in problem.read


def test_an_expired_rule_and_an_overdue_review_are_reported_on_their_day() -> None:
    files = changed("topics/pay.yaml", "valid: {from: 2026-01-01}", "valid: {from: 2026-01-01, until: 2026-11-23}")
    files["sources.yaml"] = files["sources.yaml"].replace("2027-06-30", "2026-11-23")
    codes = {problem.code for problem in find_problems(files, TODAY)}
    assert codes == {"rule_expired", "source_review_overdue", "source_unreviewed"}


@pytest.mark.parametrize("file", ["facts.yaml", "actions.yaml", "sources.yaml"])
def test_a_missing_file_is_named_without_a_flood_of_other_messages(file: str) -> None:
    files = small_files()
    del files[file]
    found = [problem for problem in problems(files) if problem.code == "missing_file"]
    assert [problem.read for problem in found] == [file]


def test_an_alias_bomb_costs_no_time() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(f"{n}: &{n} [*{m}, *{m}]" for m, n in zip("abcdefgh", "bcdefghi", strict=True))
    files = small_files() | {"topics/bomb.yaml": bomb}
    assert "yaml_anchor" in {problem.code for problem in problems(files)}


@pytest.mark.parametrize("bomb", ["[" * 5_000, "{a: " * 5_000, "- " * 5_000, "a:\n" + " b:\n" * 5_000])
def test_deep_nesting_is_refused_quickly(bomb: str) -> None:
    assert problems(small_files() | {"topics/deep.yaml": bomb})


def test_full_width_signs_in_conditions_mean_the_plain_ones() -> None:
    files = changed("topics/pay.yaml", "days_overdue: 1..90", "days_overdue: １．．９０")
    assert (
        load_rulebook(files).rule("pay-today").when[0].spans
        == load_rulebook(small_files()).rule("pay-today").when[0].spans
    )


def test_the_same_content_has_the_same_name_whatever_its_line_ends() -> None:
    files = small_files()
    windows = {name: text.replace("\n", "\r\n") for name, text in files.items()}
    assert fingerprint_of(files) == fingerprint_of(windows)
    assert fingerprint_of(files) != fingerprint_of(changed("topics/pay.yaml", "今天还清", "明天还清"))


def test_bytes_that_are_not_utf_8_are_refused_with_the_file_named(tmp_path: Path) -> None:
    for name, text in small_files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode("gb18030") if name == "topics/pay.yaml" else text.encode())
    found = problems(read_folder(tmp_path))
    assert ("bad_character", "rules/topics/pay.yaml") in {(problem.code, problem.place.file) for problem in found}


@settings(max_examples=150, deadline=None)
@given(
    file=st.sampled_from(sorted(small_files())),
    text=st.one_of(st.text(max_size=300), st.text(alphabet="abz:-[]{}&*!|>'\"#\n ,0.", max_size=300)),
)
def test_any_text_in_any_file_gives_a_rulebook_or_problems(file: str, text: str) -> None:
    assert is_answered(small_files() | {file: text})


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 1500), length=st.integers(0, 40), new=st.text(alphabet="ab:-[]{}\n '\"#,0.&", max_size=12))
def test_any_slip_of_the_pen_gives_a_rulebook_or_problems(place: int, length: int, new: str) -> None:
    files = small_files()
    text = files["topics/pay.yaml"]
    files["topics/pay.yaml"] = text[:place] + new + text[place + length :]
    assert is_answered(files)
