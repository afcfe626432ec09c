"""Whatever somebody with a key sends about drafts and releases is answered as described: never a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import (
    ChecksConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)

from services.casebook.model import Role
from services.casebook.settings import Settings
from tests.advisor.rules_world import PAY, Draft, World, sound_files, started

EXAMPLES = 8
ACCEPTED = ["2xx", "400", "404", "409", "412", "422", "428"]
KINDS = st.sampled_from(["rules", "facts", "actions", "sources", "contacts", "points", "properties", "cases", "topics"])
IDS = st.sampled_from(["pay-today", "days_overdue", "negotiation", "pay", "article", "somebody who can pay"])
WORDS = st.text(max_size=30) | IDS
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(["when", "advise", "urgency", "text", "sources", "given", "expect", "choices", "id", "range"])
FILES = st.sampled_from(["facts.yaml", PAY, "cases/pay.yaml", "new.yaml", "../x.yaml", "x.txt"])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    yield from started(settings, f"sqlite:///{folder / 'ashore.db'}", folder / "rules", sound_files())


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_endpoint_answers_an_admin_as_described(world: World, mode: GenerationMode) -> None:
    acceptance = PositiveDataAcceptanceConfig(expected_statuses=ACCEPTED)
    project = ProjectConfig(checks=ChecksConfig(positive_data_acceptance=acceptance))
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    api = schemathesis.openapi.from_wsgi("/openapi.json", world.app, config=config)
    operations = [result.ok() for result in api.get_all_operations()]
    ours = [one for one in operations if one.path.startswith(("/v1/drafts", "/v1/releases"))]
    assert len(ours) >= 10
    for operation in ours:
        if mode is GenerationMode.POSITIVE or operation.body or operation.query:
            check_answers(world, operation, mode)


def check_answers(world: World, operation: schemathesis.APIOperation, mode: GenerationMode) -> None:
    desk = world.desk(Role.ADMIN)
    draft = desk.begin()
    number = draft.id if operation.path.startswith("/v1/drafts") else "1"

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case) -> None:
        if case.path_parameters:
            case.path_parameters["number"] = number
        sent = {"Authorization": f"Bearer {desk.key}"}
        if operation.method == "patch":
            sent["If-Match"] = "*"
        case.call_and_validate(headers=sent)

    check()


@st.composite
def edits(draw: st.DrawFn) -> dict[str, object]:
    edit: dict[str, object] = {"kind": draw(KINDS), "id": draw(IDS | WORDS)}
    if draw(st.booleans()):
        edit["file"] = draw(FILES)
    way = draw(st.sampled_from(["set", "text", "remove"]))
    content = {
        "set": st.dictionaries(FIELDS, VALUES, max_size=3),
        "text": st.text(max_size=80),
        "remove": st.booleans(),
    }
    return {**edit, way: draw(content[way])}


@given(
    changes=st.fixed_dictionaries(
        {},
        optional={
            "entries": st.lists(edits(), max_size=3),
            "files": st.dictionaries(FILES, st.none() | st.text(max_size=80), max_size=2),
            "rename": st.fixed_dictionaries({"kind": KINDS, "id": IDS, "to": WORDS}, optional={"word": WORDS}),
        },
    )
)
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_any_edit_is_saved_whole_or_refused_with_its_place(world: World, changes: dict[str, object]) -> None:
    draft = some_draft(world)
    before = draft.get()["version"]
    answer = draft.desk.ask("PATCH", f"/drafts/{draft.id}", changes, If_Match="*")
    assert answer.status_code in (200, 400, 409, 422), answer.text
    if answer.status_code != 200:
        assert draft.get()["version"] == before
        assert answer.status_code == 409 or all(error["detail"] for error in answer.json["errors"])


def some_draft(world: World) -> Draft:
    """One that all examples may spoil, begun anew when it has been."""
    desk = world.desk()
    newest = desk.get("/drafts?state=open&limit=1").json["items"]
    if newest and newest[0]["version"] < 20:
        return Draft(desk, newest[0]["id"])
    return desk.begin()
