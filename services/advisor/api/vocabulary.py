"""`GET /v1/facts`, `/v1/actions`, `/v1/rules`, `/v1/rules/{id}`: the vocabulary and the rules in force, public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request

from services.advisor.conditional import HEADERS, tagged
from services.advisor.language import language_of
from services.advisor.parts import parts
from services.advisor.problem_json import Refusal
from services.advisor.reading import StrictBlueprint
from services.advisor.schemas.advice_request import LanguageQuery
from services.advisor.schemas.vocabulary_answer import ActionListSchema, FactListSchema, RuleListSchema, RuleSchema
from services.advisor.vocabulary import actions_json, facts_json, rule_json, rules_json
from services.rulebook.advice import advice_texts
from services.rulebook.model import Text
from services.rulebook.problems import Problem, did_you_mean
from services.rulebook.release import Release

blueprint = StrictBlueprint(
    "vocabulary", __name__, url_prefix="/v1", description="The facts, actions and rules in force."
)

Json = dict[str, Any]


@blueprint.route("/facts")
@blueprint.arguments(LanguageQuery(), location="query")
@blueprint.response(200, FactListSchema, headers=HEADERS)
@blueprint.alt_response(304, description="The client has it already.")
def list_facts(query: Json) -> Response:
    """All facts that can be stated"""
    return _list("facts", facts_json, query)


@blueprint.route("/actions")
@blueprint.arguments(LanguageQuery(), location="query")
@blueprint.response(200, ActionListSchema, headers=HEADERS)
@blueprint.alt_response(304, description="The client has it already.")
def list_actions(query: Json) -> Response:
    """All actions that can be advised"""
    return _list("actions", actions_json, query)


@blueprint.route("/rules")
@blueprint.arguments(LanguageQuery(), location="query")
@blueprint.response(200, RuleListSchema, headers=HEADERS)
@blueprint.alt_response(304, description="The client has it already.")
def list_rules(query: Json) -> Response:
    """All rules in force, with their grounds"""
    return _list("rules", rules_json, query)


@blueprint.route("/rules/<string:rule_id>")
@blueprint.arguments(LanguageQuery(), location="query")
@blueprint.response(200, RuleSchema, headers=HEADERS)
@blueprint.alt_response(304, description="The client has it already.")
@blueprint.alt_response(404, "NOT_FOUND")
def show_rule(query: Json, rule_id: str) -> Response:
    """One rule in force"""
    language = query.get("language") or language_of(request)
    with parts().releases.borrow() as release:
        rule = next((rule for rule in release.rulebook.rules if rule.id == rule_id), None)
        if rule is None:
            raise _no_such_rule(release, rule_id)
        texts = advice_texts(release, language)
        return tagged(lambda: rule_json(texts, rule), "rule", rule_id, release.fingerprint, language)


def _list(name: str, make: Callable[[Release, str], list[Json]], query: Json) -> Response:
    language = query.get("language") or language_of(request)
    with parts().releases.borrow() as release:
        fingerprint = release.fingerprint
        return tagged(
            lambda: {"items": make(release, language), "release": fingerprint, "next_cursor": None},
            name,
            fingerprint,
            language,
        )


def _no_such_rule(release: Release, rule_id: str) -> Refusal:
    said = Text("没有这条规则。", "There is no such rule.")
    meant = did_you_mean(rule_id, tuple(rule.id for rule in release.rulebook.rules))
    problem = Problem("unknown_rule", said, read=rule_id, suggestion=meant)
    return Refusal(404, "not_found", said, (problem,))
