"""Entries in forms, without JavaScript: what is not changed stays letter by letter, what is typed is never lost."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from services.advisor.parts import Parts
from services.advisor.studio.forms.entry_form import EntryForm
from services.advisor.studio.forms.kinds import GROUPS, SPECS
from services.casebook.draft_versions import files_of
from services.casebook.model import Role
from services.casebook.rule_tables import DraftRow
from services.rulebook.editing.comparing import entry_changes
from services.rulebook.editing.entries import change_entry, entries_of, read_entry
from services.rulebook.load import find_problems, read_folder
from services.rulebook.model import Rulebook
from tests.advisor.studio.admin import Admin
from tests.advisor.studio.conftest import Enter

STARTER = read_folder("rules")
RULE, TOPIC = "propose-what-you-can-keep", "topics/negotiate.yaml"
ONE_OF_EACH = [
    ("rules", RULE), ("rules", "speak-with-somebody"), ("facts", "days_overdue"), ("facts", "product"),
    ("actions", "propose_plan"), ("sources", "civil-code"), ("contacts", "police"),
    ("cases", next(iter(entries_of(STARTER, "cases")))),
]  # fmt: skip
ONE_OF_EACH = [(kind, entry) for kind, entry in ONE_OF_EACH if entry in entries_of(STARTER, kind)]


class Draft:
    """A draft of one test, with its files read from the database."""

    def __init__(self, parts: Parts, number: int) -> None:
        self.parts = parts
        self.number = number

    def path(self, kind: str, entry: str) -> str:
        return f"/studio/drafts/{self.number}/edit/{kind}/{entry}"

    @property
    def files(self) -> dict[str, str]:
        with self.parts.database.read() as session:
            return files_of(session, session.get_one(DraftRow, self.number))

    @property
    def changed(self) -> list[tuple[str, str]]:
        return [(change.kind, change.id) for change in entry_changes(STARTER, self.files)]


@pytest.fixture
def draft(editor: Admin, parts_of_studio: Parts) -> Draft:
    editor.open("/studio/drafts").send("/studio/drafts", title="A change", why="A reason")
    return Draft(parts_of_studio, int(editor.path.rsplit("/", 1)[1]))


@pytest.mark.parametrize("kind", SPECS)
def test_every_entry_of_the_starter_rulebook_survives_its_form_letter_by_letter(kind: str, rulebook: Rulebook) -> None:
    files = STARTER
    for entry in entries_of(files, kind).values():
        written = EntryForm.showing(kind, entry.values, rulebook.facts).written(entry.values)
        assert change_entry(files, kind, entry.id, written) == files, entry.id


@pytest.mark.parametrize(("kind", "entry"), ONE_OF_EACH)
def test_a_form_sent_as_it_stands_changes_nothing(editor: Admin, draft: Draft, kind: str, entry: str) -> None:
    editor.open(draft.path(kind, entry))
    assert editor.status == 200
    editor.send(draft.path(kind, entry), do="save")
    assert draft.files == STARTER


def test_every_field_of_a_kind_with_headings_stands_under_one_of_them() -> None:
    for kind, groups in GROUPS.items():
        assert sorted(key for _, keys in groups for key in keys) == sorted(spec.key for spec in SPECS[kind])


def test_a_changed_title_changes_its_two_lines_and_nothing_else(editor: Admin, draft: Draft) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(path, title__en="Offer what you can keep up")
    old, new = STARTER[TOPIC].splitlines(), draft.files[TOPIC].splitlines()
    assert [(was, now) for was, now in zip(old, new, strict=True) if was != now] == [
        ("    en: Propose an instalment plan that you can keep", "    en: Offer what you can keep up")
    ]
    assert draft.changed == [("rules", RULE)]


def test_a_condition_is_added_with_a_button_then_filled_in_and_saved(editor: Admin, draft: Draft) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(path, do="add:when")
    editor.send(path, do="refresh", when__3__fact="days_overdue")
    editor.send(path, do="save", when__3__low="5", when__3__high="10")
    assert read_entry(draft.files, "rules", RULE).values["when"] == {
        "ability_to_pay": "partial",
        "negotiation": ["not_started", "unknown"],
        "promise_status": ["none", "unknown"],
        "days_overdue": "5..10",
    }


def test_a_condition_is_taken_out_with_a_button(editor: Admin, draft: Draft) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(path, do="remove:when:1").send(path, do="save")
    assert list(read_entry(draft.files, "rules", RULE).values["when"]) == ["ability_to_pay", "promise_status"]


def test_words_are_ticked_and_unticked(editor: Admin, draft: Draft) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(path, when__1__words=["not_started", "refused"])
    assert read_entry(draft.files, "rules", RULE).values["when"]["negotiation"] == ["not_started", "refused", "unknown"]


def test_money_is_typed_in_yuan_and_written_in_fen(editor: Admin, draft: Draft) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(path, do="add:when").send(path, do="refresh", when__3__fact="net_income_fen")
    editor.send(path, when__3__low="1,500.50".replace(",", ""), when__3__high="")
    assert read_entry(draft.files, "rules", RULE).values["when"]["net_income_fen"] == "150050+"


def test_a_mistake_is_named_at_its_field_with_a_suggestion_and_nothing_typed_is_lost(
    editor: Admin, draft: Draft
) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(path, do="add:when").send(path, do="refresh", when__3__fact="days_overdue")
    editor.send(path, when__3__low="five", when__3__high="10", title__zh="新标题", because__en="Said & <done>.")
    assert editor.status == 422
    assert "is not a range of numbers" in editor.text
    form = editor.form(path)
    assert (form["when-3-low"], form["when-3-high"]) == (["five"], ["10"])
    assert (form["title-zh"], form["because-en"]) == (["新标题"], ["Said & <done>."])
    assert draft.files == STARTER


def test_what_is_unfinished_can_be_saved_as_it_is_and_the_draft_says_so(editor: Admin, draft: Draft) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(path, sources__0__id="", sources__1__id="", sources__2__id="", review_by="soon")
    assert editor.status == 422
    editor.send(path, do="save_unfinished", review_by="soon")
    assert read_entry(draft.files, "rules", RULE).values["review_by"] == "soon"
    assert "error" in editor.open(f"/studio/drafts/{draft.number}").text
    assert "cannot be read at present" in editor.open(f"/studio/drafts/{draft.number}/topics/negotiate").text
    assert editor.open(path).form(path)["review_by"] == ["soon"]


def test_two_rows_about_one_fact_are_refused_before_one_of_them_is_lost(editor: Admin, draft: Draft) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(path, do="add:when").send(path, do="refresh", when__3__fact="ability_to_pay")
    editor.send(path, when__3__words=["none"])
    assert editor.status == 422
    assert "stands there twice" in editor.text


def test_a_word_that_the_vocabulary_no_longer_has_stays_in_the_form(editor: Admin, draft: Draft) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(path, advise="propose_plans", urgency="soonish")
    assert "Did you mean `propose_plan`?" in editor.text
    assert (editor.form(path)["advise"], editor.form(path)["urgency"]) == (["propose_plans"], ["soonish"])


def test_renaming_a_fact_takes_its_rules_and_cases_along(editor: Admin, draft: Draft) -> None:
    path = draft.path("facts", "days_waiting")
    editor.open(path).send(path, id="days_without_reply")
    files = draft.files
    assert not [problem for problem in find_problems(files) if not problem.is_warning]
    assert not any("days_waiting" in text for text in files.values())
    assert "days_without_reply" in files["cases/negotiate.yaml"]


def test_an_id_that_is_taken_is_refused(editor: Admin, draft: Draft) -> None:
    path = draft.path("actions", "propose_plan")
    editor.open(path).send(path, id="ask_for_deferral", title__en="Kept")
    assert editor.status == 422
    assert "ask_for_deferral" in editor.text
    assert editor.form(path)["title-en"] == ["Kept"]
    assert draft.files == STARTER


def test_a_new_rule_begins_with_sensible_days_and_lands_in_its_topic(editor: Admin, draft: Draft) -> None:
    path = f"/studio/drafts/{draft.number}/new/rules"
    editor.open(f"{path}?like={RULE}&topic=negotiate")
    editor.send(path, id="propose-again", title__zh="再提一次", title__en="Propose again")
    assert editor.path.endswith("/topics/negotiate")
    assert read_entry(draft.files, "rules", "propose-again").file == TOPIC
    assert draft.changed == [("rules", "propose-again")]


def test_an_empty_new_rule_is_refused_field_by_field(editor: Admin, draft: Draft) -> None:
    path = f"/studio/drafts/{draft.number}/new/rules"
    editor.open(f"{path}?topic=pay")
    assert editor.form(path)["valid-from"] == ["2026-11-24"]
    editor.send(path, id="empty-rule")
    assert editor.status == 422
    assert draft.files == STARTER


def test_a_rule_that_others_mention_is_taken_out_only_with_what_is_wrong_then_named(
    editor: Admin, draft: Draft
) -> None:
    path = draft.path("rules", RULE)
    editor.open(path).send(f"/studio/drafts/{draft.number}/remove/rules/{RULE}")
    assert ("rules", RULE) in draft.changed
    assert "error" in editor.open(f"/studio/drafts/{draft.number}").text


def test_a_case_with_a_name_full_of_signs_has_its_form(editor: Admin, draft: Draft) -> None:
    name = next(name for name in entries_of(STARTER, "cases") if ":" in name and "," in name)
    path = draft.path("cases", quote(name))
    assert editor.open(path).status == 200
    action = next(action for action in re.findall(r'action="([^"]*)"', editor.html) if "/edit/cases/" in action)
    form = editor.form(action)
    editor.send(path, form | {"as_of": ["2027-01-31"]})
    assert read_entry(draft.files, "cases", name).values["as_of"] == "2027-01-31"


def test_the_live_check_says_what_is_wrong_and_how_the_rule_would_read_and_writes_nothing(
    editor: Admin, draft: Draft
) -> None:
    path = draft.path("rules", RULE)
    form = editor.open(path).form(path) | {"do": ["check"]}
    editor.send(path, {**form, "urgency": ["today"]})
    assert "today" in editor.text
    assert "no errors" in editor.text
    editor.send(path, {**form, "review_by": ["2027-02-31"]})
    assert "2027-02-31" in editor.text
    assert "<html" not in editor.html
    assert draft.files == STARTER


def test_whoever_may_only_look_sees_the_form_but_no_button_to_save(enter: Enter, draft: Draft) -> None:
    viewer = enter(Role.VIEWER, "en").open(draft.path("rules", RULE))
    assert viewer.status == 200
    assert 'name="do"' not in viewer.html
    assert viewer.send(draft.path("rules", RULE), title__en="Mine").status == 403
    assert draft.files == STARTER


@pytest.mark.parametrize(
    "path", ["edit/rules/nobody", "edit/nothing/x", "new/nothing", "new/rules?topic=nobody", "entries/nothing",
             "topics/nobody"],
)  # fmt: skip
def test_what_is_not_there_is_a_calm_page(editor: Admin, draft: Draft, path: str) -> None:
    editor.open(f"/studio/drafts/{draft.number}/{path}")
    assert editor.status == 404
    assert "There is no such page" in editor.text


def test_two_people_who_change_different_things_see_both_and_whoever_was_slower_is_told(
    enter: Enter, draft: Draft
) -> None:
    fast, slow = enter(Role.EDITOR, "en"), enter(Role.EDITOR, "en")
    path = draft.path("rules", RULE)
    fast.open(path), slow.open(path)
    fast.send(path, title__en="By the first")
    slow.send(path, title__en="By the second")
    assert slow.status == 409
    assert read_entry(draft.files, "rules", RULE).values["title"]["en"] == "By the first"
