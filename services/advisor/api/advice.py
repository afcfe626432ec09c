"""`POST /v1/advice` and `/v1/advice/batch`: facts in, plan out; nothing is stored."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.advisor.advising import BatchAnswer, Default, answer_batch, answer_one
from services.advisor.language import language_of
from services.advisor.parts import parts
from services.advisor.problem_json import Refusal
from services.advisor.reading import INVALID, StrictBlueprint
from services.advisor.schemas.advice_answer import AdviceSchema
from services.advisor.schemas.advice_request import AdviceRequestSchema, BatchRequestSchema, LanguageQuery
from services.advisor.schemas.batch_answer import BatchAnswerSchema
from services.rulebook.problems import SituationError

blueprint = StrictBlueprint("advice", __name__, url_prefix="/v1/advice", description="What to do next, and why.")

EXAMPLE = {
    "facts": {"product": "jiebei", "days_overdue": 12, "ability_to_pay": "partial", "negotiation": "not_started"},
    "language": "en",
}


@blueprint.route("", methods=["POST"])
@blueprint.arguments(AdviceRequestSchema(), example=EXAMPLE)
@blueprint.arguments(LanguageQuery(), location="query")
@blueprint.response(200, AdviceSchema)
def advise(asked: dict[str, Any], query: dict[str, Any]) -> Response:
    """Advise on one situation

    Facts that are left out are unknown: they are asked for in `next_question`, never guessed. Stores nothing.
    """
    at_hand = parts()
    with at_hand.releases.borrow() as release:
        differed = release.disagreements.count
        try:
            body = answer_one(release, asked, _default({**query, **asked}), at_hand.rule_counts.note)
        except SituationError as error:
            at_hand.metrics.count_situations(answered=0, refused=1)
            raise Refusal(422, "invalid_situation", INVALID, error.problems) from error
        differed = release.disagreements.count - differed
    at_hand.metrics.count_situations(answered=1, refused=0)
    at_hand.metrics.count_disagreements(differed)
    return _answer(body)


@blueprint.route("/batch", methods=["POST"])
@blueprint.arguments(BatchRequestSchema(), example={"situations": [EXAMPLE]})
@blueprint.arguments(LanguageQuery(), location="query")
@blueprint.response(200, BatchAnswerSchema)
def advise_many(asked: dict[str, Any], query: dict[str, Any]) -> Response:
    """Advise on up to 1,000 situations at once

    The answer has one item per situation, in their order: an `answer`, or the `problem` that it alone has.
    """
    at_hand = parts()
    default = _default({**query, **asked})
    with at_hand.releases.borrow() as release:
        differed = release.disagreements.count
        batch: BatchAnswer = answer_batch(release, asked["situations"], default, at_hand.rule_counts.note)
        differed = release.disagreements.count - differed
    at_hand.metrics.count_situations(answered=batch.answered, refused=batch.refused)
    at_hand.metrics.count_disagreements(differed)
    return _answer(batch.body)


def _default(asked: dict[str, Any]) -> Default:
    return Default(asked.get("as_of") or parts().today(), asked.get("language") or language_of(request))


def _answer(body: bytes) -> Response:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})
