"""A new name is carried along to everything that mentions the old one, and nothing else changes."""

from __future__ import annotations

import pytest

from services.rulebook.editing.blocks import EditError, find_blocks
from services.rulebook.editing.entries import entries_of, read_entry
from services.rulebook.editing.references import SORTS
from services.rulebook.editing.renaming import Use, rename, rename_part, rename_word, uses_of
from services.rulebook.load import find_problems
from tests.rulebook.starter import starter_files

FILES = {
    "facts.yaml": """\
facts:
- id: days_due
  kind: whole
  moves: falls
  turns_into: days
- id: days
  kind: whole
- id: mood   # how it feels
  kind: one_of
  choices:
  - {word: good, zh: 好, en: good}   # fine
  - {word: goodish, zh: 还好, en: "good, so far"}
never_together:
- when: {days: 1+, mood: good}
  message: {zh: 不, en: good days}
""",
    "actions.yaml": """\
actions:
- id: pay
  title: {zh: 还, en: pay}
- id: wait
never_together:
- {action: pay, with: [wait]}
""",
    "sources.yaml": """\
sources:
- id: law
  parts:
    "19": {zh: 十九, en: nineteen}
    more: {zh: 更多, en: more}
""",
    "contacts.yaml": 'contacts:\n- id: help\n  source: {id: law, part: "19"}\n',
    "guidance.yaml": "points:\n- id: G01\n- id: G02\n",
    "always.yaml": """\
properties:
- id: pay-in-time
  when:
    mood: not [good, goodish]
  must: [pay]
  as: days grows
""",
    "topics/a.yaml": """\
topic: a
yields_to: [topic b, pay-part]
rules:
- id: pay-full
  when:
    days: 1..7  # days
    mood: [good, unknown]
  advise: pay
  text: {zh: days, en: pay in good days}
  sources:
  - {id: law, part: "19"}
  deadline: {when: days reaches 15}
  follow_up:
  - {at: 3 days before days, ask: days}
  covers: [G01]
- id: pay-part
  when: {mood: "not good"}
  advise: pay
  yields_to: pay-full
  sources: [{id: law, part: more}]
""",
    "topics/b.yaml": "topic: b\nrules:\n- id: other\n  yields_to: everything in this topic\n  when: {mood: ｇｏｏｄ}\n",
    "cases/a.yaml": """\
cases:
- name: pay-full in good days
  given: {days: 3, mood: good}
  expect: [pay]
  not: wait
  ask: days
  fires: [pay-full]
  silent: [pay-part]
""",
}


def replaced(*changes: tuple[str, str, str]) -> dict[str, str]:
    """The files with single pieces of text replaced: file, old, new."""
    files = dict(FILES)
    for file, old, new in changes:
        assert files[file].count(old) == 1, (file, old)
        files[file] = files[file].replace(old, new)
    return files


def test_a_fact_is_renamed_in_conditions_moments_cases_and_the_vocabulary() -> None:
    assert rename(FILES, "facts", "days", "days_late") == replaced(
        ("facts.yaml", "turns_into: days\n- id: days\n", "turns_into: days_late\n- id: days_late\n"),
        ("facts.yaml", "{days: 1+", "{days_late: 1+"),
        ("always.yaml", "as: days grows", "as: days_late grows"),
        ("topics/a.yaml", "    days: 1..7  # days", "    days_late: 1..7  # days"),
        ("topics/a.yaml", "{when: days reaches 15}", "{when: days_late reaches 15}"),
        ("topics/a.yaml", "{at: 3 days before days, ask: days}", "{at: 3 days before days_late, ask: days_late}"),
        ("cases/a.yaml", "{days: 3,", "{days_late: 3,"),
        ("cases/a.yaml", "ask: days", "ask: days_late"),
    )


def test_a_word_is_renamed_in_every_condition_on_its_fact_and_in_cases() -> None:
    assert rename_word(FILES, "mood", "good", "fine") == replaced(
        ("facts.yaml", "{word: good, zh: 好, en: good}", "{word: fine, zh: 好, en: good}"),
        ("facts.yaml", "mood: good}", "mood: fine}"),
        ("always.yaml", "not [good, goodish]", "not [fine, goodish]"),
        ("topics/a.yaml", "mood: [good, unknown]", "mood: [fine, unknown]"),
        ("topics/a.yaml", '"not good"', '"not fine"'),
        ("topics/b.yaml", "mood: ｇｏｏｄ", "mood: fine"),
        ("cases/a.yaml", "mood: good}", "mood: fine}"),
    )


def test_an_action_is_renamed_where_it_is_advised_expected_and_forbidden() -> None:
    assert rename(FILES, "actions", "pay", "pay_now") == replaced(
        ("actions.yaml", "- id: pay\n", "- id: pay_now\n"),
        ("actions.yaml", "action: pay,", "action: pay_now,"),
        ("always.yaml", "must: [pay]", "must: [pay_now]"),
        ("topics/a.yaml", "  advise: pay\n  text", "  advise: pay_now\n  text"),
        ("topics/a.yaml", "  advise: pay\n  yields", "  advise: pay_now\n  yields"),
        ("cases/a.yaml", "expect: [pay]", "expect: [pay_now]"),
    )


def test_a_rule_is_renamed_in_what_yields_to_it_and_in_cases() -> None:
    assert rename(FILES, "rules", "pay-full", "pay-all") == replaced(
        ("topics/a.yaml", "- id: pay-full", "- id: pay-all"),
        ("topics/a.yaml", "yields_to: pay-full", "yields_to: pay-all"),
        ("cases/a.yaml", "fires: [pay-full]", "fires: [pay-all]"),
    )


def test_a_rule_is_renamed_in_the_properties_that_want_it_heard() -> None:
    files = rename(starter_files(), "rules", "do-not-count-on-grace", "no-days-of-grace")
    assert "fires_one_of: [no-days-of-grace, stage-of-the-first-weeks" in files["always.yaml"]


def test_a_source_and_its_parts_are_renamed_in_rules_and_contacts() -> None:
    assert rename(FILES, "sources", "law", "code") == {
        name: text.replace("id: law", "id: code") for name, text in FILES.items()
    }
    assert rename_part(FILES, "law", "19", "20") == {name: text.replace('"19"', '"20"') for name, text in FILES.items()}


def test_a_topic_and_a_point_are_renamed_where_they_are_mentioned() -> None:
    assert rename(FILES, "topics", "b", "c") == replaced(
        ("topics/a.yaml", "topic b", "topic c"), ("topics/b.yaml", "topic: b", "topic: c")
    )
    assert rename(FILES, "points", "G01", "G09") == replaced(
        ("guidance.yaml", "G01", "G09"), ("topics/a.yaml", "G01", "G09")
    )


def test_what_nobody_mentions_is_renamed_in_its_own_place() -> None:
    assert rename(FILES, "contacts", "help", "aid") == replaced(("contacts.yaml", "id: help", "id: aid"))
    assert rename(FILES, "properties", "pay-in-time", "in-time") == replaced(("always.yaml", "pay-in-time", "in-time"))
    name = "paid: all good"
    assert rename(FILES, "cases", "pay-full in good days", name) == replaced(
        ("cases/a.yaml", "name: pay-full in good days", f'name: "{name}"')
    )


def test_the_same_name_changes_nothing() -> None:
    assert rename(FILES, "facts", "days", "days") == FILES
    assert rename_word(FILES, "mood", "good", "good") == FILES


@pytest.mark.parametrize(
    ("kind", "old", "new", "message"),
    [
        ("facts", "days", "mood", r"`mood` is taken, in facts.yaml"),
        ("facts", "days", "Days Late", r"Write `days_late`"),
        ("actions", "pay", "pay-now", r"Write `pay_now`"),
        ("rules", "pay-full", "", "is not written like"),
        ("cases", "pay-full in good days", " ", "needs its name"),
        ("facts", "day", "x", r"Did you mean `days`\?"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused(kind: str, old: str, new: str, message: str) -> None:
    with pytest.raises(EditError, match=message):
        rename(FILES, kind, old, new)


def test_words_that_conditions_use_otherwise_are_neither_given_nor_taken() -> None:
    with pytest.raises(EditError, match="a meaning of its own"):
        rename_word(FILES, "mood", "good", "unknown")
    with pytest.raises(EditError, match="is taken"):
        rename_word(FILES, "mood", "good", "goodish")
    with pytest.raises(EditError, match="no `bad` among the words"):
        rename_word(FILES, "mood", "bad", "worse")
    with pytest.raises(EditError, match="no `21` among the parts"):
        rename_part(FILES, "law", "21", "22")


def test_nothing_is_renamed_while_a_file_cannot_be_read() -> None:
    with pytest.raises(EditError, match=r"topics/z.yaml cannot be read"):
        rename({**FILES, "topics/z.yaml": "rules: ["}, "facts", "days", "days_late")


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    files = {"topics/b.yaml": "\ufefftopic: b\r\nrules:\r\n- id: c\r\n"}
    assert rename(files, "topics", "b", "long") == {"topics/b.yaml": "\ufefftopic: long\r\nrules:\r\n- id: c\r\n"}


def test_everything_that_mentions_an_entry_is_listed_with_its_line() -> None:
    assert uses_of(FILES, "facts", "mood") == (
        Use("properties", "pay-in-time", "always.yaml", 4),
        Use("cases", "pay-full in good days", "cases/a.yaml", 3),
        Use("file", "facts.yaml", "facts.yaml", 14),
        Use("rules", "pay-full", "topics/a.yaml", 7),
        Use("rules", "pay-part", "topics/a.yaml", 17),
        Use("rules", "other", "topics/b.yaml", 5),
    )
    assert uses_of(FILES, "points", "G02") == ()


@pytest.mark.parametrize("kind", sorted(SORTS))
def test_every_entry_of_the_starter_rulebook_is_renamed_and_back_without_a_trace(kind: str) -> None:
    new = "G999" if kind == "points" else "z9"
    for name in list(find_blocks(starter_files(), kind))[::60]:
        there = rename(starter_files(), kind, name, new)
        assert {file for file in there if there[file] != starter_files()[file]} == {
            *(use.file for use in uses_of(starter_files(), kind, name)),
            read_entry(starter_files(), kind, name).file,
        }
        assert rename(there, kind, new, name) == starter_files()


def test_a_renamed_rulebook_is_as_sound_as_it_was() -> None:
    files = rename(starter_files(), "facts", "days_since_doc", "paper_days")
    files = rename(files, "facts", "negotiation", "talks")
    files = rename(files, "actions", "pay_in_full", "pay_it_all")
    files = rename(files, "sources", "civil-code", "the-code")
    files = rename(files, "rules", "stay-alive-support", "stay-alive")
    files = rename(files, "topics", "hold", "wait")
    files = rename_word(files, "safety_state", "self_harm_risk", "at_risk")
    files = rename_part(files, "help-channels", "12355", "twelve")
    assert [problem for problem in find_problems(files) if not problem.is_warning] == []
    assert entries_of(files, "facts").keys() - entries_of(starter_files(), "facts").keys() == {"paper_days", "talks"}
