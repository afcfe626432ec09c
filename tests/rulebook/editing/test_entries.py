"""Entries are changed, added, copied and taken out; everything else in the files stays letter by letter."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.editing.blocks import ID_KEYS, EditError, find_blocks
from services.rulebook.editing.entries import (
    change_entry,
    copy_entry,
    entries_of,
    move_entry,
    new_entry,
    new_topic,
    read_entry,
    remove_entry,
)
from services.rulebook.load import find_problems
from tests.rulebook.editing.samples import RULES, TOPIC_FILE, rule_values
from tests.rulebook.starter import starter_files

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip)
TRICKY = ("no", "012", "1:30", "a: b", "a #b", "#a", "- a", "[a, b]", "{a", "*a", "&a", "!a", "a:", "~", "'", '"a"',
          "\\n", "%", "@x", "`x", "a\u00a0b", "\u3000a", "null", "1..90", "-5..3", "not [a, b]", "=", "<<",
          "a, b", "? a", "…", "a\tb", " a", "a ", "a\u2028b", "é\u0085", "\u200b",
          "yes", "2026-01-01", "> a", "| a")  # fmt: skip
ALL = [(kind, name) for kind in ID_KEYS for name in find_blocks(starter_files(), kind)]


def edited(old: str, new: str, text: str = RULES) -> dict[str, str]:
    assert text.count(old) == 1
    return {TOPIC_FILE: text.replace(old, new)}


def changed(**values: Any) -> dict[str, str]:
    return change_entry({TOPIC_FILE: RULES}, "rules", "pay-in-full", values)


def test_an_entry_is_read_as_it_is_written() -> None:
    entry = read_entry({TOPIC_FILE: RULES}, "rules", "pay-in-full")
    assert (entry.kind, entry.id, entry.file) == ("rules", "pay-in-full", TOPIC_FILE)
    assert entry.values["when"] == {"days_overdue": "1..90", "ability_to_pay": ["full_now", "unknown"]}
    assert entry.values["text"]["en"] == "Pay today.\nKeep the proof.\n"
    assert entry.text in RULES


def test_one_condition_changes_and_the_comments_around_it_stay() -> None:
    when = {"days_overdue": "1..60", "ability_to_pay": ["full_now", "unknown"]}
    assert changed(when=when) == edited("1..90 ", "1..60 ")


def test_a_condition_is_added_behind_the_one_it_follows_and_another_taken_out() -> None:
    when = {"days_overdue": "1..90", "negotiation": "not [agreed]"}
    line = "    ability_to_pay: [full_now, unknown]\n"
    assert changed(when=when) == edited(line, "    negotiation: not [agreed]\n")


def test_one_language_of_a_text_changes_and_the_other_stays() -> None:
    text = {"zh": "今天就还。\n留好凭证。", "en": "Pay today.\r\nKeep the receipt.\r\n"}
    assert changed(text=text) == edited("Keep the proof.", "Keep the receipt.")


def test_a_source_is_added_and_the_comment_beside_another_stays() -> None:
    sources = [{"id": "civil-code", "part": "188"}, {"id": "article"}, {"id": "help", "part": "12348"}]
    line = "  - {id: article}\n"
    assert changed(sources=sources) == edited(line, line + '  - {id: help, part: "12348"}\n')


def test_a_follow_up_with_a_sentence_stands_on_lines_of_its_own() -> None:
    say = {"zh": "还了吗？", "en": "Is it done: yes or no?"}
    fresh = "  follow_up:\n  - in: 3 days\n    ask: paid\n    say:\n      zh: 还了吗？\n"
    fresh += '      en: "Is it done: yes or no?"\n'
    follow_up = [{"in": "3 days", "ask": "paid", "say": say}]
    assert changed(follow_up=follow_up) == edited("  valid:", f"{fresh}  valid:")
    assert changed(follow_up=[{"in": "3 days", "ask": "paid", "say": {"zh": "", "en": ""}}]) == edited(
        "  valid:", "  follow_up:\n  - {in: 3 days, ask: paid}\n  valid:"
    )


def test_a_new_field_stands_where_the_house_writes_it() -> None:
    assert changed(order=8, covers=["G01"], yields_to="everything") == {
        TOPIC_FILE: edited("  text:\n", "  order: 8\n  text:\n")[TOPIC_FILE].replace(
            "  valid:", "  yields_to: everything\n  covers: [G01]\n  valid:"
        )
    }


def test_what_is_empty_takes_a_field_out() -> None:
    assert changed(owner="", order=None, covers=[]) == edited("  owner: advice-team # for now\n", "")


def test_days_and_yes_and_no_are_written_as_words() -> None:
    files = change_entry({TOPIC_FILE: RULES}, "topics", "pay", {"may_join": True})
    assert files == edited("may_join: no", "may_join: yes")
    assert changed(review_by=date(2027, 1, 31)) == edited("2027-06-30", "2027-01-31")


def test_the_id_cannot_be_changed_in_passing() -> None:
    with pytest.raises(EditError, match="Rename it instead"):
        changed(id="pay")
    assert changed(id="pay-in-full") == {TOPIC_FILE: RULES}


def test_the_first_field_cannot_be_taken_out() -> None:
    with pytest.raises(EditError, match="cannot be taken out"):
        change_entry({TOPIC_FILE: "rules:\n- owner: a\n  id: b\n"}, "rules", "b", {"owner": None})


def test_an_entry_that_is_not_there_is_named_with_a_suggestion() -> None:
    with pytest.raises(EditError, match=r"no `pay-in-ful` among the rules. Did you mean `pay-in-full`\?"):
        read_entry({TOPIC_FILE: RULES}, "rules", "pay-in-ful")


def test_a_file_that_cannot_be_read_does_not_stop_the_others_from_being_edited() -> None:
    files = {"topics/broken.yaml": "rules: [", TOPIC_FILE: RULES}
    assert change_entry(files, "rules", "pay-in-full", {"urgency": "now"})[TOPIC_FILE] != RULES
    with pytest.raises(EditError, match=r"topics/broken.yaml cannot be read"):
        read_entry(files, "rules", "elsewhere")


def test_an_entry_in_braces_is_written_anew_when_it_changes() -> None:
    files = {"cases/a.yaml": "cases:\n- {name: one, given: {days_overdue: 1}, first: a}\n"}
    assert change_entry(files, "cases", "one", {"first": "a"}) == files
    assert change_entry(files, "cases", "one", {"first": "b"}) == {
        "cases/a.yaml": "cases:\n- name: one\n  given: {days_overdue: 1}\n  first: b\n"
    }


def test_a_new_rule_stands_at_the_end_of_its_topic_and_can_be_taken_out_again() -> None:
    files = new_entry({TOPIC_FILE: RULES}, "rules", TOPIC_FILE, rule_values(id="pay-later"))
    assert list(find_blocks(files, "rules")) == ["pay-in-full", "pay-part", "pay-later"]
    assert read_entry(files, "rules", "pay-later").values["text"] == {"zh": "等。\n", "en": "Wait.\n"}
    assert remove_entry(files, "rules", "pay-later") == {TOPIC_FILE: RULES}


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(EditError, match=r"`pay-in-full` is taken, in topics/pay.yaml"):
        new_entry({TOPIC_FILE: RULES}, "rules", TOPIC_FILE, rule_values(id="pay-in-full"))
    with pytest.raises(EditError, match=r"`pay-in-full` is taken, in topics/pay.yaml"):
        copy_entry({TOPIC_FILE: RULES}, "rules", "pay-part", "pay-in-full")


@pytest.mark.parametrize(
    ("kind", "file"),
    [("rules", "topics/none.yaml"), ("rules", "facts.yaml"), ("facts", TOPIC_FILE), ("cases", "facts.yaml")],
)
def test_an_entry_is_not_written_into_a_file_for_something_else(kind: str, file: str) -> None:
    with pytest.raises(EditError, match="cannot be written into"):
        new_entry({TOPIC_FILE: RULES, "facts.yaml": "facts:\n"}, kind, file, {ID_KEYS[kind]: "new"})


def test_a_new_entry_needs_a_name() -> None:
    with pytest.raises(EditError, match="needs its name"):
        new_entry({TOPIC_FILE: RULES}, "rules", TOPIC_FILE, {"id": " "})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "cases:\n"),
        ("cases:\n", "cases:\n\n"),
        ("cases: []  # none yet\n", "cases:  # none yet\n\n"),
        ("# Cases.\n", "# Cases.\n\ncases:\n"),
        ("cases:\n- name: a\n  first: b\n", "cases:\n- name: a\n  first: b\n"),
        ("cases:\n  - name: a\n    first: b", "cases:\n  - name: a\n    first: b\n"),
    ],
)
def test_a_list_is_begun_where_there_is_none(before: str, after: str) -> None:
    files = new_entry({"cases/a.yaml": before}, "cases", "cases/a.yaml", {"name": "new", "first": "b"})
    assert files["cases/a.yaml"].startswith(after)
    assert list(read_entry(files, "cases", "new").values.items()) == [("name", "new"), ("first", "b")]


def test_a_case_file_is_begun_with_its_first_case() -> None:
    files = new_entry({}, "cases", "cases/new.yaml", {"first": "b", "given": {"conduct": []}, "name": "a: b"})
    assert files == {"cases/new.yaml": 'cases:\n- name: "a: b"\n  given: {conduct: []}\n  first: b\n'}


def test_a_topic_is_begun_and_its_first_rule_written_and_taken_out() -> None:
    title = {"zh": "等", "en": "Wait"}
    files = new_topic({TOPIC_FILE: RULES}, "wait", {"title": title, "yields_to": ["topic pay"]})
    head = "topic: wait\ntitle:\n  zh: 等\n  en: Wait\nmay_join: no\nyields_to: [topic pay]\nrules:"
    assert files == {TOPIC_FILE: RULES, "topics/wait.yaml": f"{head} []\n"}
    filled = new_entry(files, "rules", "topics/wait.yaml", rule_values(id="pay-later"))
    assert filled["topics/wait.yaml"].startswith(head + "\n\n- id: pay-later\n  title:\n")
    assert entries_of(remove_entry(filled, "rules", "pay-later"), "topics")["wait"].values["title"] == title
    with pytest.raises(EditError, match="still has rules"):
        remove_entry(filled, "topics", "wait")
    assert remove_entry(files, "topics", "wait") == {TOPIC_FILE: RULES}


def test_a_topic_that_is_there_is_not_begun_again() -> None:
    for topic, message in (("pay", "is taken"), ("", "needs its name")):
        with pytest.raises(EditError, match=message):
            new_topic({TOPIC_FILE: RULES}, topic, {})
    with pytest.raises(EditError, match="cannot be written into"):
        new_topic({TOPIC_FILE: RULES}, "wait", {}, TOPIC_FILE)


def test_a_copy_stands_behind_the_rule_with_all_its_comments() -> None:
    files = copy_entry({TOPIC_FILE: RULES}, "rules", "pay-in-full", "pay-again")
    assert list(find_blocks(files, "rules")) == ["pay-in-full", "pay-again", "pay-part"]
    original, copy = (read_entry(files, "rules", name).text for name in ("pay-in-full", "pay-again"))
    assert copy == original.replace("pay-in-full", "pay-again")
    with pytest.raises(EditError, match="cannot be copied"):
        copy_entry({TOPIC_FILE: RULES}, "topics", "pay", "wait")


def test_an_entry_moves_to_another_file_letter_by_letter_and_an_empty_list_stays_a_list() -> None:
    files = {"topics/a.yaml": "topic: a\nrules:  # one\n  - id: x\n    urgency: now # !\n", TOPIC_FILE: RULES}
    moved = move_entry(files, "rules", "x", TOPIC_FILE)
    assert moved["topics/a.yaml"] == "topic: a\nrules: []  # one\n"
    assert moved[TOPIC_FILE] == RULES.replace("# the end", "\n- id: x\n  urgency: now # !\n# the end")
    with pytest.raises(EditError, match="cannot be written into"):
        move_entry(files, "rules", "x", "topics/none.yaml")


def test_the_comment_above_a_rule_stays_when_the_rule_is_taken_out() -> None:
    without = remove_entry({TOPIC_FILE: RULES}, "rules", "pay-in-full")[TOPIC_FILE]
    assert without == RULES.replace(read_entry({TOPIC_FILE: RULES}, "rules", "pay-in-full").text + "\n", "")
    assert "# the plain way\n" in without


@pytest.mark.parametrize("value", TRICKY)
def test_a_value_that_looks_like_something_else_survives(value: str) -> None:
    files = changed(owner=value, title={"zh": value, "en": value}, covers=[value], valid={"from": value})
    values = read_entry(files, "rules", "pay-in-full").values
    assert (values["owner"], values["title"]) == (value, {"zh": value, "en": value})
    assert (values["covers"], values["valid"]) == ([value], {"from": value})


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_every_text_is_read_back_as_it_was_written(text: str) -> None:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    files = changed(because={"zh": text}, text={"zh": text, "en": f"a\n{text}"}, sources=[{"id": text}])
    values = read_entry(files, "rules", "pay-in-full").values
    assert values["because"]["zh"].rstrip("\n") == plain.rstrip("\n")
    assert [values["text"][language].rstrip("\n") for language in ("zh", "en")] == [
        plain.rstrip("\n"),
        f"a\n{plain}".rstrip("\n"),
    ]
    assert values["sources"][0]["id"].rstrip("\n") == plain.rstrip("\n")


def test_what_no_file_can_hold_is_refused() -> None:
    with pytest.raises(EditError, match="invisible characters"):
        changed(owner="\udc80")


@pytest.mark.parametrize("kind", ID_KEYS)
def test_every_entry_written_with_its_own_values_is_the_same_letter_by_letter(kind: str) -> None:
    files = starter_files()
    for entry in entries_of(files, kind).values():
        assert change_entry(files, kind, entry.id, entry.values) == files


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_a_changed_field_changes_nothing_else(which: tuple[str, str], data: st.DataObject) -> None:
    kind, name = which
    files = starter_files()
    before = read_entry(files, kind, name)
    key = data.draw(st.sampled_from([key for key in before.values if key != ID_KEYS[kind]]))
    after = change_entry(files, kind, name, {key: data.draw(TEXTS)})
    assert {file for file in files if files[file] != after[file]} <= {before.file}
    assert all(
        other.text == after_other.text
        for other, after_other in zip(entries_of(files, kind).values(), entries_of(after, kind).values(), strict=True)
        if other.id != name
    )
    now = read_entry(after, kind, name)
    assert {field: value for field, value in now.values.items() if field != key} == {
        field: value for field, value in before.values.items() if field != key
    }
    back = change_entry(after, kind, name, {key: before.values[key]})
    assert read_entry(back, kind, name).values == before.values


@pytest.mark.parametrize("kind", [kind for kind in ID_KEYS if kind != "topics"])
def test_new_entries_are_written_as_the_house_writes_them(kind: str) -> None:
    """A new entry with the values of one that is there reads like it, letter by letter, but for odd quotes."""
    entries = list(entries_of(starter_files(), kind).values())
    files = dict.fromkeys({entry.file for entry in entries}, f"{kind}:\n")
    alike = 0
    for entry in entries[:60]:
        fresh = new_entry(files, kind, entry.file, entry.values)
        alike += read_entry(fresh, kind, entry.id).text == entry.text
    assert alike >= 0.9 * min(len(entries), 60)


def test_a_new_rule_fact_action_source_and_case_make_a_sound_rulebook() -> None:
    text = {"zh": "等待", "en": "wait"}
    files = new_entry(starter_files(), "facts", "facts.yaml", {
        "id": "is_waiting", "kind": "yes_no", "label": text, "question": text, "why": text,
    })  # fmt: skip
    files = new_entry(files, "actions", "actions.yaml", {"id": "wait", "order": 8, "title": text, "minutes": 5})
    files = new_entry(files, "sources", "sources.yaml", {
        "id": "waiting", "title": text, "kind": "method", "confidence": "unverified", "says": text,
        "review_by": date(2027, 6, 30),
    })  # fmt: skip
    files = new_topic(files, "waiting", {"title": text, "may_join": True})
    values = rule_values(id="wait-now", when={"is_waiting": True}, advise="wait", sources=[{"id": "waiting"}])
    files = new_entry(files, "rules", "topics/waiting.yaml", values)
    case = {"name": "someone waits: nothing else", "given": {"is_waiting": "yes"}, "fires": ["wait-now"]}
    files = new_entry(files, "cases", "cases/waiting.yaml", case)
    assert [str(problem) for problem in find_problems(files) if not problem.is_warning] == []
