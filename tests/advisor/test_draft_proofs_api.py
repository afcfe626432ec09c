"""`/v1/drafts/{id}/validate|test|preview|changes`: what is wrong with a draft, and whom it would affect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.advisor.schemas.draft_answer import ChangesSchema
from services.advisor.schemas.draft_proof_answer import PreviewSchema, TrialSchema, ValidationSchema
from services.casebook.model import Role
from services.casebook.settings import Settings
from tests.advisor.rules_world import NARROW, PAY, URGENCY, Draft, World, sound_files, started

BROKEN = {"files": {PAY: sound_files()[PAY].replace("advise: pay", "advise: pai")}}
NO_YAML = {"files": {PAY: "rules: [\n"}}


@pytest.fixture(scope="module")
def sound_world(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("sound")
    yield from started(settings, f"sqlite:///{folder / 'ashore.db'}", folder / "rules", sound_files())


@pytest.fixture
def draft(sound_world: World) -> Draft:
    return sound_world.desk().begin()


def asked(draft: Draft, what: str) -> Any:
    answer = draft.post(f"/{what}")
    assert answer.status_code == 200, answer.text
    return answer.json


# Validate


def test_sound_rules_may_be_published_and_the_answer_says_what_was_proved(draft: Draft) -> None:
    answer = asked(draft, "validate")
    assert ValidationSchema().validate(answer) == {}
    assert (answer["may_be_published"], answer["counts"]["error"], answer["version"]) == (True, 0, 1)
    assert (answer["proved"]["always_a_next_step"], answer["proved"]["engines_agree"]) == (True, True)


def test_a_gap_is_found_with_a_person_who_would_fall_into_it(draft: Draft) -> None:
    draft.change({"entries": [NARROW]})
    answer = asked(draft, "validate")
    assert answer["may_be_published"] is False
    (gap,) = [one for one in answer["findings"] if one["code"] == "gap"]
    assert gap["severity"] == "error"
    assert gap["example"] == {"days_overdue": 31}
    assert "31 days" in gap["example_said"]["en"]
    assert "31 天" in gap["example_said"]["zh"]
    assert gap["where"]


def test_a_mistake_in_a_file_is_found_with_its_rule_and_its_place(draft: Draft) -> None:
    draft.change(BROKEN)
    answer = asked(draft, "validate")
    assert (answer["may_be_published"], answer["proved"]) == (False, None)
    (unknown,) = [one for one in answer["findings"] if one["severity"] == "error"]
    assert (unknown["file"], unknown["rules"]) == (PAY, ["pay-today"])
    assert draft.files[unknown["file"]].splitlines()[unknown["line"] - 1] == "  advise: pai"
    assert "`pay`" in unknown["said"]["en"]


def test_a_file_that_is_no_yaml_is_a_finding_like_any_other(draft: Draft) -> None:
    draft.change(NO_YAML)
    assert {one["file"] for one in asked(draft, "validate")["findings"]} >= {PAY}


def test_errors_come_before_warnings_and_notes(draft: Draft) -> None:
    draft.change({"entries": [NARROW]})
    severities = [one["severity"] for one in asked(draft, "validate")["findings"]]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    assert len(set(severities)) > 1


def test_a_case_that_is_answered_otherwise_is_an_error(draft: Draft) -> None:
    draft.change({"entries": [{"kind": "rules", "id": "pay-today", "set": {"advise": "talk"}}]})
    failed = [one for one in asked(draft, "validate")["findings"] if one["code"] == "missing_action"]
    assert [(one["rules"], one["file"]) for one in failed] == [(["somebody who can pay"], "cases/pay.yaml")]


# Test


def test_the_cases_are_tried_and_their_reach_is_counted(draft: Draft) -> None:
    answer = asked(draft, "test")
    assert TrialSchema().validate(answer) == {}
    cases = answer["cases"]
    assert (cases["total"], cases["passed"], cases["failed"]) == (1, 1, 0)
    assert (answer["coverage"]["rules"], answer["coverage"]["rules_that_speak"]) == (2, 1)


def test_a_failed_case_says_what_was_expected(draft: Draft) -> None:
    draft.change({"entries": [{"kind": "rules", "id": "pay-today", "set": {"advise": "talk"}}]})
    cases = asked(draft, "test")["cases"]
    assert (cases["passed"], cases["failed"]) == (0, 1)
    assert "`pay` should be advised" in cases["failures"][0]["said"]["en"]


def test_a_change_that_no_case_would_notice_comes_with_a_case_that_would(draft: Draft) -> None:
    draft.change({"entries": [{"kind": "rules", "id": "pay-today", "set": {"when": {"days_overdue": "2..3650"}}}]})
    changes = asked(draft, "test")["small_changes"]
    assert changes["tried"] == changes["noticed"] + len(changes["unnoticed"])
    assert changes["unnoticed"][0]["rule"] == "pay-today"
    offered = changes["unnoticed"][0]["case"]
    draft.change({"files": {"cases/more.yaml": f"cases:\n{offered['text']}"}})
    better = asked(draft, "test")
    assert better["cases"]["failed"] == 0
    assert len(better["small_changes"]["unnoticed"]) < len(changes["unnoticed"])


def test_what_cannot_be_read_cannot_be_tried(draft: Draft) -> None:
    draft.change(BROKEN)
    answer = asked(draft, "test")
    assert TrialSchema().validate(answer) == {}
    assert (answer["is_readable"], answer["coverage"], answer["small_changes"]) == (False, None, None)


# Preview


def test_everybody_whose_advice_changes_is_said_with_an_example(draft: Draft) -> None:
    draft.change({"entries": [NARROW]})
    answer = asked(draft, "preview")
    assert PreviewSchema().validate(answer) == {}
    situations = answer["situations"]
    assert (situations["gets_less_urgent"], situations["actions_lost"]) == (True, ["pay"])
    lost = situations["changes"][0]
    assert (lost["action"], lost["change"], lost["rules_before"]) == ("pay", "lost", ["pay-today"])
    assert lost["example"]["days_overdue"] == 31
    assert lost["where"][0]["en"]
    assert lost["situations"]["is_exact"] is True


def test_recorded_cases_are_listed_with_what_they_lose_and_gain(sound_world: World, draft: Draft) -> None:
    late, early = (open_case(sound_world, days) for days in (40, 10))
    draft.change({"entries": [NARROW]})
    recorded = asked(draft, "preview")["recorded"]
    changed = {one["case"]: one for one in recorded["cases"]}
    assert (changed[late]["lost"], changed[late]["gained"]) == (["pay"], ["talk"])
    assert early not in changed
    assert recorded["changed"] == len(changed) == recorded["lose_a_step"]


def test_a_draft_that_changes_nothing_affects_nobody(draft: Draft) -> None:
    situations = asked(draft, "preview")["situations"]
    assert (situations["changes"], situations["changed"]["high"]) == ([], "0")


def test_what_cannot_be_read_cannot_be_previewed_and_the_answer_says_what_to_mend(draft: Draft) -> None:
    draft.change(BROKEN)
    refused = draft.post("/preview")
    assert (refused.status_code, refused.json["code"]) == (409, "unreadable_rules")
    assert [one["file"] for one in refused.json["findings"] if one["severity"] == "error"] == [PAY]


# Changes


def test_changes_are_said_as_written_and_as_sentences(draft: Draft) -> None:
    draft.change({"entries": [URGENCY]})
    answer = draft.get("/changes")
    assert ChangesSchema().validate(answer) == {}
    (entry,) = answer["items"]
    assert (entry["kind"], entry["id"], entry["file"], entry["change"]) == ("rules", "pay-today", PAY, "changed")
    (field,) = entry["fields"]
    assert (field["field"], "today" in field["old"], "now" in field["new"]) == ("urgency", True, True)
    (said,) = entry["said"]
    assert said["old"] != said["new"]
    assert said["about"]["zh"]


def test_changes_of_rules_that_cannot_be_read_are_shown_as_written_alone(draft: Draft) -> None:
    draft.change(BROKEN)
    answer = draft.get("/changes")
    assert (answer["is_readable"], [entry["said"] for entry in answer["items"]]) == (False, [None])


def test_a_file_that_is_no_yaml_has_changed_as_a_whole(draft: Draft) -> None:
    draft.change(NO_YAML)
    answer = draft.get("/changes")
    assert answer["is_readable"] is False
    assert PAY in {entry["file"] for entry in answer["items"]}


@pytest.mark.parametrize(
    ("kind", "entry", "fields"),
    [
        ("actions", "pay", {"minutes": "15"}),
        ("facts", "days_overdue", {"label": {"zh": "逾期", "en": "days late"}}),
        ("sources", "article", {"title": {"zh": "新文章", "en": "The new article"}}),
    ],
)
def test_changes_of_other_things_are_said_too(draft: Draft, kind: str, entry: str, fields: dict[str, object]) -> None:
    draft.change({"entries": [{"kind": kind, "id": entry, "set": fields}]})
    (change,) = draft.get("/changes")["items"]
    assert (change["kind"], change["id"]) == (kind, entry)
    assert change["said"][0]["new"]["en"] != change["said"][0]["old"]["en"]


def test_an_untouched_draft_changes_nothing(draft: Draft) -> None:
    assert draft.get("/changes")["items"] == []


# Everywhere


@pytest.mark.parametrize("what", ["validate", "test", "preview"])
def test_proofs_change_nothing_and_are_open_to_whoever_reads(draft: Draft, what: str) -> None:
    draft.change({"entries": [NARROW]})
    before = draft.get()
    asked(draft.by(Role.VIEWER), what)
    assert draft.get() == before


@pytest.mark.parametrize("what", ["validate", "test", "preview"])
def test_a_body_is_not_needed_and_an_unknown_field_is_refused(draft: Draft, what: str) -> None:
    assert draft.post(f"/{what}", {}).status_code == 200
    refused = draft.post(f"/{what}", {"deep": True})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/deep")


def open_case(world: World, days: int) -> str:
    body = {"facts": {"days_overdue": days, "negotiation": "not_started"}, "consent": {"store_case": True}}
    opened = world.app.test_client().post("/v1/cases", json=body, headers={"Idempotency-Key": f"a-case-of-{days}"})
    assert opened.status_code == 201, opened.text
    return str(opened.json["id"])
