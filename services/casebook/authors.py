"""Who changes the rules: an account of the studio, an organisation with its key, or the operator at the shell."""

from __future__ import annotations

from dataclasses import dataclass

from services.casebook.model import Role
from services.casebook.rule_tables import AccountRow
from services.casebook.tables import OrganisationKeyRow
from services.rulebook.model import Text


class NotAllowedError(Exception):
    """Somebody tried what their role does not include."""

    def __init__(self, needed: Role) -> None:
        super().__init__(needed)
        self.needed = needed
        self.text = Text(
            f"这一步需要“{needed.value}”权限，请找有权限的同事。",
            f"This needs the role {needed.value}; ask a colleague who has it.",
        )


@dataclass(frozen=True, slots=True)
class Author:
    """`key` is never used for anybody else: `account:3`, `organisation:2`, `operator:NAME`."""

    key: str
    name: str
    role: Role

    def need(self, role: Role) -> None:
        """Raises NotAllowedError unless the author's role includes this one."""
        if not self.role.includes(role):
            raise NotAllowedError(role)


STARTER = Author("operator:first-start", "starter rulebook", Role.ADMIN)
"""Who publishes the rulebook that comes with the program."""


def author_of_account(row: AccountRow) -> Author:
    return Author(f"account:{row.id}", row.name, row.role)


def author_of_organisation(row: OrganisationKeyRow) -> Author | None:
    """None for a key that only accompanies cases."""
    return None if row.rules_role is None else Author(f"organisation:{row.id}", row.name, row.rules_role)


def operator(name: str) -> Author:
    """Somebody with a shell on the machine may do everything."""
    return Author(f"operator:{name}"[:100], name[:100], Role.ADMIN)
