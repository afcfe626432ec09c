"""Two people change the same rule files: nothing of either is lost, and what conflicts is said."""

from __future__ import annotations

from services.rulebook.editing.merging import EntryMerge, Merge, MergeState, merge

FILE = "topics/pay.yaml"
PAY = """\
# Paying.
topic: pay
title: {zh: 还, en: pay}
rules:

# the plain way
- id: pay-in-full
  when:
    days_overdue: 1..90     # both included
  advise: pay_in_full
  urgency: today            # soon

# when there is less
- id: pay-part
  advise: pay_part
  urgency: this_week

- id: pay-nothing
  advise: hold_payment
  urgency: now
"""
BASE = {FILE: PAY}


def edit(*changes: tuple[str, str], text: str = PAY) -> dict[str, str]:
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return {FILE: text}


def merged(theirs: dict[str, str], mine: dict[str, str]) -> Merge:
    """The merge, after a look that it is the same with the sides exchanged."""
    found, other_way_round = merge(BASE, theirs, mine), merge(BASE, mine, theirs)
    assert bool(found.conflicts) == bool(other_way_round.conflicts)
    assert found.conflicts or found.files == other_way_round.files
    return found


def only(found: Merge) -> EntryMerge:
    (entry,) = found.entries
    return entry


def states(entry: EntryMerge) -> dict[str, str]:
    return {field.key: field.state.value for field in entry.fields}


def test_two_fields_of_one_rule_are_both_kept_with_their_comments() -> None:
    found = merged(edit(("urgency: today ", "urgency: now ")), edit(("1..90", "1..60")))
    assert found.files == edit(("urgency: today ", "urgency: now "), ("1..90", "1..60"))
    assert (only(found).state, states(only(found))) == (MergeState.MERGED, {"when": "mine", "urgency": "theirs"})


def test_the_same_field_changed_differently_is_a_conflict_and_mine_is_held() -> None:
    mine = edit(("this_week", "today\n  owner: me"))
    found = merge(BASE, edit(("this_week", "now")), mine)
    assert found.files == mine
    assert found.conflicts == (only(found),)
    field = only(found).fields[0]
    assert (field.key, field.state, field.base, field.theirs, field.mine) == (
        *("urgency", MergeState.CONFLICT),
        *("this_week", "now", "today"),
    )


def test_a_conflict_is_settled_by_choosing_a_side_and_the_rest_is_still_merged() -> None:
    theirs, mine = edit(("this_week", "now")), edit(("this_week", "today\n  owner: me"))
    found = merge(BASE, theirs, mine, {("rules", "pay-part", "urgency"): "theirs"})
    assert found.files == edit(("this_week", "now\n  owner: me"))
    assert not found.conflicts


def test_the_same_change_made_twice_is_no_conflict() -> None:
    found = merged(edit(("this_week", "now")), edit(("this_week", "now")))
    assert only(found).state is MergeState.BOTH_ALIKE


def test_the_same_value_written_otherwise_is_no_conflict_and_the_comment_stays() -> None:
    found = merged(edit(("this_week", '"now"')), edit(("this_week", "now  # at once")))
    assert found.files == edit(("this_week", "now  # at once"))


def test_a_mere_change_of_writing_gives_way_to_a_change_of_value() -> None:
    found = merged(edit(("this_week", '"this_week"')), edit(("this_week", "now")))
    assert found.files == edit(("this_week", "now"))


def test_rules_added_by_both_at_the_same_place_stand_one_behind_the_other() -> None:
    one, other = "\n- id: a\n  advise: x\n", "\n# b\n- id: b\n  advise: y\n"
    found = merged({FILE: PAY + other}, {FILE: PAY + one})
    assert found.files == {FILE: PAY + one + other}
    assert [(entry.id, entry.state.value) for entry in found.entries] == [("b", "theirs"), ("a", "mine")]


def test_the_same_new_rule_written_differently_is_a_conflict_of_the_fields_that_differ() -> None:
    theirs, mine = ({FILE: f"{PAY}\n- id: a\n  advise: x\n  urgency: {word}\n"} for word in ("now", "today"))
    alike = {"id": "both_alike", "advise": "both_alike"}
    assert states(only(merge(BASE, theirs, mine))) == {**alike, "urgency": "conflict"}


def test_a_rule_taken_out_here_and_another_changed_there() -> None:
    without = edit(("- id: pay-part\n  advise: pay_part\n  urgency: this_week\n\n", ""))
    found = merged(without, edit(("urgency: now", "urgency: today")))
    assert found.files == edit(("urgency: now", "urgency: today"), text=without[FILE])
    assert not found.conflicts


def test_neighbours_taken_out_by_both_are_both_gone() -> None:
    without_part = edit(("- id: pay-part\n  advise: pay_part\n  urgency: this_week\n\n", ""))
    without_nothing = edit(("\n- id: pay-nothing\n  advise: hold_payment\n  urgency: now\n", ""))
    found = merged(without_part, without_nothing)
    assert "pay-part" not in found.files[FILE]
    assert "pay-nothing" not in found.files[FILE]
    assert not found.conflicts


def test_a_rule_taken_out_by_one_and_changed_by_the_other_is_a_conflict() -> None:
    without = edit(("\n- id: pay-nothing\n  advise: hold_payment\n  urgency: now\n", ""))
    changed = edit(("urgency: now", "urgency: today"))
    assert merge(BASE, without, changed).files == changed
    assert merge(BASE, changed, without).files == without
    found = only(merge(BASE, without, changed))
    assert (found.state, found.theirs) == (MergeState.CONFLICT, None)
    assert merge(BASE, without, changed, {("rules", "pay-nothing", ""): "theirs"}).files == without


def test_a_rule_moved_to_another_topic_takes_the_other_sides_change_along() -> None:
    moved = "\n- id: pay-nothing\n  advise: hold_payment\n  urgency: now\n"
    mine = {**edit((moved, "")), "topics/hold.yaml": f"topic: hold\nrules:\n{moved}"}
    found = merge(BASE, edit(("urgency: now", "urgency: today")), mine)
    assert found.files["topics/hold.yaml"] == f"topic: hold\nrules:\n{moved}".replace("now", "today")
    assert "pay-nothing" not in found.files[FILE]
    assert not found.conflicts


def test_an_order_changed_by_one_is_kept_and_by_both_differently_is_a_conflict() -> None:
    actions = "actions:\n- id: a\n  order: 1\n- id: b\n  order: 2\n- id: c\n  order: 3\n"
    blocks = {name: f"- id: {name}\n  order: {number}\n" for number, name in enumerate("abc", start=1)}
    bca, cab = ("actions:\n" + "".join(blocks[name] for name in order) for order in ("bca", "cab"))
    base = {"actions.yaml": actions}
    mine, theirs = {"actions.yaml": bca}, {"actions.yaml": cab.replace("order: 1", "order: 8")}
    assert merge(base, {"actions.yaml": actions.replace("order: 1", "order: 8")}, mine).files == {
        "actions.yaml": bca.replace("order: 1", "order: 8")
    }
    found = merge(base, theirs, mine)
    assert [(entry.kind, entry.id) for entry in found.conflicts] == [("file", "actions.yaml")]
    assert found.files == {"actions.yaml": bca.replace("order: 1", "order: 8")}


def test_what_stands_outside_entries_follows_the_side_that_changed_it() -> None:
    head, tail = edit(("# Paying.", "# Paying and not paying.")), {FILE: f"{PAY}# the end\n"}
    found = merged(head, tail)
    assert found.files == edit(("# Paying.", "# Paying and not paying."), text=tail[FILE])
    assert not found.conflicts


def test_the_head_of_a_topic_is_merged_field_by_field() -> None:
    found = merged(edit(("topic: pay\n", "topic: pay\nmay_join: no\n")), edit(("{zh: 还,", "{zh: 还款,")))
    assert found.files == edit(("topic: pay\n", "topic: pay\nmay_join: no\n"), ("{zh: 还,", "{zh: 还款,"))


def test_comments_changed_by_both_are_both_kept() -> None:
    found = merged(edit(("# the plain way", "# plainly")), edit(("# the plain way", "# the plain way\n# yes")))
    assert not found.conflicts
    assert "# plainly\n# the plain way\n# yes\n" in found.files[FILE].replace("\n\n", "\n")


def test_a_file_that_cannot_be_read_is_merged_as_a_whole() -> None:
    broken = {FILE: f"{PAY}- id: [oops\n"}
    assert merge(BASE, broken, BASE).files == broken
    assert merge(BASE, BASE, broken).files == broken
    found = merge(BASE, edit(("this_week", "now")), broken)
    assert found.files == broken
    assert [(entry.kind, entry.id) for entry in found.conflicts] == [("file", FILE)]


def test_a_file_that_one_side_took_away_is_gone_unless_the_other_changed_it() -> None:
    assert merge(BASE, {}, BASE).files == {}
    assert merge(BASE, BASE, {}).files == {}
    changed = edit(("this_week", "now"))
    assert merge(BASE, {}, changed).files == changed
    assert [entry.kind for entry in merge(BASE, {}, changed).conflicts] == ["file"]
    assert merge(BASE, changed, {}).files == {}


def test_files_added_by_either_side_are_there() -> None:
    found = merge(BASE, {**BASE, "cases/a.yaml": "cases:\n- name: a\n"}, {**BASE, "contacts.yaml": ""})
    assert list(found.files) == ["cases/a.yaml", "contacts.yaml", FILE]


def test_nothing_changed_is_nothing_to_report() -> None:
    assert merge(BASE, BASE, BASE) == Merge(BASE, ())
