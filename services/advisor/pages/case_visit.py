"""One visit to a saved case: the pass in the browser, the case in the database, the release in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from flask import Response, current_app, request

from services.advisor.pages.case_pass import CasePass, PassKeeper
from services.advisor.pages.happenings import Happening, read_happenings
from services.advisor.parts import parts
from services.casebook.access import find_case
from services.casebook.desk import Desk
from services.casebook.tables import CaseRow

COOKIE = "case"
LIFETIME = timedelta(days=400)
"""The longest that browsers keep a cookie."""
EXTENSION = "ashore case pages"


class NoCaseError(Exception):
    """There is no pass in this browser, or the case it opened is gone."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A case on the desk, found with the pass of this browser."""

    desk: Desk
    case: CaseRow


@dataclass(frozen=True)
class CaseParts:
    keeper: PassKeeper

    @cached_property
    def happenings(self) -> dict[str, Happening]:
        return dict(read_happenings())


def case_parts() -> CaseParts:
    held: CaseParts | None = current_app.extensions.get(EXTENSION)
    if held is None:
        held = current_app.extensions[EXTENSION] = CaseParts(PassKeeper(parts().settings.secret_key))
    return held


@contextmanager
def open_desk(to_change: bool) -> Iterator[Desk]:
    """A unit of work; nothing of it is written unless `to_change` and the block ends well."""
    database = parts().database
    with database.write() if to_change else database.read() as session, parts().releases.borrow() as release:
        yield Desk(session, release, parts().clock())


@contextmanager
def visit(to_change: bool = False) -> Iterator[Visit]:
    """The case of this browser. Raises NoCaseError."""
    found = pass_in_browser()
    if found is None:
        raise NoCaseError
    with open_desk(to_change) as desk:
        case = find_case(desk.session, found.case_id, found.token, to_change=to_change)
        if case is None:
            raise NoCaseError
        yield Visit(desk, case)


def pass_in_browser() -> CasePass | None:
    return case_parts().keeper.open(request.cookies.get(COOKIE, ""))


def with_pass(response: Response, case_pass: CasePass) -> Response:
    is_secure = parts().settings.base_url.startswith("https://")
    sealed = case_parts().keeper.seal(case_pass)
    response.set_cookie(COOKIE, sealed, max_age=LIFETIME, httponly=True, samesite="Lax", secure=is_secure)
    return response


def without_pass(response: Response) -> Response:
    response.delete_cookie(COOKIE)
    return response
