"""Editing rule files piece by piece: what is not touched stays letter by letter."""

from __future__ import annotations

import pytest

from services.rulebook.editing.blocks import (
    ID_KEYS,
    EditError,
    add_block,
    blocks_of,
    fields_of,
    find_blocks,
    remove_field,
    replace_block,
    set_field,
)
from services.rulebook.editing.pieces import pieces_of, units_of
from tests.rulebook.starter import starter_files

FILE = "topics/pay.yaml"
PAY = """\
# Paying.
topic: pay
rules:

# the plain way
- id: pay-in-full
  title: {zh: 还, en: pay}
  when:
    days_overdue: 1..90     # both included
  urgency: today            # soon
  text:
    zh: |
      今天。
    en: |
      Today.
      # no comment, but the last line of the text

# when there is less
- id: pay-part
  urgency: this_week
# the end
"""


def test_entries_are_found_with_their_lines_and_without_the_comments_around_them() -> None:
    blocks = find_blocks({FILE: PAY}, "rules")
    assert [(block.id, block.start, block.end) for block in blocks.values()] == [
        ("pay-in-full", 5, 16),
        ("pay-part", 18, 20),
    ]


def test_the_head_of_a_topic_is_an_entry_too() -> None:
    assert find_blocks({FILE: PAY}, "topics")["pay"].text == "topic: pay\n"


def test_one_field_changes_and_everything_else_stays_letter_by_letter() -> None:
    block = find_blocks({FILE: PAY}, "rules")["pay-in-full"]
    edited = replace_block({FILE: PAY}, block, set_field(block, "urgency", " now").text)
    assert edited[FILE] == PAY.replace("urgency: today            # soon", "urgency: now            # soon")


def test_a_field_of_several_lines_is_replaced_whole() -> None:
    block = find_blocks({FILE: PAY}, "rules")["pay-in-full"]
    edited = set_field(block, "text", "\n  zh: |\n    明天。\n  en: |\n    Tomorrow.")
    assert "今天" not in edited.text
    assert edited.text.endswith("  text:\n    zh: |\n      明天。\n    en: |\n      Tomorrow.\n")


def test_a_sharp_sign_inside_quotes_is_no_comment() -> None:
    block = find_blocks({"facts.yaml": 'facts:\n- id: a\n  unit: "a # b"\n'}, "facts")["a"]
    assert set_field(block, "unit", " c").text == "- id: a\n  unit: c\n"


def test_a_new_field_is_added_at_the_end_of_its_entry() -> None:
    block = find_blocks({FILE: PAY}, "rules")["pay-part"]
    added = set_field(block, "owner", " advice-team").text
    assert added == "- id: pay-part\n  urgency: this_week\n  owner: advice-team\n"


def test_a_new_field_stands_where_the_house_puts_it() -> None:
    block = find_blocks({FILE: PAY}, "rules")["pay-part"]
    added = set_field(block, "advise", " pay_part", ("id", "advise", "urgency")).text
    assert added == "- id: pay-part\n  advise: pay_part\n  urgency: this_week\n"


def test_a_field_can_be_taken_out_but_not_the_one_with_the_dash() -> None:
    block = find_blocks({FILE: PAY}, "rules")["pay-part"]
    assert remove_field(block, "urgency").text == "- id: pay-part\n"
    with pytest.raises(EditError, match="cannot be taken out"):
        remove_field(block, "id")


def test_an_entry_can_be_added_and_taken_out_again() -> None:
    added = add_block({FILE: PAY}, "rules", FILE, "- id: pay-later\n  urgency: this_month\n")
    assert list(find_blocks(added, "rules")) == ["pay-in-full", "pay-part", "pay-later"]
    taken_out = replace_block(added, find_blocks(added, "rules")["pay-later"], "")
    assert list(find_blocks(taken_out, "rules")) == ["pay-in-full", "pay-part"]


def test_a_file_without_the_list_says_what_to_write() -> None:
    with pytest.raises(EditError, match="write `cases:`") as raised:
        add_block({"cases/pay.yaml": "# none yet\n"}, "cases", "cases/pay.yaml", "- name: a\n")
    assert "cases/pay.yaml" in raised.value.text.zh


@pytest.mark.parametrize(
    "text",
    [
        "rules:\n- id: [oops\n",
        "rules: [{id: a}]\n",
        "rules:\n- &a {id: a}\n- *a\n",
        "rules:\n- !!map {id: a}\n",
        "rules:\n- id: a\n---\nrules:\n- id: b\n",
        "? [a]\n: b\n",
        "rules:\n" + 40 * "- " + "x",
        "rules: " + 40 * "[",
        "rules: \udc80\n",
        "rules: \x00\n",
    ],
)
def test_a_file_that_cannot_be_edited_in_pieces_says_so(text: str) -> None:
    with pytest.raises(EditError, match="mend it as text first"):
        find_blocks({FILE: text}, "rules")


def test_an_entry_in_brackets_is_edited_as_text() -> None:
    block = find_blocks({FILE: "rules:\n- {id: a, urgency: now}\n"}, "rules")["a"]
    with pytest.raises(EditError, match="edit it as text"):
        set_field(block, "urgency", " today")


def test_a_file_keeps_its_line_ends_and_its_byte_order_mark() -> None:
    files = {FILE: "\ufeff" + PAY.replace("\n", "\r\n")}
    block = find_blocks(files, "rules")["pay-part"]
    edited = replace_block(files, block, set_field(block, "urgency", " now").text)[FILE]
    assert edited == files[FILE].replace("this_week", "now")


def test_a_file_that_ends_within_a_line_can_be_added_to() -> None:
    added = add_block({"facts.yaml": "facts:\n- id: a"}, "facts", "facts.yaml", "- id: b", lead="")
    assert added["facts.yaml"] == "facts:\n- id: a\n- id: b"


@pytest.mark.parametrize("name", sorted(starter_files()))
def test_the_pieces_of_a_file_put_together_are_the_file(name: str) -> None:
    text = starter_files()[name]
    assert "".join(piece.lead + piece.text for _, _, piece in pieces_of(name, text)) == text


@pytest.mark.parametrize("name", sorted(starter_files()))
def test_the_fields_of_every_entry_put_together_are_the_entry(name: str) -> None:
    for block in blocks_of(name, starter_files()[name]):
        units = units_of(block.text)
        assert units is not None
        assert "".join(unit.text for unit in units)[2:] == block.text.replace("- ", "  ", block.kind != "topics")[2:]


@pytest.mark.parametrize("kind", sorted(ID_KEYS))
def test_every_entry_can_be_rewritten_with_its_own_fields_and_is_the_same(kind: str) -> None:
    for block in find_blocks(starter_files(), kind).values():
        rebuilt = block
        for field in fields_of(block).values():
            lead = field.text.index(":") + 1
            lines = field.text[lead:].rstrip("\n").split("\n")
            own = "\n".join(line.removeprefix(" " * field.indent) for line in lines)
            rebuilt = set_field(rebuilt, field.key, own)
        assert rebuilt.text == block.text


def test_a_topic_is_named_before_its_rules_or_not_at_all() -> None:
    late = "cases:\n- name: a\ntopic: pay\n"
    assert [block.id for block in blocks_of("cases/a.yaml", late)] == ["a"]
    assert "".join(piece.lead + piece.text for _, _, piece in pieces_of("cases/a.yaml", late)) == late
