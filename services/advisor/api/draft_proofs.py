"""`/v1/drafts/{id}/validate|test|preview`: what is wrong with a draft and whom it would affect; nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any, NamedTuple

from flask import Response
from sqlalchemy.orm import Session

from services.advisor.api.rule_documents import RulesBlueprint
from services.advisor.draft_answers import base_answer
from services.advisor.draft_in_hand import Seen, see
from services.advisor.parts import parts
from services.advisor.problem_json import Refusal
from services.advisor.proof_answers import findings_of, preview_answer, proof_answer, trial_answer
from services.advisor.rules_desk import Reply, answered, read_rules
from services.advisor.schemas.case_request import EmptyRequestSchema
from services.advisor.schemas.draft_proof_answer import PreviewSchema, TrialSchema, ValidationSchema
from services.casebook.authors import Author
from services.casebook.draft_versions import base_files
from services.casebook.drafts import find_draft
from services.casebook.recorded import recorded_situations
from services.rulebook.apart import ApartError
from services.rulebook.model import Text
from services.rulebook.preview import Recorded
from services.rulebook.problems import RulebookError

blueprint = RulesBlueprint("draft-proofs", __name__, url_prefix="/v1/drafts/<number>", description="A draft, proved.")
Json = dict[str, Any]
UNREADABLE = Text(
    "规则还读不出来；请先看 validate，改好之后再试。",
    "The rules cannot be read yet: see validate, mend them, then retry.",
)


class Compared(NamedTuple):
    """A draft beside its release, and the cases that are followed."""

    seen: Seen
    base: Json
    old: dict[str, str]
    recorded: Sequence[Recorded]


@blueprint.route("/validate", methods=["POST"])
@blueprint.reads(404)
@blueprint.optional_arguments(EmptyRequestSchema())
@blueprint.response(200, ValidationSchema)
def validate(_: Json, number: str) -> Response:
    """Prove the draft over all situations

    Every finding with its rules, its place, a plain sentence and an example person.
    """
    return _worked_out(_seen(number), lambda seen: proof_answer(parts().proofs.proof(seen.files)))


@blueprint.route("/test", methods=["POST"])
@blueprint.reads(404)
@blueprint.optional_arguments(EmptyRequestSchema())
@blueprint.response(200, TrialSchema)
def test(_: Json, number: str) -> Response:
    """Try the draft on its cases

    Also: what the cases try out, and which small changes of the rules none of them would notice.
    """

    def work(seen: Seen) -> Json:
        proof = parts().proofs.proof(seen.files)
        unnoticed = None if proof.report is None else parts().proofs.unnoticed(seen.files)
        return trial_answer(seen.files, proof, unnoticed)

    return _worked_out(_seen(number), work)


@blueprint.route("/preview", methods=["POST"])
@blueprint.reads(404, 409)
@blueprint.optional_arguments(EmptyRequestSchema())
@blueprint.response(200, PreviewSchema)
def preview(_: Json, number: str) -> Response:
    """See whose advice the draft would change

    All situations, in merged boxes said as sentences, and the cases that are followed.
    """
    compared = read_rules(lambda session, author: _compared(session, author, number))

    def work(seen: Seen) -> Json:
        found = parts().proofs.preview(compared.old, seen.files, compared.recorded)
        return {"base": compared.base, **preview_answer(found)}

    return _worked_out(compared.seen, work)


def _seen(number: str) -> Seen:
    return read_rules(lambda session, _: see(session, number))


def _compared(session: Session, _: Author, number: str) -> Compared:
    seen = see(session, number)
    draft = find_draft(session, seen.number)
    assert draft is not None
    return Compared(seen, base_answer(session, draft), base_files(session, draft), recorded_situations(session))


def _worked_out(seen: Seen, work: Callable[[Seen], Json]) -> Response:
    """The answer, with the version it is about and how long it took."""
    began = perf_counter()
    with _saying_why_not(seen):
        body = work(seen)
    found = {"version": seen.version, **body, "seconds": round(perf_counter() - began, 3)}
    return answered(Reply(200, found))


@contextmanager
def _saying_why_not(seen: Seen) -> Iterator[None]:
    try:
        yield
    except RulebookError as error:
        found = findings_of(parts().proofs.proof(seen.files))
        raise Refusal(409, "unreadable_rules", UNREADABLE, error.problems, more={"findings": found}) from error
    except ApartError as error:
        raise Refusal(409, "not_worked_out", error.text) from error
