"""What the JSON reader refuses, with code and place; and that it never fails in another way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.advisor.json_reading import SAID, JsonError, read_json

REFUSED = [
    ("nothing", b"", "empty_body", ""),
    ("only spaces", b" \n\t ", "empty_body", ""),
    ("no JSON", b"facts", "not_json", ""),
    ("two values", b"{} {}", "not_json", ""),
    ("a comma too many", b'{"facts": {},}', "not_json", ""),
    ("a cut off text", b'{"facts": "', "not_json", ""),
    ("a control character", b'{"facts": "\x01"}', "not_json", ""),
    ("a byte order mark", b'\xef\xbb\xbf{"facts": {}}', "byte_order_mark", ""),
    ("UTF-16", '{"facts": {}}'.encode("utf-16"), "byte_order_mark", ""),
    ("no UTF-8", b'{"facts": "\xff"}', "not_utf8", ""),
    ("an encoded surrogate", b'{"facts": "\xed\xa0\x80"}', "not_utf8", ""),
    ("a lone surrogate", b'{"facts": {"product": "\\ud800"}}', "lone_surrogate", "/facts/product"),
    ("a lone surrogate as key", b'{"\\udfff": 1}', "lone_surrogate", "/\\udfff"),
    ("NaN", b'{"facts": {"days_overdue": NaN}}', "not_a_json_number", "/facts/days_overdue"),
    ("Infinity", b'{"facts": [-Infinity]}', "not_a_json_number", "/facts/0"),
    ("a number beyond floats", b'{"facts": 1e999}', "number_too_large", "/facts"),
    ("a million digits", b'{"facts": ' + b"9" * 1_000_000 + b"}", "number_too_long", "/facts"),
    ("a key twice", b'{"facts": {"a/b": 1, "a/b": 1}}', "duplicate_key", "/facts/a~1b"),
    ("a key twice in a list", b'[{}, {"a": 1, "a": 2}]', "duplicate_key", "/1/a"),
    ("deep lists", b"[" * 100_000, "nested_too_deep", ""),
    ("deep objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested_too_deep", ""),
    ("30 levels", b"[" * 30 + b"]" * 30, "nested_too_deep", "/0/0/0"),
]


@pytest.mark.parametrize(("data", "code", "pointer"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused_is_named_and_placed(data: bytes, code: str, pointer: str) -> None:
    with pytest.raises(JsonError) as refused:
        read_json(data)
    assert [(problem.code, problem.pointer) for problem in refused.value.problems] == [(code, pointer)]


def test_all_that_can_be_told_apart_is_said_at_once() -> None:
    with pytest.raises(JsonError) as refused:
        read_json(b'{"a": NaN, "b": [1e999, {"c": 1, "c": "\\ud800"}]}')
    assert [problem.pointer for problem in refused.value.problems] == ["/a", "/b/0", "/b/1/c", "/b/1/c"]


def test_a_broken_line_is_found_by_line_and_character() -> None:
    with pytest.raises(JsonError) as refused:
        read_json(b'{\n  "facts": yes\n}')
    assert refused.value.problems[0].detail.en == "This is not JSON at line 2, character 12."


def test_pairs_of_surrogates_and_escaped_backslashes_are_whole_texts() -> None:
    assert read_json(b'["\\ud83d\\ude00", "\\\\ud800", "\xe4\xb8\x8a"]') == ["😀", "\\ud800", "上"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_every_json_value_is_read_as_it_was_written(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    assert problem_codes(data) <= SAID.keys()


@given(st.text(alphabet='{}[]":,0123456789.eE-+ \\utrfalsn', max_size=60))
def test_anything_that_looks_like_json_is_read_or_refused_with_a_reason(written: str) -> None:
    assert problem_codes(written.encode()) <= SAID.keys()


def problem_codes(data: bytes) -> set[str]:
    """The reasons for which `data` is refused; none when it is read."""
    try:
        read_json(data)
    except JsonError as error:
        return {problem.code for problem in error.problems} or {"refused without a reason"}
    return set()
