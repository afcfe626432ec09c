"""What the studio's navigation shows to whoever is signed in."""

from __future__ import annotations

from services.advisor.studio.rendering import way
from services.advisor.studio.visitor import may
from services.casebook.model import Role

PLACES = (
    ("rules", "rules", Role.VIEWER),
    ("vocabulary", "vocabulary", Role.VIEWER),
    ("drafts", "drafts", Role.VIEWER),
    ("releases", "releases", Role.VIEWER),
    ("people", "people", Role.ADMIN),
    ("audit", "audit", Role.ADMIN),
)
"""Name (`nav.NAME` in the catalogue, and `section` of a page), endpoint, and the role that sees it."""


def navigation() -> tuple[tuple[str, str], ...]:
    found = ((name, way(endpoint)) for name, endpoint, role in PLACES if may(role))
    return tuple((name, address) for name, address in found if address is not None)
