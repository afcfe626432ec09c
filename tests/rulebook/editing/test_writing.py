"""Values as the house writes them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.editing.nodes import plain, read_nodes
from services.rulebook.editing.writing import Style, is_same, scalar, tidy, written_entry, written_pair

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
VALUES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(TEXTS, inner, min_size=1, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (True, "yes"),
        (False, "no"),
        (7, "7"),
        (date(2027, 1, 31), "2027-01-31"),
        (None, None),
        (" \n", None),
        ([], None),
        ({}, None),
        ({"a": None, "b": ""}, None),
        ({"a": [], "b": [None, "c"]}, {"a": [], "b": ["c"]}),
        ("a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_what_is_empty_is_left_out_and_the_rest_is_text(value: Any, kept: Any) -> None:
    assert tidy(value) == kept


def test_line_ends_at_the_end_of_a_text_make_no_difference() -> None:
    assert is_same({"a": ["b\n"]}, {"a": ["b"]})
    assert not is_same({"a": ["b"]}, {"a": ["b", "c"]})
    assert not is_same("b", ["b"])
    assert not is_same({"a": "b"}, {"c": "b"})


@pytest.mark.parametrize(
    ("kind", "key", "value", "lines"),
    [
        ("facts", "label", {"zh": "天", "en": "days, all"}, ['label: {zh: 天, en: "days, all"}']),
        ("rules", "title", {"zh": "还", "en": "Pay, now"}, ["title:", "    zh: 还", "    en: Pay, now"]),
        ("rules", "text", {"zh": "还"}, ["text:", "    zh: |", "      还"]),
        ("rules", "when", {"days": "1..7", "mood": ["a", "31+"]}, ["when:", "    days: 1..7", "    mood: [a, 31+]"]),
        ("rules", "valid", {"from": "2026-01-01"}, ["valid: {from: 2026-01-01}"]),
        ("rules", "sources", [{"id": "law", "part": "19"}], ["sources:", '  - {id: law, part: "19"}']),
        ("contacts", "number", "110", ['number: "110"']),
        ("sources", "parts", {"19": {"zh": "a", "en": "b"}}, ["parts:", '    "19":', "      zh: a", "      en: b"]),
        ("cases", "given", {"conduct": [], "days": "3"}, ["given: {conduct: [], days: 3}"]),
        ("facts", "range", "-5..10", ["range: -5..10"]),
        ("cases", "name", "a: b", ['name: "a: b"']),
        ("points", "says", {"zh": "a\nb", "en": "c"}, ["says:", "    zh: |", "      a", "      b", "    en: c"]),
    ],
)
def test_a_field_is_written_as_the_house_writes_it(kind: str, key: str, value: Any, lines: list[str]) -> None:
    assert written_pair(Style(kind), key, value, 2) == lines


def test_a_value_keeps_the_form_that_it_had() -> None:
    braces, lines = read_nodes("{zh: a, en: b}"), read_nodes("zh: a\nen: b\n")
    value = {"zh": "c", "en": "d"}
    assert written_pair(Style("rules", braces), "title", value, 0) == ["title: {zh: c, en: d}"]
    assert written_pair(Style("facts", lines), "label", value, 0) == ["label:", "  zh: c", "  en: d"]


def test_signs_that_cannot_be_seen_are_written_out() -> None:
    assert scalar("a\x00b\u2028c\U000e0001d\te") == '"a\\x00b\\u2028c\\U000e0001d\\te"'


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["title", "text", "when", "sources", "other: key", "valid"]), VALUES, min_size=1)
)
def test_whatever_is_written_is_read_back(values: dict[str, Any]) -> None:
    wanted = {"id": "a", **{key: tidy(value) for key, value in values.items()}}
    read = plain(read_nodes(written_entry("rules", wanted)))
    assert is_same(read[0], wanted)
