"""The audit: every act on the rules in a chain that anybody can recompute."""

from __future__ import annotations

from flask import Response, request

from services.advisor.case_desk import row_number
from services.advisor.parts import parts
from services.advisor.studio.audit_lines import PAGE, audit_lines
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.rendering import studio_page
from services.advisor.studio.visitor import allowed
from services.casebook.audit import verify
from services.casebook.model import Role


@blueprint.get("/audit")
@allowed(Role.ADMIN)
def audit() -> Response:
    """With `verify=1` the chain is recomputed; `head` is the mark that somebody noted after an earlier time."""
    before, noted = request.args.get("before", ""), request.args.get("head", "").strip().lower()
    with parts().database.read() as session:
        lines = audit_lines(session, row_number(before) or None)
        report = verify(session, noted) if request.args.get("verify") == "1" else None
    older = lines[-1].number if len(lines) == PAGE and lines[-1].number > 1 else None
    return studio_page("audit.html", section="audit", lines=lines, report=report, noted=noted, older=older)
