"""`/v1/drafts` over HTTP, on SQLite and on PostgreSQL: begun, listed, edited without losing a letter, put away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.advisor.schemas.draft_answer import (
    DraftSchema,
    DraftsPageSchema,
    StaleSchema,
    VersionsPageSchema,
)
from services.casebook.model import Role
from tests.advisor.rules_world import NEW, PAY, URGENCY, Draft, World
from tests.rulebook.small_rulebook import small_files

OLD, NEWER = "urgency: today", "urgency: now"


@pytest.fixture
def draft(world: World) -> Draft:
    return world.desk().begin()


@pytest.fixture
def some_draft(rules_world: World) -> Draft:
    """For what is the same on every database."""
    return rules_world.desk().begin()


# Who may


def test_without_a_key_the_answer_is_401(rules_world: World) -> None:
    refused = rules_world.app.test_client().get("/v1/drafts")
    assert (refused.status_code, refused.json["code"]) == (401, "key_needed")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_unknown_key_is_401_and_one_without_a_part_in_the_rules_403(rules_world: World) -> None:
    client = rules_world.app.test_client()
    unknown = client.get("/v1/drafts", headers={"Authorization": "Bearer ash_org_unknown"})
    assert (unknown.status_code, unknown.json["code"]) == (401, "key_unknown")
    without = rules_world.desk(None).get("/drafts")
    assert (without.status_code, without.json["code"]) == (403, "no_rules_role")


def test_a_viewer_reads_and_changes_nothing(some_draft: Draft) -> None:
    viewer = some_draft.by(Role.VIEWER)
    assert viewer.get()["title"] == NEW["title"]
    refused = [viewer.desk.post("/drafts", NEW), viewer.change({"title": "Mine"}), viewer.discard()]
    assert [(one.status_code, one.json["code"], one.json["role"]) for one in refused] == [
        (403, "role_needed", "editor")
    ] * 3


# Beginning and reading


def test_a_draft_begins_with_the_rules_in_force(world: World) -> None:
    begun = world.desk().post("/drafts", NEW)
    assert begun.status_code == 201
    assert DraftSchema().validate(begun.json) == {}
    assert begun.headers["Location"] == f"/v1/drafts/{begun.json['id']}"
    assert begun.headers["ETag"] == f'"draft-{begun.json["id"]}-v1"'
    assert begun.json["state"] == "open"
    assert begun.json["base"]["number"] == 1
    assert begun.json["is_behind"] is False
    assert Draft(world.desk(), begun.json["id"]).files == small_files()


def test_a_draft_may_begin_with_files_of_its_own(world: World) -> None:
    files = small_files()
    files[PAY] = files[PAY].replace(OLD, NEWER)
    assert world.desk().begin(files=files).files == files


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"title": ""}, "/title", "empty"),
        ({"title": None}, "/title", "null"),
        ({"title": "x" * 201}, "/title", "too_long"),
        ({"why": 3}, "/why", "wrong_type"),
        ({"wy": "a slip"}, "/wy", "unknown_field"),
        ({"files": []}, "/files", "not_an_object"),
        ({"files": {"facts.yaml": 3}}, "/files/facts.yaml", "wrong_type"),
        ({"files": {"facts.yaml": None}}, "/files/facts.yaml", "null"),
        ({"files": {"../facts.yaml": "facts:"}}, "/files", "bad_file_name"),
        ({"files": {"facts.yaml": "a\0b"}}, "/files", "unreadable_text"),
    ],
)
def test_a_draft_that_cannot_be_begun_is_refused_with_its_place(
    rules_world: World, change: dict[str, object], pointer: str, code: str
) -> None:
    refused = rules_world.desk().post("/drafts", {**NEW, **change})
    assert refused.status_code == 422
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in refused.json["errors"]]


def test_a_misspelt_field_is_answered_with_the_one_that_was_meant(rules_world: World) -> None:
    refused = rules_world.desk().post("/drafts", {**NEW, "titel": "A slip"}, Accept_Language="en")
    assert "`title`" in refused.json["errors"][0]["suggestion"]


def test_the_same_key_begins_one_draft(world: World) -> None:
    first = world.desk().post("/drafts", NEW, Idempotency_Key="a-key-for-this-draft")
    again = world.desk().post("/drafts", NEW, Idempotency_Key="a-key-for-this-draft")
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    other = world.desk().post("/drafts", {**NEW, "title": "Another"}, Idempotency_Key="a-key-for-this-draft")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_drafts_are_listed_a_page_at_a_time_the_newest_first(world: World) -> None:
    desk = world.desk()
    ids = [desk.begin().id for _ in range(3)]
    first = desk.get("/drafts?limit=2").json
    second = desk.get(f"/drafts?limit=1&cursor={first['next_cursor']}").json
    assert DraftsPageSchema().validate(first) == {}
    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]


def test_drafts_are_listed_by_their_state(world: World) -> None:
    desk = world.desk()
    kept, gone = desk.begin(), desk.begin()
    gone.discard()
    listed = [one["id"] for one in desk.get("/drafts?state=discarded").json["items"]]
    assert (gone.id in listed, kept.id in listed) == (True, False)


@pytest.mark.parametrize("query", ["state=opne", "limit=0", "cursor=nonsense", "staet=open"])
def test_a_list_that_cannot_be_asked_for_is_refused(rules_world: World, query: str) -> None:
    refused = rules_world.desk().get(f"/drafts?{query}")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == f"?{query.split('=', maxsplit=1)[0]}"


@pytest.mark.parametrize("number", ["0", "99999", "-1", "x", "9" * 40, "%00", "1.0"])
def test_odd_numbers_are_drafts_that_never_were(rules_world: World, number: str) -> None:
    desk = rules_world.desk()
    answers = [
        desk.get(f"/drafts/{number}"),
        desk.get(f"/drafts/{number}/changes"),
        desk.post(f"/drafts/{number}/test"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


# Changing


def test_one_field_is_changed_and_every_other_letter_stays(draft: Draft) -> None:
    changed = draft.change({"entries": [URGENCY]})
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    assert changed.headers["ETag"] == f'"draft-{draft.id}-v2"'
    files = small_files()
    assert draft.files == {**files, PAY: files[PAY].replace(OLD, NEWER, 1)}


def test_a_whole_entry_is_rewritten_added_and_taken_out(draft: Draft) -> None:
    talk = "- {id: talk, order: 8, title: {zh: 聊, en: Have a talk}}"
    write = "- {id: write, order: 9, title: {zh: 写信, en: Write}}"
    entries = [
        {"kind": "actions", "id": "talk", "text": talk},
        {"kind": "actions", "id": "write", "file": "actions.yaml", "text": write},
        {"kind": "cases", "id": "somebody who can pay", "remove": True},
        {
            "kind": "sources",
            "id": "law",
            "file": "sources.yaml",
            "set": {"kind": "law", "title": {"zh": "法", "en": "Law"}},
        },
    ]
    assert draft.change({"entries": entries}).status_code == 200, draft.files
    assert talk in draft.files["actions.yaml"]
    assert write in draft.files["actions.yaml"]
    assert "who can pay" not in draft.files["cases/pay.yaml"]
    assert "id: law" in draft.files["sources.yaml"]


def test_whole_files_are_replaced_added_and_taken_away(draft: Draft) -> None:
    draft.change({"files": {"always.yaml": None, "topics/more.yaml": "# nothing yet\n"}})
    assert "always.yaml" not in draft.files
    assert draft.files["topics/more.yaml"] == "# nothing yet\n"


def test_a_new_name_is_carried_everywhere(draft: Draft) -> None:
    renamed = draft.change({"rename": {"kind": "facts", "id": "negotiation", "to": "talks"}})
    assert renamed.status_code == 200
    assert "negotiation" not in "".join(draft.files.values())
    assert "talks: not refused" in draft.files[PAY]


def test_a_word_of_a_fact_is_renamed_with_everything_that_asks_for_it(draft: Draft) -> None:
    draft.change({"rename": {"kind": "facts", "id": "negotiation", "word": "refused", "to": "turned_down"}})
    assert "negotiation: not turned_down" in draft.files[PAY]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"entries": [{**URGENCY, "id": "pay-todya"}]}, "/entries/0"),
        ({"entries": [URGENCY, {**URGENCY, "remove": True}]}, "/entries/1"),
        ({"entries": [{"kind": "rules", "id": "pay-today"}]}, "/entries/0"),
        ({"entries": [{"kind": "rules", "id": "pay-today", "remove": False}]}, "/entries/0"),
        ({"entries": [{**URGENCY, "kind": "ruls"}]}, "/entries/0/kind"),
        ({"entries": [{**URGENCY, "sets": {}}]}, "/entries/0/sets"),
        (
            {"entries": [{"kind": "rules", "id": "new", "file": "topics/pai.yaml", "text": "- {id: new}"}]},
            "/entries/0/file",
        ),
        ({"entries": "pay-today"}, "/entries"),
        ({"rename": {"kind": "facts", "id": "negotation", "to": "talks"}}, "/rename"),
        ({"rename": {"kind": "facts", "id": "negotiation", "to": "written"}}, "/rename"),
        ({"rename": {"kind": "rules", "id": "pay-today", "word": "x", "to": "y"}}, "/rename/kind"),
        ({"files": {"Topics/Pay.yaml": "rules:"}}, "/files"),
        ({"files": {PAY: 7}}, f"/files/{PAY.replace('/', '~1')}"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_with_its_place_and_nothing_is_saved(
    some_draft: Draft, change: dict[str, object], pointer: str
) -> None:
    refused = some_draft.change({"title": "Not this one", **change})
    assert refused.status_code == 422
    assert pointer in [error["pointer"] for error in refused.json["errors"]]
    assert (some_draft.get()["version"], some_draft.get()["title"]) == (1, NEW["title"])


def test_what_it_is_about_can_be_said_otherwise_without_a_new_version(draft: Draft) -> None:
    changed = draft.change({"title": "Ten days of grace"}).json
    assert (changed["title"], changed["why"], changed["version"]) == ("Ten days of grace", NEW["why"], 1)


def test_saving_the_same_again_is_no_new_version(draft: Draft) -> None:
    assert draft.change({"entries": [{**URGENCY, "set": {"urgency": "today"}}]}).json["version"] == 1


def test_every_save_is_listed_with_its_author_the_newest_first(draft: Draft) -> None:
    draft.change({"entries": [URGENCY]})
    versions = draft.get("/versions")
    assert VersionsPageSchema().validate(versions) == {}
    assert [(one["version"], one["files"], one["by"]) for one in versions["items"]] == [
        (2, [PAY], "the editor"),
        (1, [], "the editor"),
    ]
    assert draft.get("/versions?limit=1")["next_cursor"] is not None


# Two people


def test_a_change_needs_the_version_that_was_read(some_draft: Draft) -> None:
    refused = some_draft.desk.ask("PATCH", f"/drafts/{some_draft.id}", {"title": "Blindly"})
    assert (refused.status_code, refused.json["code"]) == (428, "if_match_missing")
    assert refused.headers["ETag"] == f'"draft-{some_draft.id}-v1"'


def test_a_stale_change_is_answered_with_who_changed_what(draft: Draft) -> None:
    draft.change({"entries": [URGENCY]})
    stale = draft.change({"entries": [{**URGENCY, "set": {"urgency": "this_week", "owner": "me"}}]}, seen=1)
    assert stale.status_code == 412
    assert stale.mimetype == "application/problem+json"
    assert StaleSchema().validate(stale.json) == {}
    assert stale.headers["ETag"] == f'"draft-{draft.id}-v2"'
    (entry,) = stale.json["merge"]
    assert (entry["kind"], entry["id"], entry["state"]) == ("rules", "pay-today", "conflict")
    states = {field["field"]: field["state"] for field in entry["fields"]}
    assert states == {"urgency": "conflict", "owner": "mine"}
    (urgency,) = [field for field in entry["fields"] if field["field"] == "urgency"]
    assert [word in urgency[side] for side, word in (("base", "today"), ("theirs", "now"), ("mine", "this_week"))] == [
        True
    ] * 3
    assert draft.get()["version"] == 2


def test_of_those_who_save_at_the_same_moment_one_is_first_and_the_others_are_told(draft: Draft) -> None:
    def save(owner: str) -> int:
        return draft.change({"entries": [{**URGENCY, "set": {"owner": owner}}]}, seen=1).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(save, ("ann", "bob", "cho", "dan"))) == [200, 412, 412, 412]
    assert draft.get()["version"] == 2


@pytest.mark.parametrize("tag", ['"draft-{id}-v9"', '"draft-99-v1"', '"nonsense"', 'W/"draft-{id}-v1"', '""'])
def test_a_version_that_never_was_is_stale_and_has_no_merge(some_draft: Draft, tag: str) -> None:
    some_draft.change({"entries": [URGENCY]})
    path = f"/drafts/{some_draft.id}"
    refused = some_draft.desk.ask("PATCH", path, {"title": "Mine"}, If_Match=tag.format(id=some_draft.id))
    assert (refused.status_code, refused.json["merge"], refused.json["version"]) == (412, [], 2)


def test_a_star_means_whatever_version_there_is(some_draft: Draft) -> None:
    changed = some_draft.desk.ask("PATCH", f"/drafts/{some_draft.id}", {"entries": [URGENCY]}, If_Match="*")
    assert (changed.status_code, changed.json["version"]) == (200, 2)


# Putting away


def test_a_draft_that_was_put_away_can_be_read_and_no_longer_changed(draft: Draft) -> None:
    gone = draft.discard()
    assert (gone.status_code, gone.json["state"]) == (200, "discarded")
    refused = draft.change({"entries": [URGENCY]})
    assert (refused.status_code, refused.json["code"]) == (409, "is_discarded")
    assert draft.files == small_files()


def test_a_draft_that_changed_is_not_put_away_by_who_has_not_seen_it(draft: Draft) -> None:
    draft.change({"entries": [URGENCY]})
    refused = draft.discard(If_Match=f'"draft-{draft.id}-v1"')
    assert (refused.status_code, draft.get()["state"]) == (412, "open")
