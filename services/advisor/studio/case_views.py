"""The cases of a draft: what came of them, which small changes none would notice, and one click to mend that."""

from __future__ import annotations

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.advisor.parts import parts
from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import book_of
from services.advisor.studio.case_results import case_mark, file_for_case, find_mutation, find_results
from services.advisor.studio.draft_desk import OpenDraft, draft_or_404, save
from services.advisor.studio.example_people import Examples
from services.advisor.studio.rendering import studio_page, words
from services.advisor.studio.visitor import allowed
from services.advisor.studio.waiting import at_once_or_now
from services.casebook.model import Role
from services.rulebook.editing.blocks import EditError
from services.rulebook.editing.entries import new_entry

MOST_SHOWN = 20
"""So many unnoticed changes are shown at once; nobody adds more cases in one sitting."""

MOST_CASES = 60
"""So many cases that are answered as expected are listed beside those that are not; all of them have a list."""


@blueprint.get("/drafts/<int:number>/tests")
def tests(number: int) -> Response:
    draft = draft_or_404(number)
    return at_once_or_now(draft, "tests", lambda: _tests(draft))


@blueprint.post("/drafts/<int:number>/tests")
@allowed(Role.EDITOR)
def add_case(number: int) -> AnyResponse:
    """Adds the case on offer that the form names, as long as it is still one that is missing."""
    draft = draft_or_404(number)
    report, wanted = find_mutation(draft.files), request.form.get("case", "")
    offered = (item.case for item in (report.unnoticed if report else ()) if item.case is not None)
    case = next((case for case in offered if case_mark(case) == wanted), None)
    if case is None:
        return _tests(draft, 409)
    rule = book_of(draft.files).rules.get(case.rule)
    try:
        files = new_entry(draft.files, "cases", file_for_case(draft.files, rule.topic if rule else "added"), case.entry)
    except EditError:
        return _tests(draft, 409)
    following = url_for("studio.tests", number=number, now=1, done="case_added")
    return save(draft, files, words()("tests.what", name=str(case.entry["name"])[:80]), following)


def _tests(draft: OpenDraft, status: int = 200) -> Response:
    examples = Examples.of(draft.row.id, draft.files, draft.base_files, parts().today())
    return studio_page(
        "tests.html", status, draft=draft, tab="tests", results=find_results(draft), taken=status == 409,
        most=MOST_SHOWN, most_cases=MOST_CASES, stated=examples.stated, case_mark=case_mark,
        titles={rule.id: rule.title for rule in book_of(draft.files).rules.values()},
    )  # fmt: skip
