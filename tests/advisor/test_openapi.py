"""The OpenAPI document is valid, complete and true: schemathesis posts what it allows, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.config import (
    ChecksConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)

from services.rulebook.model import Rulebook

EXCUSED = {
    "/v1/advice/batch": ("negative_data_rejection",),  # a mistake in one item is a problem in a 200 answer
    "/readyz": ("not_a_server_error", "positive_data_acceptance"),  # here is no Redis, so it says 503
}
EXAMPLES = 15
"""Requests of each form per endpoint."""


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/openapi.json").get_json()
    return answer


@pytest.fixture
def api(app: Flask) -> schemathesis.BaseSchema:
    """Facts of the right types may still contradict each other (422); strangers have no case, key or token (4xx)."""
    accepted = PositiveDataAcceptanceConfig(expected_statuses=["2xx", "400", "401", "403", "404", "409", "412", "422"])
    project = ProjectConfig(checks=ChecksConfig(positive_data_acceptance=accepted))
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


def test_it_knows_the_facts_of_the_release_in_force(document: dict[str, Any], rulebook: Rulebook) -> None:
    facts = document["components"]["schemas"]["Facts"]
    assert facts["additionalProperties"] is False
    assert set(facts["properties"]) == set(rulebook.facts)
    assert facts["properties"]["days_overdue"]["maximum"] == 3650


def test_every_endpoint_says_that_errors_are_problem_documents(document: dict[str, Any]) -> None:
    problem = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(problem) == ["application/problem+json"]
    for path in document["paths"].values():
        for method, operation in path.items():
            assert method == "parameters" or "default" in operation["responses"]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_requests_of_the_described_form_and_of_others_are_answered_as_described(
    api: schemathesis.BaseSchema, mode: GenerationMode
) -> None:
    operations = [result.ok() for result in api.get_all_operations()]
    assert len(operations) >= 10
    for operation in operations:
        if mode is GenerationMode.POSITIVE or operation.body or operation.query:
            check_answers(operation, mode)


def check_answers(operation: schemathesis.APIOperation, mode: GenerationMode) -> None:
    excused = [CHECKS.get_one(name) for name in EXCUSED.get(operation.path, ())]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(excluded_checks=excused)

    check()
