"""Saving a list on request, coming back to it, and taking it out again: consent first, one tap to erase."""

from __future__ import annotations

import secrets

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.pages.blueprint import blueprint
from services.advisor.pages.case_pass import CasePass
from services.advisor.pages.case_visit import (
    NoCaseError,
    case_parts,
    open_desk,
    pass_in_browser,
    visit,
    with_pass,
    without_pass,
)
from services.advisor.pages.interview import situation_of, stand
from services.advisor.pages.rendering import answers_so_far, page, words
from services.advisor.parts import parts
from services.casebook.access import find_by_code, new_case_id, new_retrieval_code, new_token, renew_token
from services.casebook.cases import NewCase, open_case
from services.casebook.channel_kinds import KINDS, AddressError, read_address
from services.casebook.channels import NewChannel, add_channel
from services.casebook.desk import Desk
from services.casebook.erasure import erase
from services.casebook.tables import CaseRow

RETENTION_DAYS = (90, 180, 365, 730)
USUAL_RETENTION = 365
LONGEST_FORM_ID = 64


@blueprint.get("/follow")
def follow() -> Response:
    return _form()


@blueprint.post("/follow")
def save() -> AnyResponse:
    """Opens a case for the answers in the browser. The same form sent twice opens one case."""
    errors = _mistakes()
    if errors:
        return _form(errors)
    draw = case_parts().keeper.random_for(request.form.get("form_id", "")[:LONGEST_FORM_ID])
    token, code, case_id = new_token(draw), new_retrieval_code(draw), new_case_id(draw)
    with open_desk(to_change=True) as desk:
        if desk.session.get(CaseRow, case_id) is None:
            again = case_parts().keeper.random_for(request.form.get("form_id", "")[:LONGEST_FORM_ID])
            opened = open_case(desk, _new_case(desk), again)
            _add_email(desk, opened.case)
    return with_pass(_saved(code), CasePass(case_id, token))


@blueprint.get("/return")
@blueprint.get("/return/<code>")
def come_back(code: str = "") -> Response:
    """Asks for the code; a private link brings it along, and only the button uses it."""
    return page("return.html", answers_so_far(), code=code, error="")


@blueprint.post("/return")
def use_code() -> AnyResponse:
    """A new pass for this browser in place of the old one."""
    code = request.form.get("code", "")[:LONGEST_FORM_ID]
    with open_desk(to_change=True) as desk:
        case = find_by_code(desk.session, code)
        if case is None:
            error = words()("return.unknown")
            return page("return.html", answers_so_far(), 422, code=code, error=error)
        case_pass = CasePass(case.id, renew_token(case))
    return with_pass(_to_case(), case_pass)


@blueprint.get("/case/erase")
def ask_before_erasing() -> Response:
    with visit():
        return page("erase.html", answers_so_far())


@blueprint.post("/case/erase")
def erase_all() -> Response:
    """Everything about the person goes; the receipt leads back to nobody."""
    with visit(to_change=True) as visiting:
        receipt = erase(visiting.desk.session, visiting.case, visiting.desk.now)
    return without_pass(page("erased.html", answers_so_far(), receipt=receipt))


@blueprint.errorhandler(NoCaseError)
def no_case(_error: NoCaseError) -> AnyResponse:
    """No pass here, or a case that is gone: the way back in."""
    return without_pass(page("return.html", answers_so_far(), 404, code="", error=words()("return.gone")))


def _form(errors: dict[str, str] | None = None) -> Response:
    return page(
        "follow.html",
        answers_so_far(),
        422 if errors else 200,
        errors=errors or {},
        form_id=request.form.get("form_id") or secrets.token_urlsafe(16),
        typed=request.form,
        retention=RETENTION_DAYS,
        usual=USUAL_RETENTION,
        has_mail=parts().settings.mail is not None,
        has_case=pass_in_browser() is not None,
    )


def _mistakes() -> dict[str, str]:
    errors = {}
    if not request.form.get("store"):
        errors["store"] = words()("follow.consent_needed")
    if request.form.get("email", "").strip() and _email() is None:
        errors["email"] = words()("follow.email_wrong")
    if _retention() not in RETENTION_DAYS:
        errors["retention"] = words()("error.unknown_choice")
    return errors


def _new_case(desk: Desk) -> NewCase:
    answers = stand(desk.release, answers_so_far(), parts().today()).answers
    moment = desk.now.isoformat()
    consent = {"store_case": moment} | ({"counsellor": moment} if request.form.get("counsellor") else {})
    return NewCase(
        situation=situation_of(desk.release, answers),
        language=words().language,
        time_zone=parts().settings.time_zone.key,
        retention_days=_retention(),
        consent=consent,
    )


def _add_email(desk: Desk, case: CaseRow) -> None:
    address = _email()
    if address is not None:
        add_channel(desk.session, case, NewChannel("email", address, case.time_zone), desk.now)


def _email() -> dict[str, str] | None:
    try:
        return read_address(KINDS["email"], {"address": request.form.get("email", "").strip()})
    except AddressError:
        return None


def _retention() -> int:
    given = request.form.get("retention", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < len("10000") else 0


def _saved(code: str) -> Response:
    link = f"{parts().settings.base_url}{url_for('pages.come_back', code=code)}"
    return page("saved.html", answers_so_far(), 201, code=code, link=link, has_email=_email() is not None)


def _to_case() -> Response:
    response: Response = redirect(url_for("pages.case_page"), 303)  # type: ignore[assignment]
    return response
