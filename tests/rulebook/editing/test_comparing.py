"""Two versions of the rule files side by side: every difference is listed, and nothing else."""

from __future__ import annotations

from services.rulebook.editing.comparing import EntryChange, FieldChange, entry_changes
from services.rulebook.editing.entries import change_entry, new_entry, remove_entry
from tests.rulebook.editing.samples import RULES, TOPIC_FILE, rule_values
from tests.rulebook.starter import starter_files

OLD = {TOPIC_FILE: RULES}


def change_of(old: str, new: str) -> EntryChange:
    assert RULES.count(old) == 1
    (change,) = entry_changes(OLD, {TOPIC_FILE: RULES.replace(old, new)})
    return change


def test_a_changed_field_is_shown_as_it_was_and_as_it_is() -> None:
    assert change_of("1..90 ", "1..60 ") == EntryChange(
        *("rules", "pay-in-full", TOPIC_FILE, "changed"),
        (
            FieldChange(
                "when",
                "  # both ends count\n  days_overdue: 1..90     # both included\n  ability_to_pay: [full_now, unknown]",
                "  # both ends count\n  days_overdue: 1..60     # both included\n  ability_to_pay: [full_now, unknown]",
            ),
        ),
    )


def test_a_rule_added_and_a_rule_taken_out_are_named_with_their_fields() -> None:
    added = new_entry(OLD, "rules", TOPIC_FILE, rule_values(id="pay-later"))
    (change,) = entry_changes(OLD, added)
    assert (change.id, change.change, change.fields[0]) == ("pay-later", "added", FieldChange("id", None, "pay-later"))
    (back,) = entry_changes(added, OLD)
    assert (back.id, back.change, back.fields[0]) == ("pay-later", "removed", FieldChange("id", "pay-later", None))


def test_comments_are_differences_too() -> None:
    assert change_of("# soon", "# very soon").fields == (
        FieldChange("urgency", "today            # soon", "today            # very soon"),
    )
    assert change_of("# the plain way", "# plainly").fields == (FieldChange("#", "# the plain way", "# plainly"),)
    assert [field.key for field in change_of("  owner: adv", "  # who\n  owner: adv").fields] == ["owner"]
    assert change_of("# the end", "# the very end").fields == (FieldChange("end", "# the end", "# the very end"),)


def test_the_head_of_a_topic_is_an_entry_of_its_own() -> None:
    assert change_of("may_join: no", "may_join: yes") == EntryChange(
        "topics", "pay", TOPIC_FILE, "changed", (FieldChange("may_join", "no", "yes"),)
    )


def test_fields_in_another_order_are_the_whole_entry() -> None:
    (field,) = change_of("  advise: pay_part\n  urgency: this_week", "  urgency: this_week\n  advise: pay_part").fields
    assert field.key == ""


def test_a_rule_moved_to_another_file_says_where_from_and_where_to() -> None:
    moved = "\n# when there is less\n- id: pay-part\n  advise: pay_part\n  urgency: this_week\n"
    new = {TOPIC_FILE: RULES.replace(moved, ""), "topics/hold.yaml": f"topic: hold\nrules:\n{moved}"}
    rule, *others = [change for change in entry_changes(OLD, new) if change.id == "pay-part"]
    assert rule.fields == (FieldChange("file", TOPIC_FILE, "topics/hold.yaml"),)
    assert others == []


def test_an_order_that_changed_is_a_difference_of_the_file() -> None:
    old, new = "actions:\n- id: a\n- id: b\n", "actions:\n- id: b\n- id: a\n"
    (change,) = entry_changes({"actions.yaml": old}, {"actions.yaml": new})
    assert change == EntryChange(
        "file", "actions.yaml", "actions.yaml", "changed", (FieldChange("order", "a\nb", "b\na"),)
    )


def test_a_file_added_or_taken_out_is_named_beside_its_entries() -> None:
    new = {**OLD, "cases/a.yaml": "cases:\n- name: a\n"}
    assert [(change.kind, change.change) for change in entry_changes(OLD, new)] == [
        ("cases", "added"),
        ("file", "added"),
    ]
    assert [change.change for change in entry_changes(new, OLD)] == ["removed", "removed"]


def test_a_file_that_cannot_be_read_is_compared_as_a_whole() -> None:
    broken = "rules: ["
    found = {change.kind: change for change in entry_changes(OLD, {TOPIC_FILE: broken})}
    assert FieldChange("whole", None, broken) in found["file"].fields
    assert found["rules"].change == "removed"


def test_an_entry_in_braces_is_compared_as_a_whole() -> None:
    old, new = ({"cases/a.yaml": f"cases:\n- {{name: a, first: {word}}}\n"} for word in ("b", "c"))
    (change,) = entry_changes(old, new)
    assert change.fields == (FieldChange("", "- {name: a, first: b}\n", "- {name: a, first: c}\n"),)


def test_nothing_differs_between_the_same_files() -> None:
    assert entry_changes(starter_files(), starter_files()) == ()


def test_of_the_whole_rulebook_only_what_was_changed_is_listed() -> None:
    new = change_entry(starter_files(), "facts", "days_overdue", {"group": "other"})
    new = remove_entry(new, "contacts", "police")
    assert [(change.kind, change.id, change.change) for change in entry_changes(starter_files(), new)] == [
        ("contacts", "police", "removed"),
        ("facts", "days_overdue", "changed"),
    ]
