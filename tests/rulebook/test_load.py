"""What a rule admin can get wrong in a file is named with its line, and how to mend it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import process_time

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
        rulebook = load_rulebook(files)
    except RulebookError as error:
        return bool(error.problems) and all(problem.line("zh-CN").encode() for problem in find_problems(files, TODAY))
    return len(rulebook.rules) == sum(len(topic.rules) for topic in rulebook.topics.values())


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
    ("a wish for no rule", "always.yaml", "must_not: [hold]", "fires_one_of: [pay-todai]", "unknown_rule", "pay-today"),
    ("a property that demands nothing", "always.yaml", "must_not: [hold]", "must_not: []", "demands_nothing", ""),
    ("a word that grows", "always.yaml", "as: days_overdue grows", "as: negotiation grows", "bad_growth", ""),
    ("a range in words", "topics/pay.yaml", "1..90", "31 以上", "bad_range", "31+"),
    ("days as a bare number", "topics/pay.yaml", "{in: 7 days,", "{in: 7 天,", "bad_moment", "7 days"),
    ("a rule that yields to the fallback", "topics/pay.yaml", "  follow_up:", "  yields_to: ask-somebody\n  follow_up:",
     "yields_to_fallback", ""),
    ("a phrase under yields_to", "topics/pay.yaml", "yields_to: everything", "yields_to: everythin in this topic",
     "unknown_rule", "everything in this topic"),
    ("a topic to yield to that is not there", "topics/pay.yaml", "yields_to: everything", "yields_to: topic pai",
     "unknown_topic", "pay"),
    ("English under zh", "topics/pay.yaml", "zh: 越早越省", "zh: the sooner the better", "missing_translation", ""),
    ("Chinese under en", "topics/pay.yaml", "en: The sooner the cheaper", "en: 越早越省", "missing_translation", ""),
    ("a text still to be written", "topics/pay.yaml", "en: The sooner the cheaper", "en: TODO", "missing_translation",
     ""),
    ("a rule that ends before it begins", "topics/pay.yaml", "{from: 2026-01-01}",
     "{from: 2026-01-01, until: 2025-01-01}", "never_valid", ""),
    ("a review before the start", "topics/pay.yaml", "review_by: 2027-06-30", "review_by: 2025-06-30",
     "review_before_start", ""),
    ("a deadline that the text contradicts", "topics/pay.yaml", "      今天还清。\n    en: |\n      Pay it all today.",
     "      15 天内还清。\n    en: |\n      Pay within 15 days.\n  deadline: {when: days_overdue reaches 20}",
     "deadline_not_in_text", ""),
    ("a source that nobody has looked at", "sources.yaml", "  checked: 2026-07-01\n", "", "source_unreviewed", ""),
    ("a source without a next review", "sources.yaml", "  review_by: 2027-06-30\n", "", "missing_key", ""),
    ("a review before the last one", "sources.yaml", "checked: 2026-07-01", "checked: 2027-07-01",
     "review_before_check", ""),
    ("an address that is none", "sources.yaml", "  checked:", "  url: javascript:alert(1)\n  checked:", "bad_url", ""),
    ("a contradiction of one fact", "facts.yaml", "{written: yes, negotiation: not_started}", "{written: yes}",
     "needs_two_facts", ""),
    ("a contradiction with something unknown", "facts.yaml", "{written: yes, negotiation: not_started}",
     "{written: yes, negotiation: unknown}", "unknown_contradicts", ""),
    ("an action that contradicts itself", "actions.yaml", "with: [pay]", "with: [hold]", "contradicts_itself", ""),
    ("a place in the order of safety that is not there", "actions.yaml", "order: 7", "order: 12", "bad_number", ""),
    ("a merge key", "facts.yaml", "- id: written", "- <<: x\n  id: written", "yaml_merge", ""),
    ("an escaped surrogate", "topics/pay.yaml", "en: Ask}", 'en: "\\ud800"}', "yaml_syntax", ""),
    ("an escaped control character", "topics/pay.yaml", "en: Ask}", 'en: "A\\x07sk"}', "bad_character", ""),
    ("a tab", "topics/pay.yaml", "  advise: pay", "\tadvise: pay", "yaml_syntax", "not tabs"),
    ("a quote that is not closed", "topics/pay.yaml", "en: Ask}", 'en: "Ask}', "yaml_syntax", "quote"),
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


def test_a_key_written_twice_is_named_with_its_rule() -> None:
    (problem,) = problems(changed("topics/pay.yaml", "  urgency: this_week", "  urgency: now\n  urgency: this_week"))
    assert (problem.code, problem.rule) == ("duplicate_key", "ask-somebody")


def test_all_mistakes_are_reported_at_once() -> None:
    files = changed("topics/pay.yaml", "advise: pay", "advise: pai")
    files["topics/pay.yaml"] = files["topics/pay.yaml"].replace("urgency: today", "urgency: todai")
    files["cases/pay.yaml"] = files["cases/pay.yaml"].replace("[hold]", "[hodl]")
    assert [problem.code for problem in problems(files)] == ["unknown_action", "unknown_action", "unknown_word"]
    with pytest.raises(RulebookError) as caught:
        load_rulebook(files)
    assert len(caught.value.problems) == 3


def test_a_quote_that_is_never_closed_is_named_where_it_was_opened() -> None:
    files = changed("topics/pay.yaml", "en: Paying}", 'en: "Paying}')
    assert [problem.place.line for problem in problems(files)] == [2]


def test_every_circle_is_named() -> None:
    rule = small_files()["topics/pay.yaml"].split("rules:\n")[1].split("- id: ask-somebody")[0]
    pairs = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]
    rules = [rule.replace("pay-today", f"rule-{one}") + f"  yields_to: rule-{other}\n" for one, other in pairs]
    files = small_files() | {"topics/more.yaml": "topic: more\ntitle: {zh: 更多, en: More}\nrules:\n" + "".join(rules)}
    assert [problem.read for problem in problems(files)] == ["rule-a -> rule-b -> rule-a", "rule-c -> rule-d -> rule-c"]


def test_yields_to_is_written_out_as_rules() -> None:
    rule = small_files()["topics/pay.yaml"].split("rules:\n")[1].split("- id: ask-somebody")[0]
    court = "topic: court\ntitle: {zh: 法院, en: Court}\nyields_to: [topic pay]\nrules:\n"
    court += rule.replace("pay-today", "rule-a") + "  yields_to: everything in this topic\n"
    court += rule.replace("pay-today", "rule-b")
    rulebook = load_rulebook(small_files() | {"topics/court.yaml": court})
    assert rulebook.rule("rule-a").yields_to == {"rule-b", "pay-today"}
    assert rulebook.rule("rule-b").yields_to == {"pay-today"}
    assert rulebook.rule("ask-somebody").yields_to == {"pay-today", "rule-a", "rule-b"}


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


def test_sources_of_the_future_are_reported() -> None:
    files = changed("sources.yaml", "checked: 2026-07-01", "checked: 2026-12-01\n  in_force: 2027-01-01")
    codes = [problem.code for problem in find_problems(files, TODAY)]
    assert codes == ["checked_in_future", "source_not_in_force", "source_not_in_force"]


@pytest.mark.parametrize("file", ["facts.yaml", "actions.yaml", "sources.yaml"])
def test_a_missing_file_is_named_without_a_flood_of_other_messages(file: str) -> None:
    files = small_files()
    del files[file]
    assert [(problem.code, problem.read) for problem in problems(files)] == [("missing_file", file)]


@pytest.mark.parametrize(
    ("file", "key"), [("facts.yaml", "facts"), ("actions.yaml", "actions"), ("cases/pay.yaml", "cases")]
)
def test_a_file_without_its_list_is_named_without_a_flood_of_other_messages(file: str, key: str) -> None:
    files = small_files() | {file: f"{key}:\n"}
    assert [(problem.code, problem.read) for problem in problems(files)] == [("missing_key", key)]


def test_one_unreadable_topic_does_not_make_its_rules_unknown() -> None:
    files = changed("cases/pay.yaml", "  expect: [pay]", "  expect: [pay]\n  fires: [pay-today]")
    files["topics/pay.yaml"] += "- ["
    assert {problem.code for problem in problems(files)} == {"yaml_syntax"}


@pytest.mark.parametrize(
    "name",
    ["topics/../../etc/pay.yaml", "topics/.hidden.yaml", "topics/pay.yml", "notes.yaml", "topics/\ud800.yaml", ""],
)
def test_a_file_that_has_no_place_in_a_rulebook_is_refused(name: str) -> None:
    (problem,) = problems(small_files() | {name: "topic: x"})
    assert problem.code == "unknown_file"
    assert str(problem).encode()


def test_an_empty_file_is_named_beside_other_mistakes() -> None:
    files = changed("topics/pay.yaml", "advise: pay", "advise: pai") | {"topics/empty.yaml": "# nothing yet\n"}
    assert [problem.code for problem in problems(files)] == ["empty_file", "unknown_action"]


def test_a_file_of_garbage_is_given_up_on() -> None:
    found = problems(small_files() | {"topics/more.yaml": "".join(f"word{number}: 1\n" for number in range(9_000))})
    assert (len(found), found[0].code) == (501, "too_many_problems")


def test_a_rulebook_beyond_all_bounds_is_refused_unread() -> None:
    huge = {f"topics/{number}.yaml": "#" * 1_900_000 for number in range(4)}
    assert [problem.code for problem in problems(small_files() | huge)] == ["rulebook_too_large"]


def test_a_folder_is_read_without_its_hidden_parts(tmp_path: Path) -> None:
    for name in ("facts.yaml", "topics/pay.yml", ".git/facts.yaml", "topics/.pay.yaml", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert sorted(read_folder(tmp_path)) == ["facts.yaml", "topics/pay.yml"]


def test_three_hundred_rules_are_loaded_well_below_a_second() -> None:
    head, rules = small_files()["topics/pay.yaml"].split("rules:\n")
    rule = rules.split("- id: ask-somebody")[0]
    many = "".join(rule.replace("pay-today", f"rule-{number}") for number in range(300))
    files = small_files() | {"topics/many.yaml": head.replace("topic: pay", "topic: many") + "rules:\n" + many}
    start = process_time()
    assert len(load_rulebook(files).rules) == 302
    assert process_time() - start < 0.9  # a fifth of it on an idle machine


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
    text=st.one_of(
        st.text(max_size=300),
        st.binary(max_size=300).map(lambda data: data.decode("utf-8", "surrogateescape")),
        st.text(alphabet="abz:-[]{}&*!|>'\"#\n ,0.", max_size=300),
    ),
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
