"""Editing rule files piece by piece: what is not touched stays letter by letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.rulebook.blocks import (
    EditError,
    add_block,
    fields_of,
    find_blocks,
    remove_field,
    replace_block,
    set_field,
)

STARTER = {str(path.relative_to("rules")): path.read_text(encoding="utf-8") for path in Path("rules").rglob("*.yaml")}
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

# when there is less
- id: pay-part
  urgency: this_week
# the end
"""


def test_entries_are_found_with_their_lines_and_without_the_comments_around_them() -> None:
    blocks = find_blocks({"topics/pay.yaml": PAY}, "rules")
    assert [(block.id, block.start, block.end) for block in blocks.values()] == [
        ("pay-in-full", 5, 15),
        ("pay-part", 17, 19),
    ]


def test_one_field_changes_and_everything_else_stays_letter_by_letter() -> None:
    files = {"topics/pay.yaml": PAY}
    block = find_blocks(files, "rules")["pay-in-full"]
    edited = replace_block(files, block, set_field(block, "urgency", " now").text)
    assert edited["topics/pay.yaml"] == PAY.replace(
        "urgency: today            # soon", "urgency: now            # soon"
    )


def test_a_field_of_several_lines_is_replaced_whole() -> None:
    block = find_blocks({"f": PAY}, "rules")["pay-in-full"]
    edited = set_field(block, "text", "\n  zh: |\n    明天。\n  en: |\n    Tomorrow.")
    assert "今天" not in edited.text
    assert edited.text.endswith("  text:\n    zh: |\n      明天。\n    en: |\n      Tomorrow.\n")


def test_a_new_field_is_added_at_the_end_of_its_entry() -> None:
    block = find_blocks({"f": PAY}, "rules")["pay-part"]
    assert (
        set_field(block, "owner", " advice-team").text == "- id: pay-part\n  urgency: this_week\n  owner: advice-team\n"
    )


def test_a_field_can_be_taken_out_but_not_the_one_with_the_dash() -> None:
    block = find_blocks({"f": PAY}, "rules")["pay-part"]
    assert remove_field(block, "urgency").text == "- id: pay-part\n"
    with pytest.raises(EditError, match="cannot be taken out"):
        remove_field(block, "id")


def test_an_entry_can_be_added_and_taken_out_again_without_a_trace() -> None:
    files = {"f": PAY}
    added = add_block(files, "rules", "f", "- id: pay-later\n  urgency: this_month\n")
    assert list(find_blocks(added, "rules")) == ["pay-in-full", "pay-part", "pay-later"]
    taken_out = replace_block(added, find_blocks(added, "rules")["pay-later"], "")
    assert list(find_blocks(taken_out, "rules")) == ["pay-in-full", "pay-part"]


def test_a_file_that_is_no_yaml_at_present_says_so() -> None:
    with pytest.raises(EditError, match="mend it as text first"):
        find_blocks({"f": "rules:\n- id: [oops\n"}, "rules")


def test_every_entry_of_the_starter_rulebook_can_be_rewritten_with_its_own_fields_unchanged() -> None:
    for kind in ("rules", "facts", "actions", "sources", "cases"):
        for block in find_blocks(STARTER, kind).values():
            rebuilt = block
            for field in fields_of(block).values():
                lead = field.text.index(":") + 1
                own = "\n".join(
                    line.removeprefix(" " * field.indent) for line in field.text[lead:].rstrip("\n").split("\n")
                )
                rebuilt = set_field(rebuilt, field.key, own)
            assert rebuilt.text == block.text
